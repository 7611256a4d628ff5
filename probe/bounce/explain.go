package bounce

import (
	"strconv"
	"strings"
	"time"

	"mx_exporter/probe/reply"
)

// Explanation is a report in plain English. What is said about the recipient that
// matters most stands at the top, so that a script needs to look no further.
// Summary, Meaning and the advice are ours and hold remote words only quoted;
// the rest is as the bounce has it.
type Explanation struct {
	Class     reply.Class `json:"class"`
	Permanent bool        `json:"permanent"` // the answer was final; false: "not now"
	Code      int         `json:"code"`      // basic code, 0 when no reply is quoted
	Enhanced  string      `json:"enhanced"`  // enhanced status code, "" when there is none
	Meaning   string      `json:"meaning"`   // what happened, in one sentence
	Advice    string      `json:"advice"`    // what the sender can do

	Summary          string      `json:"summary"`                      // who refused whom and when
	Retry            string      `json:"retry"`                        // whether and when trying again helps
	WaitSeconds      float64     `json:"wait_seconds,omitempty"`       // try again after this long
	RecipientsAdvice string      `json:"recipients_advice"`            // what the recipient's administrator can do
	CodeMeaning      string      `json:"enhanced_meaning,omitempty"`   // what the registry says of the enhanced code
	Others           []string    `json:"others,omitempty"`             // summaries of further recipients
	Backscatter      Backscatter `json:"backscatter"`                  // whether somebody else sent the original
	NotYours         string      `json:"not_yours,omitempty"`          // what to do if one never sent it
	Everything       string      `json:"everything_bounces,omitempty"` // what to do if all mail bounces
	Report           *Report     `json:"report"`
}

// Explain puts a report into words.
func Explain(r *Report) *Explanation {
	w := r.Worst()
	doc := w.Class.Doc()
	e := &Explanation{
		Class: w.Class, Permanent: w.Permanent(), Code: w.Code(), Enhanced: w.Enhanced(),
		Meaning: doc.Meaning, Advice: doc.Sender, RecipientsAdvice: doc.Recipient,
		Retry: retry(w, doc, r.Format == Pasted), WaitSeconds: doc.Wait.Seconds(),
		Summary: r.summary(w), Backscatter: r.Backscatter(), Report: r,
	}
	if code, ok := reply.ParseEnhanced(e.Enhanced); ok {
		e.CodeMeaning = code.Meaning()
	}
	rest := 0
	for i := range r.Recipients {
		one := r.Recipients[i]
		switch {
		case one.Address == w.Address:
		case len(e.Others) == maxOthers:
			rest++
		default:
			e.Others = append(e.Others, r.summary(one)+" "+one.Class.Doc().Meaning)
		}
	}
	if rest > 0 {
		e.Others = append(e.Others, "And "+strconv.Itoa(rest)+" more.")
	}
	if w.Class != reply.Accepted {
		e.NotYours = notYours(e.Backscatter, r)
		e.Everything = everything(w)
	}
	return e
}

// maxOthers bounds how many further recipients are put into words.
const maxOthers = 20

// retry says when to try again, and whether somebody already does.
func retry(w Recipient, doc reply.Doc, pasted bool) string {
	switch {
	case pasted && w.Action == Delayed:
		return "A mail server tries again by itself; any other sender had better " + doc.Retry() + "."
	case w.Action == Delayed && !w.RetryUntil.IsZero():
		return "The sending server keeps trying by itself until " + moment(w.RetryUntil) + "; do not send it again before."
	case w.Action == Delayed:
		return "The sending server keeps trying by itself; if nothing has arrived by then, " + doc.Retry() + "."
	case w.Action != Failed:
		return "There is nothing to retry."
	}
	return upper(doc.Retry()) + "."
}

// notYours is what to know about bounces of mail that one never sent.
func notYours(b Backscatter, r *Report) string {
	if r.Format == Pasted {
		return ""
	}
	lead := "If you did not send this mail"
	switch b {
	case Likely:
		lead = "It looks as if you never sent this mail. If so"
	case Unlikely:
		lead = "The mail passed through servers of your own domain, so it probably is yours. If you did not send it all the same, look for a machine or an account that was taken over; otherwise"
	case Undetermined:
	}
	return lead + ", somebody else wrote your address on it as the sender, and the bounce came to you. Delete it and do not answer. " +
		"SPF, DKIM and DMARC records for your domain let other servers refuse such mail at once, so that fewer bounces come back."
}

// everything is the advice for those to whom every mail comes back.
func everything(w Recipient) string {
	start := "If everything that you send bounces, the fault is more likely on your side than on everybody else's: "
	switch {
	case w.Class == reply.AuthRequired || w.Class == reply.RelayDenied:
		return start + "check that your mail program logs in at its outgoing server, with the right name, password and port."
	case w.Class == reply.HostUnknown || w.Class == reply.NetworkError:
		return start + "check your connection, and that your mail server's resolver works and its port 25 is open outwards."
	case w.Class.Ours():
		return start + "check your sending address on block lists, its reverse name, and your SPF, DKIM and DMARC records (mx_exporter check your-domain)."
	}
	return start + "check your outgoing server, its settings and your own domain (mx_exporter check your-domain)."
}

// moment is a time for people.
func moment(t time.Time) string { return t.Format("Monday, 2 January 2006, 15:04 MST") }

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
