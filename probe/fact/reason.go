package fact

// Reason says why a look-up or a conversation failed. It is a label value and
// never carries text from outside.
type Reason string

// Reasons found in DNS.
const (
	DNSNXDomain  Reason = "dns_nxdomain"  // the name does not exist
	DNSNoData    Reason = "dns_nodata"    // the name exists without a record of this type
	DNSServfail  Reason = "dns_servfail"  // the resolver answered SERVFAIL
	DNSRefused   Reason = "dns_refused"   // the resolver answered REFUSED or another error code
	DNSTimeout   Reason = "dns_timeout"   // no answer in time
	DNSTruncated Reason = "dns_truncated" // the answer needs TCP, and TCP failed
	DNSMalformed Reason = "dns_malformed" // the answer, or a name in it, cannot be used
	CNAMELoop    Reason = "cname_loop"    // a chain of aliases that never ends
	NullMX       Reason = "null_mx"       // the domain says that it takes no mail (RFC 7505)
)

// Reasons found on the way to the server.
const (
	AddressBlocked Reason = "address_blocked" // the address is not public unicast and not allowed
	Refused        Reason = "refused"         // connection refused
	Unreachable    Reason = "unreachable"     // no route beyond our own network
	Reset          Reason = "reset"           // connection reset
	EOF            Reason = "eof"             // connection closed by the server
	ConnectTimeout Reason = "connect_timeout" // no connection in time
)

// Reasons found in the SMTP dialogue.
const (
	BannerTimeout     Reason = "banner_timeout"       // no complete greeting in time
	Banner4xx         Reason = "banner_4xx"           // greeted with a temporary refusal
	Banner5xx         Reason = "banner_5xx"           // greeted with a permanent refusal
	BannerInvalid     Reason = "banner_invalid"       // the greeting is not SMTP
	ReplyLineTooLong  Reason = "reply_line_too_long"  // a line over the limit
	ReplyTooManyLines Reason = "reply_too_many_lines" // a reply over the limit of lines or bytes
	ReplyCodeMismatch Reason = "reply_code_mismatch"  // one reply with two codes
	ReplyInvalid      Reason = "reply_invalid"        // not a reply, or not one to this command
	StageTimeout      Reason = "stage_timeout"        // a stage's time was up
	ProbeTimeout      Reason = "probe_timeout"        // the probe's time was up
	EHLO4xx           Reason = "ehlo_4xx"             // EHLO and HELO refused for now
	EHLO5xx           Reason = "ehlo_5xx"             // EHLO and HELO refused
	StartTLSMissing   Reason = "starttls_missing"     // STARTTLS is required here and not offered
	StartTLSRefused   Reason = "starttls_refused"     // STARTTLS was offered and then refused
	StartTLSInjection Reason = "starttls_injection"   // bytes arrived in clear before TLS (CVE-2011-0411)
	TLSHandshake      Reason = "tls_handshake"        // the handshake failed
	TLSUnverified     Reason = "tls_unverified"       // the certificate does not verify where that is required
	AuthFailed        Reason = "auth_failed"          // AUTH refused
	AuthNoMechanism   Reason = "auth_no_mechanism"    // no way to prove who we are that both sides know
	AuthInClear       Reason = "auth_in_clear"        // the secret would have gone out in clear, and was kept
	Mail4xx           Reason = "mail_4xx"             // MAIL refused for now
	Mail5xx           Reason = "mail_5xx"             // MAIL refused
	Rcpt4xx           Reason = "rcpt_4xx"             // a recipient refused for now
	Rcpt5xx           Reason = "rcpt_5xx"             // a recipient refused
	Data4xx           Reason = "data_4xx"             // the message refused for now
	Data5xx           Reason = "data_5xx"             // the message refused
	DataUnknown       Reason = "data_unknown"         // the message's end was said and no answer came: it may have been taken
	LimitExceeded     Reason = "limit_exceeded"       // more than we are willing to read or ask
)

// Reasons found in the dialogue with a mailbox's server, IMAP or POP3. Those that
// begin with login_ are told apart by response codes alone (RFC 5530, RFC 3206).
const (
	GreetingRefused   Reason = "greeting_refused"   // greeted with BYE or -ERR: the server takes no one now
	Preauth           Reason = "preauth"            // greeted with PREAUTH where TLS or our own login has to come first
	CapabilityInvalid Reason = "capability_invalid" // no usable list of capabilities
	LoginFailed       Reason = "login_failed"       // name or password refused, or no reason given
	LoginExpired      Reason = "login_expired"      // the password has expired
	LoginLocked       Reason = "login_locked"       // the account is shut until its administrator helps
	LoginUnavailable  Reason = "login_unavailable"  // the server cannot check passwords for now
	LoginLimited      Reason = "login_limited"      // too many logins, or too soon after the last
	MailboxLocked     Reason = "mailbox_locked"     // somebody else has the mailbox open
	MailboxRefused    Reason = "mailbox_refused"    // logged in, and then a command on the mailbox was refused
)

// Reasons that lie with us, or say that nothing was tried. They never count
// against the server.
const (
	NotTested     Reason = "not_tested"     // there was no time to try
	LocalFD       Reason = "local_fd"       // no file descriptor or memory left here
	LocalNetwork  Reason = "local_network"  // no route, port or permission here
	LocalOverload Reason = "local_overload" // our own turn at the address did not come in time
	LocalResolver Reason = "local_resolver" // our resolver is down or refuses us
	// LocalResolverLies: our resolver makes up answers for names that do not exist.
	LocalResolverLies Reason = "local_resolver_lies"
	LocalPanic        Reason = "local_panic"    // a fault in this program
	SecretMissing     Reason = "secret_missing" // the password or the token could not be had, or cannot be used
	LoginBackoff      Reason = "login_backoff"  // logins failed before, and the next has to wait, lest we lock the account
)

// Reasons lists every Reason in the order above.
func Reasons() []Reason {
	return []Reason{
		DNSNXDomain, DNSNoData, DNSServfail, DNSRefused, DNSTimeout, DNSTruncated, DNSMalformed, CNAMELoop, NullMX,
		AddressBlocked, Refused, Unreachable, Reset, EOF, ConnectTimeout,
		BannerTimeout, Banner4xx, Banner5xx, BannerInvalid, ReplyLineTooLong, ReplyTooManyLines, ReplyCodeMismatch,
		ReplyInvalid, StageTimeout, ProbeTimeout, EHLO4xx, EHLO5xx, StartTLSMissing, StartTLSRefused, StartTLSInjection,
		TLSHandshake, TLSUnverified, AuthFailed, AuthNoMechanism, AuthInClear, Mail4xx, Mail5xx, Rcpt4xx, Rcpt5xx,
		Data4xx, Data5xx, DataUnknown, LimitExceeded,
		GreetingRefused, Preauth, CapabilityInvalid, LoginFailed, LoginExpired, LoginLocked, LoginUnavailable,
		LoginLimited, MailboxLocked, MailboxRefused,
		NotTested, LocalFD, LocalNetwork, LocalOverload, LocalResolver, LocalResolverLies, LocalPanic,
		SecretMissing, LoginBackoff,
	}
}

// Local reports whether the reason lies with us, so that it says nothing about
// the server.
func (r Reason) Local() bool {
	switch r {
	case NotTested, LocalFD, LocalNetwork, LocalOverload, LocalResolver, LocalResolverLies, LocalPanic, SecretMissing, LoginBackoff:
		return true
	}
	return false
}

// Failure is where a conversation or a look-up ended, and why. Detail is for
// people and may carry text from outside; it is never a label.
type Failure struct {
	Stage  Stage  `json:"stage,omitempty"`
	Reason Reason `json:"reason"`
	Detail string `json:"detail,omitempty"`
}

// Error makes a Failure usable as an error.
func (f *Failure) Error() string {
	s := string(f.Reason)
	if f.Stage != "" {
		s = string(f.Stage) + ": " + s
	}
	if f.Detail != "" {
		s += ": " + f.Detail
	}
	return s
}
