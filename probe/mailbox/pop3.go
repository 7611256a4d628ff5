package mailbox

import (
	"context"
	"strings"

	"mx_exporter/probe/fact"
)

// pop3 speaks POP3 (RFC 1939).
type pop3 struct {
	*conversation
}

func (p *pop3) greeting() *fact.Failure {
	if f := p.expect("+-", "POP3"); f != nil {
		return f
	}
	line, f := p.listen()
	if f != nil {
		return f
	}
	r, ok := parsePOP3(line)
	switch {
	case !ok:
		p.mute = true
		return p.fail(fact.BannerInvalid, "not the greeting of a POP3 server")
	case !r.ok():
		return p.fail(fact.GreetingRefused, r.String())
	}
	return nil
}

// command says one and hears the first line of its answer.
func (p *pop3) command(line, shown string) (response, *fact.Failure) {
	if p.in.br.Buffered() > 0 {
		p.mute = true
		return response{}, p.fail(fact.ReplyInvalid, "the server spoke before it was asked")
	}
	if f := p.say(line, shown); f != nil {
		return response{}, f
	}
	_, r, f := p.first()
	return r, f
}

// answer hears a challenge (RFC 5034 section 4), or the end of the login.
func (p *pop3) answer() (challenge string, r response, f *fact.Failure) {
	line, f := p.hear()
	if f != nil {
		return "", r, f
	}
	if challenge, ok := strings.CutPrefix(line, "+ "); ok || line == "+" {
		p.heard("+ " + hidden)
		return challenge, r, nil
	}
	p.heard(line)
	return p.status(line)
}

func (p *pop3) first() (string, response, *fact.Failure) {
	line, f := p.listen()
	if f != nil {
		return "", response{}, f
	}
	return p.status(line)
}

func (p *pop3) status(line string) (string, response, *fact.Failure) {
	r, ok := parsePOP3(line)
	if !ok {
		p.mute = true
		return "", r, p.fail(fact.ReplyInvalid, "an answer is neither +OK nor -ERR")
	}
	return "", r, nil
}

// capabilities asks for the list of RFC 2449, which not every server has.
func (p *pop3) capabilities() *fact.Failure {
	r, f := p.command("CAPA", "CAPA")
	if f != nil || !r.ok() {
		return f
	}
	p.caps.heard = true
	for n := 0; ; n++ {
		line, f := p.listen()
		switch {
		case f != nil:
			return f
		case line == ".":
			return nil
		case n >= p.o.Limits.Untagged:
			p.mute = true
			return p.fail(fact.LimitExceeded, over("a list of more than %d lines", p.o.Limits.Untagged).Error())
		}
		p.capability(strings.TrimPrefix(line, "."))
	}
}

// capability takes one line: a word and its values.
func (p *pop3) capability(line string) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return
	}
	p.caps.add(words[0])
	if strings.EqualFold(words[0], "SASL") {
		for _, m := range words[1:] {
			p.caps.mechanism(m)
		}
	}
}

func (p *pop3) startTLS() *fact.Failure {
	r, f := p.command("STLS", "STLS")
	if f == nil && !r.ok() {
		return p.fail(fact.StartTLSRefused, r.String())
	}
	return f
}

// maxPOP3Line is the length of a command that every server takes (RFC 2449
// section 4).
const maxPOP3Line = 255

// authenticate uses AUTH where a mechanism fits, else USER and PASS, unless the
// server has a list of capabilities without them. APOP is left out: it proves
// little, and makes servers keep passwords in clear.
func (p *pop3) authenticate(ctx context.Context) (how string, f *fact.Failure) {
	client, f := p.mechanism(ctx, p.caps.has("USER") || !p.caps.heard)
	if f != nil {
		return "", f
	}
	how = methodUser
	if client == nil {
		f = p.plain()
	} else {
		how = client.Name()
		f = p.exchange(client, "AUTH", maxPOP3Line, p.answer)
	}
	return how, f
}

func (p *pop3) plain() *fact.Failure {
	secret, f := p.password()
	if f != nil {
		return f
	}
	for _, line := range []string{"USER " + p.o.Login.Username, "PASS " + secret} {
		r, f := p.command(line, line[:len("USER ")]+hidden)
		if f != nil {
			return f
		}
		if !r.ok() {
			return p.refusal(r)
		}
	}
	return nil
}

func (p *pop3) farewell() bool {
	r, f := p.command("QUIT", "QUIT")
	return f == nil && r.ok()
}

func (p *pop3) session() (Session, *fact.Failure) {
	return &pop3Session{pop3: p, found: map[uint32]Query{}, deleted: map[uint32]bool{}}, nil
}

// quota is STAT (RFC 1939 section 5), which knows no limits.
func (p *pop3) quota(context.Context) *fact.Failure {
	count, size, f := p.stat()
	if f == nil {
		p.d.Messages = &count
		p.d.Quota = &Quota{UsedBytes: &size, UsedMessages: &count}
	}
	return f
}

func (p *pop3) stat() (count, size int64, f *fact.Failure) {
	r, f := p.command("STAT", "STAT")
	switch {
	case f != nil:
		return 0, 0, f
	case !r.ok():
		return 0, 0, p.refuses(r)
	}
	if count, size, ok := twoNumbers(r.text); ok {
		return count, size, nil
	}
	return 0, 0, p.fail(fact.ReplyInvalid, "the answer to STAT has no two numbers")
}
