package smtp

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
)

// hidden stands where a secret, or what was made of one, is not shown.
const hidden string = "<hidden>"

// veil keeps out of the dialogue what must not be seen, also when the server says
// it: one that was given a password could put it into its next reply. It lives
// and dies with the conversation.
type veil struct{ forms []string }

// add hides a secret in the forms in which it could come back: as it is whatever
// its case, percent-encoded, in hexadecimal, and in Base64 at each of the three
// places where it may begin.
func (v *veil) add(secret string) {
	if secret == "" {
		return
	}
	v.keep(secret, url.QueryEscape(secret), url.PathEscape(secret), hex.EncodeToString([]byte(secret)))
	for shift := range 3 {
		// The first and the last characters depend on what stands beside the secret.
		padded := []byte(strings.Repeat("\x00", shift) + secret)
		for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			if s := enc.EncodeToString(padded); len(s) > 8+minForm {
				v.keep(s[4 : len(s)-4])
			}
		}
	}
}

// minForm is how long a piece of Base64 must be to be looked for: a shorter one
// would be found in any text.
const minForm int = 4

// addSent hides a line of a login that we said.
func (v *veil) addSent(line string) {
	if len(line) >= 2*minForm {
		v.keep(line)
	}
}

func (v *veil) keep(forms ...string) {
	for _, f := range forms {
		if f = strings.ToLower(f); !slices.Contains(v.forms, f) {
			v.forms = append(v.forms, f)
		}
	}
}

// clean is a text, or [hidden] where there is something in it to hide.
func (v *veil) clean(text string) string {
	if len(v.forms) == 0 {
		return text
	}
	low := strings.ToLower(text)
	if slices.ContainsFunc(v.forms, func(f string) bool { return strings.Contains(low, f) }) {
		return hidden
	}
	return text
}

// line is a line of the server's for the transcript. Challenges are never shown:
// with our answers in hand, passwords could be tried on them.
func (v *veil) line(at fact.Stage, text string) string {
	if at == fact.Auth && strings.HasPrefix(text, "334") {
		return "334 " + hidden
	}
	return v.clean(text)
}

// reply is a reply for the dialogue.
func (v *veil) reply(at fact.Stage, r reply.Reply) reply.Reply {
	lines := make([]string, len(r.Lines))
	for i, l := range r.Lines {
		lines[i] = v.clean(l)
		if at == fact.Auth && r.Code == 334 {
			lines[i] = hidden
		}
	}
	r.Lines = lines
	return r
}
