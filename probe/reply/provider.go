package reply

// span is a run of details of one subject that a large provider has given a
// meaning of its own, outside the IANA registry, and has documented.
type span struct {
	digit       int // 4 or 5; 0 for both
	subject     int
	first, last int
	meaning
}

const learn = "Microsoft Learn, NDR codes in Exchange Online"

// providers lists the documented codes that no registry has. All are firm: whoever uses
// such a number follows its inventor.
var providers = []span{
	{0, 1, 90, 90, meaning{class: RateLimited, firm: true, name: "daily limit for message recipients reached", source: learn}},
	{0, 1, 351, 351, meaning{class: MailboxNotFound, firm: true, name: "remote server returned unknown recipient", source: learn}},
	{0, 2, 121, 122, meaning{class: RateLimited, firm: true, name: "limit for messages per hour exceeded", source: learn}},
	{0, 4, 14, 14, meaning{class: MailLoop, firm: true, name: "routing loop detected", source: learn}},
	{0, 4, 300, 300, meaning{class: NetworkError, firm: true, name: "message expired", source: learn}},
	{0, 4, 310, 310, meaning{class: HostUnknown, firm: true, name: "DNS domain does not exist", source: learn}},
	{0, 4, 312, 317, meaning{class: NetworkError, firm: true, name: "DNS query or connection failed", source: learn}},
	{0, 7, 57, 57, meaning{class: AuthRequired, firm: true, name: "client was not authenticated to send anonymous mail", source: learn}},
	{0, 7, 64, 64, meaning{class: RelayDenied, firm: true, name: "TenantAttribution; relay access denied", source: learn}},
	{0, 7, 124, 124, meaning{class: SenderRejected, firm: true, name: "sender not in allowed-senders list", source: learn}},
	{0, 7, 133, 136, meaning{class: SenderRejected, firm: true, name: "sender not authenticated for this recipient", source: learn}},
	{0, 7, 321, 325, meaning{class: TLSRequired, firm: true, name: "TLS, DANE or MTA-STS could not be satisfied", source: learn}},
	{5, 7, 501, 503, meaning{class: BlockedUs, firm: true, name: "spam abuse detected, banned sender", source: learn}},
	{5, 7, 504, 505, meaning{class: MailboxNotFound, firm: true, name: "recipient address rejected", source: learn}},
	{5, 7, 506, 506, meaning{class: Policy, firm: true, name: "bad HELO", source: learn}},
	{5, 7, 507, 507, meaning{class: AccessDenied, firm: true, name: "rejected by recipient", source: learn}},
	{5, 7, 508, 508, meaning{class: RateLimited, firm: true, name: "address range exceeded permitted limits", source: learn}},
	{5, 7, 509, 510, meaning{class: Policy, firm: true, name: "DMARC not passed, or IPv6 not accepted", source: learn}},
	{5, 7, 511, 511, meaning{class: BlockedUs, firm: true, name: "banned sender", source: learn}},
	{5, 7, 512, 512, meaning{class: ContentRejected, firm: true, name: "message has no valid From", source: learn}},
	{5, 7, 513, 513, meaning{class: BlockedUs, firm: true, name: "blocked by the recipient's own block list", source: learn}},
	{5, 7, 515, 515, meaning{class: Policy, firm: true, name: "sending domain does not meet the required authentication level", source: learn}},
	{4, 7, 500, 699, meaning{class: RateLimited, firm: true, name: "access denied, try again later", source: learn}},
	{4, 7, 850, 899, meaning{class: RateLimited, firm: true, name: "access denied, try again later", source: learn}},
	{5, 7, 606, 649, meaning{class: BlockedUs, firm: true, name: "banned sending address", source: learn}},
	{5, 7, 700, 749, meaning{class: BlockedUs, firm: true, name: "tenant or address may not send", source: learn}},
	{5, 7, 750, 750, meaning{class: SenderRejected, firm: true, name: "sending from an unregistered domain", source: learn}},
}

// holds reports that the code lies in the span.
func (s span) holds(e Enhanced) bool {
	return (s.digit == 0 || s.digit == e.Class) && s.subject == e.Subject && e.Detail >= s.first && e.Detail <= s.last
}

// subjects says what a code means whose detail nobody has registered or
// documented: RFC 3463 section 2 asks clients to go by the subject then.
var subjects = map[int]meaning{
	1: {class: MailboxNotFound, name: "addressing status", source: "RFC 3463"},
	2: {class: MailboxUnavailable, name: "mailbox status", source: "RFC 3463"},
	3: {class: SystemError, name: "mail system status", source: "RFC 3463"},
	4: {class: NetworkError, name: "network and routing status", source: "RFC 3463"},
	5: {class: ProtocolError, name: "mail delivery protocol status", source: "RFC 3463"},
	6: {class: ContentRejected, name: "message content or media status", source: "RFC 3463"},
	7: {class: Policy, name: "security or policy status", source: "RFC 3463"},
}

// lookup finds what a code means; known is false where only its subject could
// be told, or nothing.
func (e Enhanced) lookup() (m meaning, known bool) {
	if m, ok := registry[[2]int{e.Subject, e.Detail}]; ok {
		return m, true
	}
	for _, s := range providers {
		if s.holds(e) {
			return s.meaning, true
		}
	}
	return subjects[e.Subject], false
}

// Known reports a code of the IANA registry or of a large provider's
// documentation. Only such codes are fit to be label values: a hostile server
// can make up hundreds of thousands of others.
func (e Enhanced) Known() bool {
	_, known := e.lookup()
	return known
}

// Meaning is the code's name and its source, such as "mailbox full (RFC 3463)"; of a
// code that is not [Enhanced.Known] it is the subject's, and it is empty where there
// is none.
func (e Enhanced) Meaning() string {
	m, _ := e.lookup()
	if m.name == "" {
		return ""
	}
	return m.name + " (" + m.source + ")"
}
