package maillab

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
)

// mailFrom answers MAIL (RFC 5321 section 4.1.1.2); arg is what stands behind
// the verb.
func (s *session) mailFrom(arg string) {
	if s.misbehave(StageMail) {
		return
	}
	p, err := parsePath("FROM:", arg)
	switch {
	case !s.greeted:
		s.outOfOrder("MAIL before EHLO")
	case s.mail:
		s.outOfOrder("MAIL inside of a transaction")
	case err != nil:
		s.syntax("MAIL", err)
	case s.badParams(p.params):
	case s.b.TLSRequired && !s.encrypted:
		s.reply("530 5.7.0 Must issue a STARTTLS command first")
	case s.b.AuthRequired && !s.authenticated:
		s.reply("530 5.7.0 Authentication required")
	case s.b.Transactions > 0 && s.begun >= s.b.Transactions:
		s.refuse("421 4.7.0 Too many transactions in one connection")
	default:
		s.sender = p.address
		s.eightBit = slices.ContainsFunc(p.params, func(v string) bool { return strings.EqualFold(v, "BODY=8BITMIME") })
		s.mail = s.override("MAIL", "250 2.1.0 Sender OK")
		s.begun++
	}
}

// rcptTo answers RCPT (RFC 5321 section 4.1.1.3).
func (s *session) rcptTo(arg string) {
	if s.misbehave(StageRcpt) {
		return
	}
	p, err := parsePath("TO:", arg)
	switch {
	case err != nil:
		s.syntax("RCPT", err)
	case p.address == "":
		s.syntax("RCPT", fmt.Errorf("the null address cannot receive"))
	case !s.mail && s.announces("PIPELINING"): // RFC 2920: it may have been on its way when MAIL failed
		s.reply("503 5.5.1 MAIL first")
	case !s.mail:
		s.outOfOrder("RCPT before MAIL")
	case s.badParams(p.params):
	default:
		local, _ := splitAddress(p.address)
		_ = pause(s.ctx, s.b.RcptDelay[local]) // a stopped server closes the connection anyway
		if s.override("RCPT", s.judge(p.address)) {
			s.to = append(s.to, p.address)
		}
	}
}

// magic is a local part that asks for its own refusal: rcpt-550-5.1.1 is
// answered with 550 5.1.1 by every server.
var magic = regexp.MustCompile(`^rcpt-([245]\d\d)(?:-([245]\.\d{1,3}\.\d{1,3}))?$`)

// judge is what the server says to a recipient.
func (s *session) judge(address string) string {
	local, domain := splitAddress(address)
	ours := domain == "" || slices.Contains(s.b.Domains, domain)
	m := magic.FindStringSubmatch(local)
	switch {
	case !ours && !s.b.OpenRelay && !s.authenticated:
		return "554 5.7.1 Relay access denied"
	case s.b.Rcpt[local] != "":
		return s.b.Rcpt[local]
	case m != nil:
		return strings.TrimSpace(m[1]+" "+m[2]) + " As the address asks"
	case s.srv.putOff(host(s.conn.RemoteAddr()), s.sender, address):
		return "451 4.7.1 Greylisting in action, please come back later"
	case ours && !s.b.knows(local):
		return "550 5.1.1 User unknown"
	}
	return "250 2.1.5 Recipient OK"
}

// knows reports whether a local part has a mailbox.
func (b Behaviour) knows(local string) bool {
	_, delivered := b.Deliver[local]
	return delivered || slices.Contains(b.Mailboxes, "*") || slices.Contains(b.Mailboxes, local)
}

func host(a net.Addr) string {
	h, _, _ := net.SplitHostPort(a.String())
	return h
}

func (s *session) outOfOrder(what string) {
	s.violate("sent %s", what)
	s.reply("503 5.5.1 Bad sequence of commands")
}

func (s *session) syntax(verb string, err error) {
	s.violate("sent a %s that breaks the grammar: %v", verb, err)
	s.reply("501 5.5.4 " + err.Error())
}

// badParams answers parameters that no extension announced (RFC 5321 section
// 4.1.1.11), and reports whether there were any.
func (s *session) badParams(params []string) bool {
	needs := map[string]string{"SIZE": "SIZE", "BODY": "8BITMIME", "SMTPUTF8": "SMTPUTF8"}
	for _, p := range params {
		key, _, _ := strings.Cut(strings.ToUpper(p), "=")
		if ext, ok := needs[key]; !ok || !s.announces(ext) {
			s.violate("sent the parameter %q, which was not offered", p)
			s.reply("555 5.5.4 Parameter not recognised")
			return true
		}
	}
	return false
}

// mailPath is the argument of MAIL and RCPT; the null path has an empty address.
type mailPath struct {
	address string
	params  []string
}

// mailbox is Mailbox of RFC 5321 section 4.1.2, or postmaster without a domain.
var mailbox = regexp.MustCompile(`(?i)^(postmaster|` +
	`([a-z0-9!#$%&'*+/=?^_{|}~\x60-]+(\.[a-z0-9!#$%&'*+/=?^_{|}~\x60-]+)*|"([ !#-\[\]-~]|\\[ -~])*")` +
	`@([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-z:.]+\]))$`)

// sourceRoute is A-d-l of RFC 5321 section 4.1.2. Servers must take it and may
// look at the mailbox behind it alone.
var sourceRoute = regexp.MustCompile(`(?i)^@[a-z0-9.-]+(,@[a-z0-9.-]+)*:`)

// param is esmtp-param of RFC 5321 section 4.1.2.
var param = regexp.MustCompile(`(?i)^[a-z0-9][a-z0-9-]*(=[!-<>-~]+)?$`)

// parsePath reads "FROM:<path> params" to the letter: no space behind the colon,
// angle brackets, one space before each parameter.
func parsePath(prefix, arg string) (mailPath, error) {
	if len(arg) < len(prefix) || !strings.EqualFold(arg[:len(prefix)], prefix) {
		return mailPath{}, fmt.Errorf("%s<address> is wanted", prefix)
	}
	rest, ok := strings.CutPrefix(arg[len(prefix):], "<")
	if !ok {
		return mailPath{}, fmt.Errorf("< is wanted right behind %s", prefix)
	}
	end := strings.LastIndexByte(rest, '>')
	if end < 0 {
		return mailPath{}, fmt.Errorf("> is wanted behind the address")
	}
	p := mailPath{address: sourceRoute.ReplaceAllString(rest[:end], "")}
	if p.address != "" && !mailbox.MatchString(p.address) {
		return mailPath{}, fmt.Errorf("%q is no mailbox", p.address)
	}
	if tail := rest[end+1:]; tail != "" {
		p.params = strings.Split(tail, " ")[1:]
		if tail[0] != ' ' || !allMatch(param, p.params) {
			return mailPath{}, fmt.Errorf("%q is no list of parameters", tail)
		}
	}
	return p, nil
}

func allMatch(re *regexp.Regexp, ss []string) bool {
	return !slices.ContainsFunc(ss, func(s string) bool { return !re.MatchString(s) })
}
