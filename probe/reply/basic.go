package reply

import "mx_exporter/probe/fact"

// guess is a class with the strength of its evidence.
type guess struct {
	class Class
	firm  bool // the text is not asked
}

// basic sorts by the code alone (RFC 5321 section 4.2.3, RFC 4954 section 6,
// RFC 7504), for the codes that mean the same at every stage. Servers stretch
// all of them, so the text may refine each guess.
var basic = map[int]Class{
	421: SystemError,     // service not available, closing transmission channel
	432: AuthRequired,    // a password transition is needed
	451: SystemError,     // local error in processing
	452: SystemFull,      // insufficient system storage
	454: SystemError,     // TLS not available (RFC 3207), temporary authentication failure (RFC 4954)
	455: ProtocolError,   // server unable to accommodate parameters
	500: ProtocolError,   // syntax error, command unrecognized
	501: ProtocolError,   // syntax error in parameters
	502: ProtocolError,   // command not implemented
	503: ProtocolError,   // bad sequence of commands
	504: ProtocolError,   // command parameter not implemented
	521: AccessDenied,    // host does not accept mail (RFC 7504)
	523: TLSRequired,     // encryption needed (RFC 5248)
	525: MailboxDisabled, // user account disabled (RFC 5248)
	530: AuthRequired,    // authentication required
	534: AuthRequired,    // authentication mechanism is too weak
	535: AuthRequired,    // authentication credentials invalid
	538: TLSRequired,     // encryption required for requested authentication mechanism
	551: RelayDenied,     // user not local
	552: MailboxFull,     // exceeded storage allocation
	555: ProtocolError,   // MAIL or RCPT parameters not recognized
	556: HostUnknown,     // domain does not accept mail (RFC 7504)
}

// byCode guesses from the basic code and the stage.
func byCode(stage fact.Stage, r Reply) guess {
	if c, ok := basic[r.Code]; ok {
		return guess{class: c}
	}
	if r.Permanent() {
		return guess{class: permanentAt(stage, r.Code)}
	}
	if r.Code == 450 && stage == fact.Rcpt {
		return guess{class: MailboxUnavailable} // mailbox busy or blocked for policy reasons
	}
	return guess{class: OtherTemporary}
}

// permanentAt says what 550, 553 and 554 mean where they come: the first two
// speak of the mailbox named last, and 554 as a greeting means "no SMTP service
// here" (RFC 5321 section 3.1).
func permanentAt(stage fact.Stage, code int) Class {
	mailbox := code == 550 || code == 553
	switch stage {
	case fact.Banner, fact.EHLO, fact.EHLOTLS:
		return AccessDenied
	case fact.Mail:
		if mailbox {
			return SenderRejected
		}
	case fact.Rcpt:
		if mailbox {
			return MailboxUnavailable
		}
	case fact.Auth:
		return AuthRequired
	}
	return OtherPermanent
}

// specific reports the codes that say more than an enhanced status code which
// is often misused beside them: "530 5.5.1 Authentication Required" is about
// authentication and not about an invalid command.
func specific(code int) bool {
	switch code {
	case 530, 534, 535, 538, 556:
		return true
	}
	return false
}
