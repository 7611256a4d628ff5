package talk

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
)

// Hidden stands where a secret, or what was made of one, is not shown.
const Hidden string = "<hidden>"

// Veil keeps out of a dialogue what must not be seen, also when the server says
// it: one that was given a password could put it into its next reply. It lives
// and dies with the conversation.
type Veil struct{ forms []string }

// Add hides a secret in the forms in which it could come back: as it is whatever
// its case, percent-encoded, in hexadecimal, and in Base64 at each of the three
// places where it may begin.
func (v *Veil) Add(secret string) {
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

// AddSent hides a line of a login that we said.
func (v *Veil) AddSent(line string) {
	if len(line) >= 2*minForm {
		v.keep(line)
	}
}

func (v *Veil) keep(forms ...string) {
	for _, f := range forms {
		if f = strings.ToLower(f); !slices.Contains(v.forms, f) {
			v.forms = append(v.forms, f)
		}
	}
}

// Clean is a text, or [Hidden] where there is something in it to hide.
func (v *Veil) Clean(text string) string {
	if len(v.forms) == 0 {
		return text
	}
	low := strings.ToLower(text)
	if slices.ContainsFunc(v.forms, func(f string) bool { return strings.Contains(low, f) }) {
		return Hidden
	}
	return text
}
