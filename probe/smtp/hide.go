package smtp

import (
	"strings"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/talk"
)

// hidden stands where a secret, or what was made of one, is not shown.
const hidden = talk.Hidden

// veil knows what of SMTP must not be seen.
type veil struct{ talk.Veil }

// line is a line of the server's for the transcript. Challenges are never shown:
// with our answers in hand, passwords could be tried on them.
func (v *veil) line(at fact.Stage, text string) string {
	if at == fact.Auth && strings.HasPrefix(text, "334") {
		return "334 " + hidden
	}
	return v.Clean(text)
}

// reply is a reply for the dialogue.
func (v *veil) reply(at fact.Stage, r reply.Reply) reply.Reply {
	lines := make([]string, len(r.Lines))
	for i, l := range r.Lines {
		lines[i] = v.Clean(l)
		if at == fact.Auth && r.Code == 334 {
			lines[i] = hidden
		}
	}
	r.Lines = lines
	return r
}
