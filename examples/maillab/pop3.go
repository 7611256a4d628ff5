package maillab

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// popSession is one conversation of a POP3 server (RFC 1939).
type popSession struct {
	*session

	user     string
	box      *Box
	messages []popMessage
	deleted  map[int]bool // by index
}

// servePOP3 holds the conversation up to QUIT. What was marked is deleted then
// and not before (RFC 1939 section 6).
func (s *session) servePOP3() {
	p := &popSession{session: s, deleted: map[int]bool{}}
	if s.misbehave(StageBanner) || !s.send(s.b.Banner, s.b.BannerDrip) {
		return
	}
	s.odd = !strings.HasPrefix(s.b.Banner, "+OK")
	for !s.done {
		line, ok := s.readLine()
		if !ok {
			break
		}
		p.command(line)
	}
	s.flush()
	if s.encrypted && !s.odd {
		_ = s.conn.Close() // says close_notify; the client may be gone
	}
}

func (p *popSession) command(line string) {
	verb, arg, _ := strings.Cut(line, " ")
	verb = strings.ToUpper(verb)
	if p.r.Buffered() > 0 { // RFC 2449 section 6.8: only where PIPELINING is offered
		p.violate("sent more before the reply to %s", verb)
		p.reply("-ERR Pipelining was not offered here")
		p.done = true
		return
	}
	if p.misbehave(stageOf(verb)) {
		return
	}
	if r, ok := p.b.Replies[verb]; ok {
		p.reply(r)
		p.odd = true
		return
	}
	before := map[string]func(string){"STLS": p.stls, "USER": p.userIs, "PASS": p.pass, "AUTH": p.auth}
	after := map[string]func(string){
		"STAT": p.stat, "LIST": p.list, "UIDL": p.uidl, "TOP": p.top, "RETR": p.retr, "DELE": p.dele,
		"RSET": func(string) { p.deleted = map[int]bool{}; p.reply("+OK") },
		"NOOP": func(string) { p.reply("+OK") },
	}
	switch {
	case verb == "CAPA":
		p.capa()
	case verb == "QUIT":
		p.bye()
	case p.box == nil && before[verb] != nil:
		before[verb](arg)
	case p.box != nil && after[verb] != nil:
		after[verb](arg)
	case before[verb] != nil || after[verb] != nil:
		p.violate("sent %s in the wrong state", verb)
		p.reply("-ERR Not now")
	default:
		p.violate("sent an unknown command: %q", line)
		p.reply("-ERR Unknown command")
	}
}

// capa tells what is there (RFC 2449).
func (p *popSession) capa() {
	words := []string{"TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE"}
	if p.encrypted {
		words = append(words, "USER", "SASL PLAIN")
	} else if p.b.StartTLS {
		words = append(words, "STLS")
	}
	p.reply("+OK Capabilities follow\r\n" + strings.Join(without(words, p.b.Without), "\r\n") + "\r\n.")
}

func (p *popSession) stls(string) {
	if p.encrypted || !p.b.StartTLS {
		p.violate("sent STLS, which was not offered")
		p.reply("-ERR Not offered")
		return
	}
	p.reply("+OK Begin TLS\r\n" + p.b.Inject)
	p.odd = p.odd || p.b.Inject != ""
	p.flush()
	if !p.misbehave(StageTLS) {
		p.handshake()
	}
}

func (p *popSession) userIs(name string) {
	p.srv.guardSecret(p.rec, p.encrypted)
	p.user = name
	p.reply("+OK")
}

func (p *popSession) pass(secret string) {
	if p.user == "" {
		p.violate("sent PASS before USER")
		p.reply("-ERR USER first")
		return
	}
	p.enter(p.user, secret)
}

// auth takes PLAIN alone (RFC 5034).
func (p *popSession) auth(arg string) {
	p.srv.guardSecret(p.rec, p.encrypted)
	name, initial, has := strings.Cut(arg, " ")
	if !strings.EqualFold(name, "PLAIN") {
		p.violate("sent AUTH %s, which was not offered", name)
		p.reply("-ERR Not offered")
		return
	}
	if !has {
		p.reply("+ ")
		line, ok := p.readLine()
		if !ok {
			p.done = true
			return
		}
		initial = line
	}
	text, ok := p.response("", initial, true)
	if account, secret, readable := plain(text); ok && readable {
		p.enter(account, secret)
		return
	}
	p.reply("-ERR Cannot decode the response")
}

// enter answers a try to log in, with the codes of RFC 3206.
func (p *popSession) enter(account, secret string) {
	ok, locked := p.srv.login(account, secret)
	switch {
	case locked:
		p.reply("-ERR [SYS/TEMP] Too many failed logins, come back later")
	case !ok:
		p.reply("-ERR [AUTH] Wrong user or password")
	default:
		p.box = p.srv.Box(account)
		p.messages = p.box.list()
		p.reply("+OK Logged in")
	}
}

func (p *popSession) bye() {
	p.srv.note(func() { p.rec.Quit = true })
	p.release()
	if p.box != nil {
		var ids []string
		for i := range p.deleted {
			ids = append(ids, p.messages[i].id)
		}
		p.box.remove(ids)
	}
	p.reply("+OK Bye")
	p.done = true
}

// index reads a message's number.
func (p *popSession) index(arg string) (int, bool) {
	n, err := strconv.Atoi(arg)
	if err != nil || n < 1 || n > len(p.messages) || p.deleted[n-1] {
		p.reply("-ERR No such message")
		return 0, false
	}
	return n - 1, true
}

func (p *popSession) stat(string) {
	n, size := 0, 0
	for i, m := range p.messages {
		if !p.deleted[i] {
			n, size = n+1, size+len(m.text)
		}
	}
	p.reply(fmt.Sprintf("+OK %d %d", n, size))
}

func (p *popSession) list(arg string) {
	p.listing(arg, func(m popMessage) string { return strconv.Itoa(len(m.text)) })
}

func (p *popSession) uidl(arg string) { p.listing(arg, func(m popMessage) string { return m.id }) }

func (p *popSession) listing(arg string, about func(popMessage) string) {
	if arg != "" {
		if i, ok := p.index(arg); ok {
			p.reply(fmt.Sprintf("+OK %d %s", i+1, about(p.messages[i])))
		}
		return
	}
	var b strings.Builder
	b.WriteString("+OK\r\n")
	for i, m := range p.messages {
		if !p.deleted[i] {
			fmt.Fprintf(&b, "%d %s\r\n", i+1, about(m))
		}
	}
	p.reply(b.String() + ".")
}

func (p *popSession) retr(arg string) {
	if i, ok := p.index(arg); ok {
		p.reply("+OK\r\n" + stuffed(p.messages[i].text) + ".")
	}
}

func (p *popSession) top(arg string) {
	number, lines, _ := strings.Cut(arg, " ")
	i, ok := p.index(number)
	if !ok {
		return
	}
	n, err := strconv.Atoi(lines)
	if err != nil || n < 0 {
		p.violate("sent TOP without a number of lines: %q", arg)
		p.reply("-ERR How many lines?")
		return
	}
	head, body, _ := bytes.Cut(p.messages[i].text, []byte("\r\n\r\n"))
	some := bytes.SplitAfterN(body, []byte("\r\n"), n+1)
	text := string(head) + "\r\n\r\n" + string(bytes.Join(some[:min(n, len(some))], nil))
	p.reply("+OK\r\n" + stuffed([]byte(text)) + ".")
}

func (p *popSession) dele(arg string) {
	if i, ok := p.index(arg); ok {
		p.deleted[i] = true
		p.reply("+OK Marked")
	}
}

// stuffed doubles the dots that begin a line (RFC 1939 section 3), and ends the
// last line.
func stuffed(text []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, ".") {
			b.WriteByte('.')
		}
		b.WriteString(line)
	}
	if s := b.String(); s == "" || strings.HasSuffix(s, "\n") {
		return s
	}
	return b.String() + "\r\n"
}
