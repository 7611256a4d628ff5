package bounce

import (
	"regexp"
	"strings"

	"mx_exporter/probe/reply"
)

// Hint is a sign in the message of whether the receiver of the bounce wrote the
// original. It is a sign and no proof: spammers write under foreign names, and the
// servers that cannot deliver their mail return it to those who never sent it.
type Hint string

// The hints.
const (
	NoOriginal       Hint = "no-original"       // nothing of the original is shown, so nothing can be told
	NoMessageID      Hint = "no-message-id"     // the original has none; mail programs write one
	SentElsewhere    Hint = "sent-elsewhere"    // no server of the sender's domain handled the original
	SentHere         Hint = "sent-here"         // a server of the sender's domain handled the original
	OtherSender      Hint = "other-sender"      // the From field of the original names another domain
	NotAuthenticated Hint = "not-authenticated" // the refusal says that SPF, DKIM or DMARC failed
	TakenForSpam     Hint = "taken-for-spam"    // the refusal says that the original is spam
)

// hostNamed is a Received field that says which server had the message. Qmail
// writes "(qmail 1233 invoked by uid 1000)" where a program of the same machine
// hands it in, which is no sign of anybody else.
var hostNamed = regexp.MustCompile(`\b(?:by|from)\s+\S*\.\S`)

// hints looks for the signs.
func hints(r *Report) []Hint {
	var hs []Hint
	add := func(h Hint, is bool) {
		if is {
			hs = append(hs, h)
		}
	}
	o := r.Original
	shown := o.MessageID != "" || o.From != "" || len(o.received) > 0
	add(NoOriginal, !shown)
	way := strings.ToLower(strings.Join(o.received, "\n"))
	named := hostNamed.MatchString(way)
	add(NoMessageID, shown && o.MessageID == "" && named)
	own := organisation(domainOf(r.To))
	if shown && own != "" {
		from := organisation(domainOf(o.From))
		add(OtherSender, from != "" && from != own)
		handled := strings.Contains(way+strings.ToLower(o.MessageID), own)
		add(SentElsewhere, named && !handled)
		add(SentHere, handled)
	}
	w := r.Worst()
	text := strings.ToLower(w.Diagnostic)
	add(NotAuthenticated, w.Class == reply.Policy && (strings.Contains(text, "spf") || strings.Contains(text, "dmarc") || strings.Contains(text, "dkim") || strings.Contains(text, "unauthenticated")))
	add(TakenForSpam, w.Class == reply.ContentRejected && strings.Contains(text, "spam"))
	return hs
}

// Backscatter sums the hints up.
type Backscatter string

// The sums.
const (
	Likely       Backscatter = "likely"   // the original was probably sent by somebody else
	Unlikely     Backscatter = "unlikely" // the original passed through the sender's own servers
	Undetermined Backscatter = "unknown"  // the bounce does not show enough
)

// Backscatter says whether the bounce may be one of a mail that its receiver
// never sent.
func (r *Report) Backscatter() Backscatter {
	against, in := 0, false
	for _, h := range r.Hints {
		switch h {
		case SentHere:
			in = true
		case SentElsewhere, OtherSender, NoMessageID, NotAuthenticated, TakenForSpam:
			against++
		case NoOriginal:
		}
	}
	switch {
	case in:
		return Unlikely
	case against >= 2:
		return Likely
	}
	return Undetermined
}

func domainOf(mailbox string) string {
	_, domain, _ := strings.Cut(strings.ToLower(mailbox), "@")
	return domain
}

// organisation is the part of a domain below which its owner's hosts are likely
// to be: the last two labels, or three where the last two are short, as in
// example.co.uk. It is a guess that only has to serve a hint.
func organisation(domain string) string {
	labels := strings.Split(strings.Trim(domain, "."), ".")
	n := 2
	if len(labels) > 2 && len(labels[len(labels)-1]) == 2 && len(labels[len(labels)-2]) <= 3 {
		n = 3
	}
	if len(labels) < n {
		return ""
	}
	return strings.Join(labels[len(labels)-n:], ".")
}
