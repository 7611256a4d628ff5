package mailbox

import (
	"strconv"
	"strings"

	"mx_exporter/probe/fact"
)

// plain is the command LOGIN (RFC 9051 section 6.2.3). What a quoted string cannot
// have goes as a literal, for which the server is asked first.
func (i *imap) plain() *fact.Failure {
	secret, f := i.password()
	if f != nil {
		return f
	}
	line, shown := i.tag()+" LOGIN", i.current()+" LOGIN"
	for _, arg := range []string{i.o.Login.Username, secret} {
		if quotable(arg) {
			line += " " + quote(arg)
			continue
		}
		if f := i.say(line+" {"+strconv.Itoa(len(arg))+"}", shown+" "+hidden); f != nil {
			return f
		}
		if _, r, f := i.answer(); f != nil {
			return f
		} else if r.word != "" {
			return i.refusal(r)
		}
		line, shown = arg, ""
	}
	if f := i.say(line, strings.TrimSpace(shown+" "+hidden)); f != nil {
		return f
	}
	_, r, f := i.answer()
	switch {
	case f != nil:
		return f
	case r.word == "":
		i.mute = true
		return i.fail(fact.ReplyInvalid, "the server asks for more, and there is none")
	case !r.ok():
		return i.refusal(r)
	}
	return nil
}

func quotable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

func quote(s string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"` }
