package reply

// explanations holds the text for each class; [Class.Doc] adds the class.
var explanations = map[Class]Doc{
	Accepted: {
		Meaning:   "The server said yes.",
		Sender:    "Nothing to do; mail that was accepted and did not arrive is to be looked for on the recipient's side.",
		Recipient: "Nothing to do.",
	},
	Greylisted: {
		Meaning:   "The server puts off senders that it does not know yet, and takes the mail when they come back.",
		Sender:    "Wait; a mail server tries again by itself, usually within half an hour.",
		Recipient: "Nothing is broken; list senders whose mail must not wait.",
		Wait:      hour,
	},
	RateLimited: {
		Meaning:   "More mail, recipients or errors came from this sender, or for this recipient, in a short time than the server allows.",
		Sender:    "Send more slowly and over fewer connections, and look for a machine or an account that sends spam.",
		Recipient: "Raise the limit for senders that you know.",
		Wait:      hour,
	},
	TooManyConnections: {
		Meaning:   "All the connections that the server allows, in total or from one address, are in use.",
		Sender:    "Wait, and keep fewer connections open to this server at a time.",
		Recipient: "Raise the limit, add servers, or look for clients that do not close their connections: while this lasts, mail waits with everyone who sends.",
		Wait:      hour,
	},
	BlockedUs: {
		Meaning:   "The sending address or domain is on a block list, or has a bad reputation with this server.",
		Sender:    "Look the address and the domain up on the list that the reply names, end what got them there, and ask the list's operator to remove them.",
		Recipient: "Add an exception for this sender, or use a list that fits your mail better.",
		Wait:      week,
	},
	AccessDenied: {
		Meaning:   "The server refuses this sender and does not say why.",
		Sender:    "Try from another network, and ask the recipient's postmaster by another way.",
		Recipient: "Look for the sending address in your access lists and firewall rules; a server that refuses everyone should not be named in MX.",
		Wait:      day,
	},
	MailboxNotFound: {
		Meaning:   "There is no such mailbox at this server.",
		Sender:    "Check the spelling of the address, and take an address that is gone off every list.",
		Recipient: "Check that the mailbox exists on every server named in MX, backups included, and that the directory is in step.",
	},
	MailboxFull: {
		Meaning:   "The mailbox exists and has no room left.",
		Sender:    "Tell the recipient by another way, and send again later.",
		Recipient: "Delete or archive mail, or raise the quota.",
		Wait:      day,
	},
	MailboxDisabled: {
		Meaning:   "The mailbox exists and has been closed, suspended or left unused for too long.",
		Sender:    "Use another address for this person.",
		Recipient: "Open the account again, or set up a forwarding address.",
	},
	MailboxUnavailable: {
		Meaning:   "The server cannot deliver to this mailbox, and does not say whether that will pass.",
		Sender:    "Check the spelling, and send again later if the code begins with 4.",
		Recipient: "Look in the server's log for this recipient: a lock, a broken list or an unreachable store.",
		Wait:      hour,
	},
	RelayDenied: {
		Meaning:   "The server does not take mail for this domain from this sender.",
		Sender:    "Log in, if this is your own outgoing server; otherwise check the domain's MX records.",
		Recipient: "Add the domain to those that the server takes mail for, or take the server out of MX; to a stranger's domain this answer is right.",
	},
	HostUnknown: {
		Meaning:   "The recipient's domain, or the server behind it, was not found.",
		Sender:    "Check the spelling of the domain.",
		Recipient: "Check the domain's registration and its MX and address records, as this server sees them.",
		Wait:      day,
	},
	Policy: {
		Meaning:   "A rule on how mail has to be sent was not met: SPF, DKIM, DMARC, reverse DNS, the HELO name, or a rule of this server.",
		Sender:    "Put right what the reply names: most often a missing reverse name, or a sending server that is not in the SPF record.",
		Recipient: "Check that the rule does what you mean it to do, and add an exception where a sender cannot meet it.",
		Wait:      day,
	},
	ContentRejected: {
		Meaning:   "The message itself was refused: taken for spam or a virus, of a kind that is not allowed, not well formed, or too large.",
		Sender:    "Send it in another form: smaller, without the attachment, without links, or as plain text.",
		Recipient: "Check the filter's log for a wrong guess, and the limit on size.",
	},
	SenderRejected: {
		Meaning:   "The sender's address was refused: its domain does not exist, it is blocked, or this recipient takes mail from chosen senders only.",
		Sender:    "Check that the sender's domain has working DNS, and that mail to the sender's address arrives.",
		Recipient: "Check your sender lists and your resolver, and who may write to this recipient.",
		Wait:      day,
	},
	TLSRequired: {
		Meaning:   "The server takes mail over TLS only.",
		Sender:    "Switch on STARTTLS for outgoing mail.",
		Recipient: "Nothing, if this is meant; many senders can still not do so everywhere.",
	},
	AuthRequired: {
		Meaning:   "The server wants a log-in, or did not accept the one it was given.",
		Sender:    "Check the user name, the password and the port: this is right for a submission server, and wrong for a server named in MX.",
		Recipient: "Take mail for your own domain on port 25 without a log-in, or nobody else can deliver.",
	},
	SystemFull: {
		Meaning:   "The server has run out of disk, memory or another resource, or has too much to do.",
		Sender:    "Wait; a mail server tries again by itself.",
		Recipient: "Free disk space, empty the queue, and look at load and memory.",
		Wait:      hour,
	},
	SystemError: {
		Meaning:   "Something in the server is broken, wrongly set up, or being worked on.",
		Sender:    "Wait, and tell the recipient's postmaster if it lasts for a day.",
		Recipient: "Look in the server's log: a directory or database that does not answer, a filter that is down, a fault in the configuration.",
		Wait:      hour,
	},
	NetworkError: {
		Meaning:   "The server could not reach the next server, or the connection to it broke.",
		Sender:    "Wait, and check the path if it lasts for a day.",
		Recipient: "Check the server behind this one, its address, and the DNS that this server uses; look for a loop.",
		Wait:      hour,
	},
	MailLoop: {
		Meaning:   "The recipient's servers send the message to each other in a circle, or one sends it to itself, until one gives it back.",
		Sender:    "Nothing that you change helps, and neither does waiting: tell the recipient by another way, so that their administrator mends it.",
		Recipient: "There is a loop in how mail is routed: make one server the one that keeps the domain's mail (in Postfix: mydestination, virtual_mailbox_domains or relay_domains; in Exchange: the accepted domain and its connectors), and look for forwarding rules that point back.",
	},
	ProtocolError: {
		Meaning:   "One side said something that the other did not expect or understand.",
		Sender:    "Check the mail program and what stands between it and the server, such as a firewall that rewrites SMTP.",
		Recipient: "Check for a firewall that rewrites SMTP, and test the server with another client.",
	},
	OtherTemporary: {
		Meaning:   "The server said \"not now\" without a reason that could be recognised.",
		Sender:    "Wait, and read the server's own words.",
		Recipient: "Look in the server's log, and make the server say why.",
		Wait:      hour,
	},
	OtherPermanent: {
		Meaning:   "The server said no without a reason that could be recognised.",
		Sender:    "Read the server's own words, and ask the recipient's postmaster by another way.",
		Recipient: "Look in the server's log, and make the server say why.",
	},
}
