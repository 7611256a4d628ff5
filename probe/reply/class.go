package reply

// Class is what a reply means to the sender. It is a label value.
type Class string

// The classes, in the order in which they are documented. [Class.Doc] says what
// each means and what to do about it.
const (
	Accepted           Class = "accepted"             // 2yz or 3yz
	Greylisted         Class = "greylisted"           // a stranger is asked to come back later
	RateLimited        Class = "rate_limited"         // too much mail in too short a time
	TooManyConnections Class = "too_many_connections" // all connections of the server are in use
	BlockedUs          Class = "blocked_us"           // a block list or our reputation
	AccessDenied       Class = "access_denied"        // the server does not want to talk to us, and gives no reason
	MailboxNotFound    Class = "mailbox_not_found"    // no such recipient
	MailboxFull        Class = "mailbox_full"         // over quota
	MailboxDisabled    Class = "mailbox_disabled"     // the mailbox exists and is closed
	MailboxUnavailable Class = "mailbox_unavailable"  // the mailbox exists and cannot be used now, or the server does not say why
	RelayDenied        Class = "relay_denied"         // the server does not take mail for this domain
	HostUnknown        Class = "host_unknown"         // the recipient's domain or its server is not found
	Policy             Class = "policy"               // a rule on how mail must be sent: SPF, DKIM, DMARC, names in DNS, …
	ContentRejected    Class = "content_rejected"     // the message itself: spam, virus, attachment, size
	SenderRejected     Class = "sender_rejected"      // the envelope sender
	TLSRequired        Class = "tls_required"         // not without TLS
	AuthRequired       Class = "auth_required"        // not without logging in, or logging in failed
	SystemFull         Class = "system_full"          // no disk, memory or other resource left
	SystemError        Class = "system_error"         // the server is broken or being worked on
	NetworkError       Class = "network_error"        // the server cannot reach the next one
	MailLoop           Class = "mail_loop"            // the servers on the other side send the message round in a circle
	ProtocolError      Class = "protocol_error"       // one side does not speak SMTP as the other expects
	OtherTemporary     Class = "other_temporary"      // 4yz, and no more can be told
	OtherPermanent     Class = "other_permanent"      // 5yz, and no more can be told
)

// Classes lists every Class in the order above.
func Classes() []Class {
	return []Class{
		Accepted, Greylisted, RateLimited, TooManyConnections, BlockedUs, AccessDenied,
		MailboxNotFound, MailboxFull, MailboxDisabled, MailboxUnavailable, RelayDenied, HostUnknown,
		Policy, ContentRejected, SenderRejected, TLSRequired, AuthRequired,
		SystemFull, SystemError, NetworkError, MailLoop, ProtocolError, OtherTemporary, OtherPermanent,
	}
}

// Temporary reports that the state which the class names passes by itself, so
// that a sender who waits gets further. For one reply ask [Reply.Temporary]:
// its code decides what a sender does.
func (c Class) Temporary() bool {
	switch c {
	case Greylisted, RateLimited, TooManyConnections, MailboxUnavailable,
		SystemFull, SystemError, NetworkError, OtherTemporary:
		return true
	}
	return false
}

// Ours reports that the answer is about us (our address, our sender, our
// message, our behaviour) and not about the health of the server or of the
// mailbox: another sender might well have been let in.
//
// Not ours are [TooManyConnections], because a server that is advertised must
// be able to take mail; [RelayDenied] and [AuthRequired], because an MX host
// that answers so to its own domain's mail answers so to everyone; and
// [ProtocolError] and the two others, because they do not say whose fault it is.
func (c Class) Ours() bool {
	switch c {
	case Greylisted, RateLimited, BlockedUs, AccessDenied, Policy, ContentRejected, SenderRejected, TLSRequired:
		return true
	}
	return false
}
