package reply

import "mx_exporter/probe/fact"

// Classify sorts a reply into its class. It is pure. The stage is where the
// conversation was when the reply came; it is empty where that is not known, as
// for a reply found in a bounce or one to a message's end.
//
// The enhanced status code decides first, then the basic code with the stage.
// Where that leaves it open, because servers use the code for more than one
// thing, the text is asked. A reply without telling text keeps what its code
// says, so an unknown server is judged by the standards.
func Classify(stage fact.Stage, r Reply) Class {
	if r.Positive() {
		return Accepted
	}
	g := byStatus(stage, r)
	if g.firm {
		return g.class
	}
	if c, ok := byText(r); ok {
		return c
	}
	return g.class
}

// byStatus guesses from the enhanced status code, and from the basic code where
// there is no other, where it says nothing, or where the basic code says more.
func byStatus(stage fact.Stage, r Reply) guess {
	e, ok := ParseEnhanced(r.Enhanced)
	if !ok {
		return byCode(stage, r)
	}
	m, _ := e.lookup()
	if m.class == "" || !m.firm && specific(r.Code) {
		return byCode(stage, r)
	}
	g := guess{class: m.class, firm: m.firm && !contradicts(r.Code, e)}
	switch {
	case r.Temporary() && m.retried != "":
		g.class = m.retried
	case stage == fact.Mail && e.Subject == 1 && e.Detail == 0:
		g.class = SenderRejected // "other address status" of the only address given so far
	}
	return g
}

// contradicts reports a basic code that cannot go with an addressing status: 421
// closes the connection, and 452 and 552 are about storage. Such replies carry
// 5.1.1 out of habit, and their text knows better.
func contradicts(code int, e Enhanced) bool {
	return e.Subject == 1 && (code == 421 || code == 452 || code == 552)
}
