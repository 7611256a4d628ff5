package probe

import "mx_exporter/probe/fact"

// What can be wrong with the servers themselves.
const (
	NoServerTakesMail    fact.Code = "no-server-takes-mail"
	MailBounces          fact.Code = "mail-bounces"
	PrimaryDown          fact.Code = "primary-down"
	BackupDown           fact.Code = "backup-down"
	AddressDown          fact.Code = "address-down"
	TooManyConnections   fact.Code = "too-many-connections"
	AccessDenied         fact.Code = "access-denied"
	BlockedUs            fact.Code = "blocked-us"
	RateLimitedUs        fact.Code = "rate-limited-us"
	RefusesOurMail       fact.Code = "refuses-our-mail"
	Greylisted           fact.Code = "greylisted"
	PostmasterRefused    fact.Code = "postmaster-refused"
	RecipientRefused     fact.Code = "recipient-refused"
	ExpectationNotMet    fact.Code = "expectation-not-met"
	TrapAccepts          fact.Code = "trap-accepts"
	OpenRelay            fact.Code = "open-relay"
	UnknownAccepted      fact.Code = "unknown-recipient-accepted"
	BackupAcceptsUnknown fact.Code = "backup-accepts-unknown"
	SlowBanner           fact.Code = "slow-banner"
	HELOOnly             fact.Code = "helo-only"
	ReplyLineEndsBare    fact.Code = "reply-line-ends-bare"
	ReplyLineOverlong    fact.Code = "reply-line-overlong"
)

var docsSMTP = []fact.Doc{
	doc(CheckSMTP, NoServerTakesMail, "No mail server of the domain takes mail now.",
		"Senders keep the mail and try again, or give it back, as the servers' answers tell them.",
		"The findings of each host say what is wrong with it. Mend the primary first."),
	doc(CheckSMTP, MailBounces, "A server that senders try first refuses the domain's mail for good.",
		"Mail is given back at once: after a permanent refusal senders do not try the backup.",
		"Tell that server that it is responsible for the domain (in Postfix: relay_domains, mydestination or virtual_mailbox_domains), or remove it from the MX records."),
	doc(CheckSMTP, PrimaryDown, "A primary mail server does not take mail.",
		"Mail goes to the other servers as long as they work, later than usual.",
		"Look at the stage and the reason given, and at that server's log for the time of the probe."),
	doc(CheckSMTP, BackupDown, "A backup mail server does not take mail.",
		"Nothing while a primary takes mail. While none does, mail is delayed or lost.",
		"Look at the stage and the reason given. A backup that is no longer wanted belongs out of the MX records."),
	doc(CheckSMTP, AddressDown, "One address of a mail server does not take mail, another one does.",
		"Senders that try the broken address first are delayed; some do not try another.",
		"Check that the mail server listens on that address and that the firewall lets port 25 through for its family; or remove the address from DNS."),
	doc(CheckSMTP, TooManyConnections, "The server answered 421: all of its connections are in use.",
		"Senders wait and try again; in a busy hour mail is late.",
		"Raise the server's connection limit, or find out who holds its connections. A server that is advertised must be able to take mail."),
	doc(CheckSMTP, AccessDenied, "The server refuses to talk to us and does not say why.",
		"If it refuses everybody, mail is given back at once.",
		"Look in the server's log for our address. If only we are refused, have it let in; else the server is closed to all."),
	doc(CheckSMTP, BlockedUs, "The server refuses us because of a block list or our reputation.",
		"Nothing for other senders: this says nothing about the server's health.",
		"See mx_exporter_self_dnsbl_listed and mx_exporter_self_fcrdns among the exporter's own metrics: they tell which block lists have the address that it speaks from, and whether its names in DNS are right. Behind a NAT they are absent until --self.address names the address that servers see. Look that address up on the list that the answer names, and have it removed; or have the server let it in."),
	doc(CheckSMTP, RateLimitedUs, "The server says that we come too often.",
		"Nothing for other senders: this says nothing about the server's health.",
		"Probe less often, or have the server exempt this exporter from its rate limit."),
	doc(CheckSMTP, RefusesOurMail, "The server refuses the way in which we send (our sender address, our names in DNS, TLS), not mail as such.",
		"Nothing for senders that do it right.",
		"Set smtp.mail_from to an address that exists, give this exporter's address a PTR record that matches smtp.ehlo_name, and allow STARTTLS in the module."),
	doc(CheckSMTP, Greylisted, "The server asks strangers to come back later (greylisting).",
		"The first mail of each new sender is late by some minutes.",
		"Nothing, if it is meant. Have this exporter exempted if its probes should see the recipients checked."),
	doc(CheckSMTP, PostmasterRefused, "The server refuses mail for postmaster, which every server has to take (RFC 5321 section 4.5.1).",
		"Other mailboxes may work. People who want to report a problem cannot.",
		"Create the mailbox or an alias for it, and empty it if it is full. If it is not wanted, set recipients.check to a mailbox that exists, or to []."),
	doc(CheckSMTP, RecipientRefused, "The server refuses mail for a mailbox that was asked about.",
		"Mail to that mailbox does not arrive.",
		"The reply's class says why: the mailbox does not exist, is full, or is closed."),
	doc(CheckSMTP, ExpectationNotMet, "A host does not behave as the module expects of it.",
		"It depends on the host: a trap that cannot be reached protects nobody.",
		"Look at what it answered; correct the host, or the module's expect."),
	doc(CheckSMTP, TrapAccepts, "A host that should never take mail (a spam trap or a decoy) takes it.",
		"Senders that try it lose their mail there.",
		"Find out why it accepts: perhaps another server answers at that address now."),
	doc(CheckSMTP, OpenRelay, "The server takes mail for domains that are none of its business (open relay): it took a mailbox at example.com, plain or behind a source route. user%domain, quoted addresses and bang paths are not tried, since a server may take them for mailboxes of its own.",
		"Spammers find it within hours; then block lists have it, and its own mail is refused.",
		"Let it relay for your own networks and for users who logged in, and for nobody else (in Postfix: smtpd_relay_restrictions)."),
	doc(CheckSMTP, UnknownAccepted, "The server takes mail for a mailbox that cannot exist.",
		"Senders with a typing mistake never hear of it. Spam for made-up names comes in, and if it is given back later, it goes to people who sent nothing.",
		"Have the server check recipients while it talks to the sender (in Postfix: local_recipient_maps, relay_recipient_maps). If the domain takes all names on purpose, set recipients.random to false."),
	doc(CheckSMTP, BackupAcceptsUnknown, "A backup takes mail for a mailbox that cannot exist, and the primaries refuse it.",
		"Spammers go to the backup first. What it takes, the primary refuses, and it gives the mail back to people who sent nothing (backscatter); block lists follow.",
		"Give the backup the list of the mailboxes there are, or have it ask the primary (in Postfix: relay_recipient_maps, or reject_unverified_recipient); or do without a backup."),
	doc(CheckSMTP, SlowBanner, "The server waits long before it greets.",
		"Some senders hang up before; mail from those is late or lost.",
		"If the wait is meant to keep spammers off, shorten it to a few seconds; else look for slow DNS look-ups at the server."),
	doc(CheckSMTP, HELOOnly, "The server refuses EHLO and knows only HELO.",
		"Mail gets in, but without TLS and without size limits known in advance.",
		"Update the server, or look for a firewall that rewrites SMTP."),
	doc(CheckSMTP, ReplyLineEndsBare, "The server ends reply lines with a bare LF instead of CR LF (RFC 5321 section 2.3.8).",
		"Most senders cope; strict ones hang up.",
		"Update the server or the filter in front of it."),
	doc(CheckSMTP, ReplyLineOverlong, "A reply line is longer than is allowed (512 octets, RFC 5321 section 4.5.3.1.5).",
		"Most senders cope; strict ones hang up.",
		"Shorten the text that the server is configured to say."),
}
