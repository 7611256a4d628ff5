package reply

// meaning is what one enhanced status code says.
type meaning struct {
	class   Class
	retried Class  // class of the 4.y.z form, where it differs
	firm    bool   // the code alone decides; otherwise the text may refine it
	name    string // in the words of the registry, shortened
	source  string // the RFC that defines it
}

// registry holds the IANA registry "SMTP Enhanced Status Codes" (as of
// 2024-12-06), complete, by subject and detail. A code is not firm where servers
// are known to use it for other things than the registry says; the corpus in
// testdata has the replies.
var registry = map[[2]int]meaning{
	{0, 0}: {name: "other undefined status", source: "RFC 3463"}, // says nothing: the basic code decides

	{1, 0}:  {class: MailboxNotFound, name: "other address status", source: "RFC 3463"},
	{1, 1}:  {class: MailboxNotFound, firm: true, name: "bad destination mailbox address", source: "RFC 3463"},
	{1, 2}:  {class: HostUnknown, firm: true, name: "bad destination system address", source: "RFC 3463"},
	{1, 3}:  {class: MailboxNotFound, firm: true, name: "bad destination mailbox address syntax", source: "RFC 3463"},
	{1, 4}:  {class: MailboxNotFound, firm: true, name: "destination mailbox address ambiguous", source: "RFC 3463"},
	{1, 5}:  {class: Accepted, firm: true, name: "destination address valid", source: "RFC 3463"},
	{1, 6}:  {class: MailboxNotFound, firm: true, name: "destination mailbox has moved, no forwarding address", source: "RFC 3463"},
	{1, 7}:  {class: SenderRejected, firm: true, name: "bad sender's mailbox address syntax", source: "RFC 3463"},
	{1, 8}:  {class: SenderRejected, firm: true, name: "bad sender's system address", source: "RFC 3463"},
	{1, 9}:  {class: NetworkError, firm: true, name: "message relayed to non-compliant mailer", source: "RFC 3886"},
	{1, 10}: {class: MailboxNotFound, name: "recipient address has null MX", source: "RFC 7505"}, // Exchange Online: recipient not found

	{2, 0}: {class: MailboxUnavailable, name: "other or undefined mailbox status", source: "RFC 3463"},
	{2, 1}: {class: MailboxDisabled, retried: MailboxUnavailable, name: "mailbox disabled, not accepting messages", source: "RFC 3463"},
	{2, 2}: {class: MailboxFull, name: "mailbox full", source: "RFC 3463"}, // Stalwart's example script greylists with it
	{2, 3}: {class: ContentRejected, firm: true, name: "message length exceeds administrative limit", source: "RFC 3463"},
	{2, 4}: {class: MailboxUnavailable, firm: true, name: "mailing list expansion problem", source: "RFC 3463"},

	{3, 0}: {class: SystemError, name: "other or undefined mail system status", source: "RFC 3463"},
	{3, 1}: {class: SystemFull, firm: true, name: "mail system full", source: "RFC 3463"},
	{3, 2}: {class: SystemError, name: "system not accepting network messages", source: "RFC 3463"},
	{3, 3}: {class: ProtocolError, name: "system not capable of selected features", source: "RFC 3463"},
	{3, 4}: {class: ContentRejected, firm: true, name: "message too big for system", source: "RFC 3463"},
	{3, 5}: {class: SystemError, firm: true, name: "system incorrectly configured", source: "RFC 3463"},
	{3, 6}: {class: Policy, firm: true, name: "requested priority was changed", source: "RFC 6710"},

	{4, 0}: {class: NetworkError, name: "other or undefined network or routing status", source: "RFC 3463"},
	{4, 1}: {class: NetworkError, name: "no answer from host", source: "RFC 3463"}, // Exchange Online: no such recipient
	{4, 2}: {class: NetworkError, firm: true, name: "bad connection", source: "RFC 3463"},
	{4, 3}: {class: SystemError, firm: true, name: "directory server failure", source: "RFC 3463"},
	{4, 4}: {class: HostUnknown, name: "unable to route", source: "RFC 3463"},
	{4, 5}: {class: SystemFull, name: "mail system congestion", source: "RFC 3463"},
	{4, 6}: {class: MailLoop, name: "routing loop detected", source: "RFC 3463"},
	{4, 7}: {class: NetworkError, firm: true, name: "delivery time expired", source: "RFC 3463"},

	{5, 0}: {class: ProtocolError, name: "other or undefined protocol status", source: "RFC 3463"},
	{5, 1}: {class: ProtocolError, name: "invalid command", source: "RFC 3463"},
	{5, 2}: {class: ProtocolError, name: "syntax error", source: "RFC 3463"},
	{5, 3}: {class: RateLimited, firm: true, name: "too many recipients", source: "RFC 3463"},
	{5, 4}: {class: ProtocolError, name: "invalid command arguments", source: "RFC 3463"},
	{5, 5}: {class: ProtocolError, firm: true, name: "wrong protocol version", source: "RFC 3463"},
	{5, 6}: {class: ProtocolError, firm: true, name: "authentication exchange line is too long", source: "RFC 4954"},

	{6, 0}:  {class: ContentRejected, firm: true, name: "other or undefined media error", source: "RFC 3463"},
	{6, 1}:  {class: ContentRejected, firm: true, name: "media not supported", source: "RFC 3463"},
	{6, 2}:  {class: ContentRejected, firm: true, name: "conversion required and prohibited", source: "RFC 3463"},
	{6, 3}:  {class: ContentRejected, firm: true, name: "conversion required but not supported", source: "RFC 3463"},
	{6, 4}:  {class: ContentRejected, firm: true, name: "conversion with loss performed", source: "RFC 3463"},
	{6, 5}:  {class: ContentRejected, firm: true, name: "conversion failed", source: "RFC 3463"},
	{6, 6}:  {class: ContentRejected, firm: true, name: "message content not available", source: "RFC 4468"},
	{6, 7}:  {class: ProtocolError, firm: true, name: "non-ASCII addresses not permitted", source: "RFC 6531"},
	{6, 8}:  {class: ProtocolError, firm: true, name: "UTF-8 string reply is required", source: "RFC 6531"},
	{6, 9}:  {class: ProtocolError, firm: true, name: "UTF-8 header message cannot be transferred", source: "RFC 6531"},
	{6, 10}: {class: ProtocolError, firm: true, name: "duplicate of X.6.8, not to be used", source: "RFC 6531"},

	{7, 0}:  {class: Policy, name: "other or undefined security status", source: "RFC 3463"},
	{7, 1}:  {class: AccessDenied, name: "delivery not authorized, message refused", source: "RFC 3463"},
	{7, 2}:  {class: AccessDenied, name: "mailing list expansion prohibited", source: "RFC 3463"},
	{7, 3}:  {class: Policy, name: "security conversion required but not possible", source: "RFC 3463"},
	{7, 4}:  {class: AuthRequired, name: "security features not supported", source: "RFC 4954"},
	{7, 5}:  {class: Policy, name: "cryptographic failure", source: "RFC 3463"},
	{7, 6}:  {class: Policy, name: "cryptographic algorithm not supported", source: "RFC 3463"},
	{7, 7}:  {class: Policy, name: "message integrity failure", source: "RFC 3463"},
	{7, 8}:  {class: AuthRequired, firm: true, name: "authentication credentials invalid", source: "RFC 4954"},
	{7, 9}:  {class: Policy, name: "authentication mechanism is too weak", source: "RFC 4954"}, // Yahoo: against our policy
	{7, 10}: {class: TLSRequired, firm: true, name: "encryption needed", source: "RFC 5248"},
	{7, 11}: {class: TLSRequired, firm: true, name: "encryption required for requested authentication mechanism", source: "RFC 4954"},
	{7, 12}: {class: AuthRequired, firm: true, name: "a password transition is needed", source: "RFC 4954"},
	{7, 13}: {class: MailboxDisabled, firm: true, name: "user account disabled", source: "RFC 5248"},
	{7, 14}: {class: AuthRequired, firm: true, name: "trust relationship required", source: "RFC 5248"},
	{7, 15}: {class: Policy, firm: true, name: "priority level is too low", source: "RFC 6710"},
	{7, 16}: {class: ContentRejected, firm: true, name: "message is too big for the specified priority", source: "RFC 6710"},
	{7, 17}: {class: MailboxNotFound, firm: true, name: "mailbox owner has changed", source: "RFC 7293"},
	{7, 18}: {class: MailboxNotFound, firm: true, name: "domain owner has changed", source: "RFC 7293"},
	{7, 19}: {class: SystemError, firm: true, name: "RRVS test cannot be completed", source: "RFC 7293"},
	{7, 20}: {class: Policy, firm: true, name: "no passing DKIM signature found", source: "RFC 7372"},
	{7, 21}: {class: Policy, firm: true, name: "no acceptable DKIM signature found", source: "RFC 7372"},
	{7, 22}: {class: Policy, firm: true, name: "no valid author-matched DKIM signature found", source: "RFC 7372"},
	{7, 23}: {class: Policy, firm: true, name: "SPF validation failed", source: "RFC 7372"},
	{7, 24}: {class: Policy, firm: true, name: "SPF validation error", source: "RFC 7372"},
	{7, 25}: {class: Policy, firm: true, name: "reverse DNS validation failed", source: "RFC 7372"},
	{7, 26}: {class: Policy, firm: true, name: "multiple authentication checks failed", source: "RFC 7372"},
	{7, 27}: {class: SenderRejected, name: "sender address has null MX", source: "RFC 7505"}, // Gmail: SPF did not pass
	{7, 28}: {class: RateLimited, firm: true, name: "mail flood detected", source: "IANA registry"},
	{7, 29}: {class: Policy, name: "ARC validation failure", source: "RFC 8617"},           // Gmail: not sent over TLS
	{7, 30}: {class: TLSRequired, name: "REQUIRETLS support required", source: "RFC 8689"}, // Gmail: DKIM did not pass
}
