package mailbox

import (
	"context"
	"strconv"
	"strings"

	"mx_exporter/probe/fact"
)

// imap speaks IMAP up to the login (RFC 9051 section 6.1 and 6.2).
type imap struct {
	*conversation
	tags int
	bye  *response    // the server has said that it goes
	s    *imapSession // who speaks after the login
}

// expect looks at a server's first octet. A stranger is known by it, and need not
// be heard to the end of a line that may never come.
func (c *conversation) expect(any string, protocol string) *fact.Failure {
	first, err := c.in.br.Peek(1)
	if err != nil || strings.Contains(any, string(first)) {
		return nil
	}
	c.mute = true
	return c.fail(fact.BannerInvalid, "a greeting that begins with the octet "+strconv.Quote(string(first))+" is not "+protocol)
}

// greeting is one line (RFC 9051 section 7.1). PREAUTH means that no login is
// needed; but then STARTTLS cannot be said any more (section 11.1), and a login as
// somebody else neither.
func (i *imap) greeting() *fact.Failure {
	if f := i.expect("*", "IMAP"); f != nil {
		return f
	}
	line, f := i.listen()
	if f != nil {
		return f
	}
	rest, ok := strings.CutPrefix(line, "* ")
	r, is := parseStatus(rest)
	switch {
	case ok && is && r.word == "OK":
		return nil
	case ok && is && r.word == "PREAUTH":
		if i.o.Security == StartTLS || i.o.Login != nil {
			return i.fail(fact.Preauth, r.String())
		}
		return nil
	case ok && is && r.word == "BYE":
		i.mute = true
		return i.fail(fact.GreetingRefused, r.String())
	}
	i.mute = true
	return i.fail(fact.BannerInvalid, "not the greeting of an IMAP server")
}

// command says one and hears everything up to its end.
func (i *imap) command(line, shown string) (response, *fact.Failure) {
	tag := i.tag()
	if f := i.say(tag+" "+line, tag+" "+shown); f != nil {
		return response{}, f
	}
	challenge, r, f := i.answer()
	if f == nil && r.word == "" {
		i.mute = true
		return r, i.fail(fact.ReplyInvalid, "the server asks for more ("+strconv.Itoa(len(challenge))+" octets of text), and there is none")
	}
	return r, f
}

func (i *imap) tag() string {
	i.tags++
	return i.current()
}

func (i *imap) current() string { return "A" + strconv.Itoa(i.tags) }

// answer hears a continuation, or the end of the command.
func (i *imap) answer() (challenge string, r response, f *fact.Failure) {
	for {
		line, f := i.logical()
		if f != nil {
			return "", r, i.left(f)
		}
		if challenge, ok := strings.CutPrefix(line, "+"); ok {
			i.heard("+ " + hidden)
			return strings.TrimPrefix(challenge, " "), r, nil
		}
		i.heard(line)
		if rest, ok := strings.CutPrefix(line, "* "); ok {
			i.untagged(rest)
			continue
		}
		tag, rest, _ := strings.Cut(line, " ")
		r, ok := parseStatus(rest)
		if tag != i.current() || !ok || r.word == "BYE" || r.word == "PREAUTH" {
			i.mute = true
			return "", response{}, i.fail(fact.ReplyInvalid, "an answer to something else")
		}
		i.coded(r)
		return "", r, nil
	}
}

// logical hears one line, over the literals in it, which are let go: up to the
// login there is nothing of interest in one. Their size was judged when it was
// read.
func (i *imap) logical() (string, *fact.Failure) {
	line, f := i.hear()
	for f == nil {
		brace := strings.LastIndexByte(line, '{')
		if brace < 0 || prose([]byte(line)) {
			break
		}
		n, ok := literal([]byte(line[brace:]), i.o.Limits.Literal)
		if !ok {
			break
		}
		if _, err := i.in.br.Discard(n); err != nil {
			return "", i.unheard(err)
		}
		var more string
		more, f = i.hear()
		line += more
	}
	return line, f
}

// untagged takes what may be said at any time; what is not of interest before a
// mailbox is open is let go.
func (i *imap) untagged(rest string) {
	if list, ok := cutWord(rest, "CAPABILITY"); ok {
		i.list(list)
		return
	}
	r, ok := parseStatus(rest)
	switch {
	case ok && r.word == "BYE":
		i.bye = &r
	case ok:
		i.coded(r)
	}
}

// coded takes capabilities that come as a response code.
func (i *imap) coded(r response) {
	if r.code == "CAPABILITY" {
		i.list(r.args)
	}
}

func (i *imap) list(words string) {
	i.caps = capabilities{heard: true}
	for w := range strings.FieldsSeq(words) {
		i.caps.add(w)
	}
}

func cutWord(s, word string) (rest string, ok bool) {
	first, rest, _ := strings.Cut(s, " ")
	return rest, strings.EqualFold(first, word)
}

// left explains a connection that ended after BYE.
func (i *imap) left(f *fact.Failure) *fact.Failure {
	if i.bye == nil || f.Reason != fact.EOF && f.Reason != fact.Reset {
		return f
	}
	f.Detail = i.hush.Clean(i.bye.String())
	if i.now.Stage == fact.Login {
		f.Reason = fact.LoginUnavailable
		if i.bye.code != "" {
			i.said, f.Reason = refused(i.bye.code)
		}
	}
	return f
}

func (i *imap) capabilities() *fact.Failure {
	r, f := i.command("CAPABILITY", "CAPABILITY")
	switch {
	case f != nil:
		return f
	case !r.ok():
		return i.fail(fact.CapabilityInvalid, r.String())
	case !i.caps.has("IMAP4REV1") && !i.caps.has("IMAP4REV2"):
		return i.fail(fact.CapabilityInvalid, "the server names neither IMAP4rev1 nor IMAP4rev2")
	}
	return nil
}

func (i *imap) startTLS() *fact.Failure {
	r, f := i.command("STARTTLS", "STARTTLS")
	if f == nil && !r.ok() {
		return i.fail(fact.StartTLSRefused, r.String())
	}
	return f
}

// maxIMAPLine is how long a line may be that carries an initial response; servers
// take at least 8192 octets (RFC 7162 section 4 asks for that).
const maxIMAPLine = 8192

// authenticate uses AUTHENTICATE where a mechanism fits, else LOGIN, unless the
// server forbids it (RFC 9051 section 6.2.3).
func (i *imap) authenticate(ctx context.Context) (how string, f *fact.Failure) {
	client, f := i.mechanism(ctx, !i.caps.has("LOGINDISABLED"))
	if f != nil {
		return "", f
	}
	before := i.caps
	i.caps.heard = false
	how = "LOGIN"
	if client == nil {
		f = i.plain()
	} else {
		how = client.Name()
		room := 0
		if i.caps.has("SASL-IR") || i.caps.has("IMAP4REV2") {
			room = maxIMAPLine
		}
		f = i.exchange(client, i.tag()+" AUTHENTICATE", room, i.answer)
	}
	if f != nil {
		return how, f
	}
	return how, i.anew(before)
}

// anew learns what the server can do now. One that says nothing with its OK is
// asked; the time that takes is not the login's.
func (i *imap) anew(before capabilities) *fact.Failure {
	took := i.now.Took
	if !i.caps.heard {
		i.caps = before
		if _, f := i.command("CAPABILITY", "CAPABILITY"); f != nil {
			return f
		}
	}
	i.now.Took = took
	// What cannot be of use after a login is often left out then; it was there.
	i.caps.sasl = before.sasl
	i.show()
	return nil
}

// farewell is LOGOUT, which is answered by BYE and OK.
func (i *imap) farewell() bool {
	if i.s != nil {
		return i.s.logout()
	}
	r, f := i.command("LOGOUT", "LOGOUT")
	return f == nil && r.ok()
}

func (i *imap) session() (Session, *fact.Failure) {
	s, f := newIMAPSession(i.conversation)
	if f != nil {
		return nil, f
	}
	i.s = s
	return s, nil
}

func (i *imap) quota(ctx context.Context) *fact.Failure {
	if _, f := i.session(); f != nil {
		return f
	}
	return i.s.quota(ctx)
}
