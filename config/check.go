package config

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// checker looks at what no single key shows: keys that depend on each other, and
// the files that they name. It completes paths and resolvers on its way.
type checker struct {
	*decoder
	dir      string
	loader   Loader
	warnings []*Error
}

func (k *checker) warn(p place, format string, args ...any) {
	k.warnings = append(k.warnings, &Error{
		Line: p.line, Column: p.column, Path: p.path, Msg: fmt.Sprintf(format, args...),
	})
}

// place gives where a path stands in the file, or where the nearest section
// around it does; the path is kept.
func (k *checker) place(path string) place {
	for at := path; ; at = at[:strings.LastIndexAny(at, ".[")] {
		if p, ok := k.places[at]; ok {
			p.path = path
			return p
		}
		if !strings.ContainsAny(at, ".[") {
			return place{path: path, line: 1, column: 1}
		}
	}
}

// sound says whether nothing below a path was found wrong so far: what two keys
// say of each other is worth telling only when each is right.
func (k *checker) sound(path string) bool {
	return !slices.ContainsFunc(k.problems, func(e *Error) bool {
		rest, below := strings.CutPrefix(e.Path, path)
		return below && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

func (k *checker) given(path string) bool {
	_, ok := k.places[path]
	return ok
}

// module checks one module; path is its own. The lists gain those that it names.
func (k *checker) module(path string, m *Module, lists map[string]BlockList) {
	k.dns(path+".dns", &m.DNS)
	k.networks(path+".allow_networks", m.AllowNetworks)
	k.smtp(path+".smtp", &m.SMTP)
	k.sharing(path+".share_connections", m)
	k.recipients(path+".recipients", m)
	k.expectations(path+".expect", m.Expect)
	k.checks(path, m)
	k.dnsbl(path+".dnsbl", m, lists)
	k.limits(path+".limits", m.Limits)
	k.forUsers(path, m)
}

func (k *checker) dns(path string, d *DNS) {
	port := DefaultDNSPort
	if d.Transport == TLS {
		port = DefaultDoTPort
	}
	for i, s := range d.Servers {
		if full, err := server(s, port); err == nil {
			d.Servers[i] = full
		}
	}
	if d.Transport != TLS && d.TLSServerName != "" {
		k.fail(k.place(path+".tls_server_name"), "has a meaning only with transport: tls")
	}
	if d.Transport != TLS && d.CAFile != "" {
		k.fail(k.place(path+".ca_file"), "has a meaning only with transport: tls")
	}
	d.CAFile = k.file(d.CAFile)
	if k.sound(path + ".ca_file") {
		k.authorities(path+".ca_file", d.CAFile)
	}
}

// networks warns of the ranges that open everything, this machine included.
func (k *checker) networks(path string, ns []Network) {
	for i, n := range ns {
		if p := netip.Prefix(n); p.IsValid() && p.Bits() == 0 {
			k.warn(k.place(fmt.Sprintf("%s[%d]", path, i)), "%s opens every address, this machine's own among them", n)
		}
	}
}

func (k *checker) smtp(path string, s *SMTP) {
	if s.EHLOName != "" && !strings.ContainsAny(s.EHLOName, ".[") {
		k.warn(k.place(path+".ehlo_name"), "%s has no dot: many servers refuse a name that is not fully qualified", quote(s.EHLOName))
	}
	k.tls(path+".tls", &s.TLS)
	switch at := path + ".both_certificates"; {
	case !s.BothCertificates:
	case s.TLS.MinVersion > tls.VersionTLS12:
		k.fail(k.place(at), "asks by TLS 1.2, which tls.min_version does not allow")
	case s.StartTLS == StartTLSNever:
		k.warn(k.place(at), "has no effect with starttls: never")
	}
}

func (k *checker) recipients(path string, m *Module) {
	if m.SMTP.MailFrom == noSender && k.given(path+".check") && len(m.Recipients.Check) > 0 {
		k.warn(k.place(path+".check"), "has no effect: with mail_from: none the dialogue ends before RCPT")
	}
	if m.Recipients.Random && (m.SMTP.MailFrom == noSender || m.Prober == ProberSMTP) {
		k.warn(k.place(path+".random"), "%s", randomIdle(m))
	}
	for i, a := range m.Recipients.Allow {
		_, domain, _ := strings.Cut(a, "@")
		if strings.Trim(domain, "*") == "" {
			k.warn(k.place(fmt.Sprintf("%s.allow[%d]", path, i)), "lets whoever reaches /probe try addresses of any domain")
		}
	}
}

// randomIdle says why recipients.random does nothing in a module.
func randomIdle(m *Module) string {
	if m.Prober == ProberSMTP {
		return "has no effect with prober: smtp, which has no domain"
	}
	return "has no effect: with mail_from: none the dialogue ends before RCPT"
}

func (k *checker) expectations(path string, es []Expectation) {
	first := make(map[string]int)
	for i, e := range es {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case e.Host == "" && !k.given(at+".host"):
			k.fail(k.place(at+".host"), "is missing: name the hosts that are meant")
		case e.Outcome == "" && !k.given(at+".outcome"):
			k.fail(k.place(at+".outcome"), "is missing: one of %s", strings.Join(Outcome("").words(), ", "))
		}
		pattern := canonical(e.Host)
		if before, twice := first[pattern]; twice && pattern != "" {
			k.fail(k.place(at+".host"), "never counts: expect[%d] has the same pattern", before)
			continue
		}
		first[pattern] = i
	}
}

// checks looks for what a module asks and its prober cannot do.
func (k *checker) checks(path string, m *Module) {
	k.unique(path+".checks", texts(m.Checks))
	k.unique(path+".dkim_selectors", m.DKIMSelectors)
	for i, c := range m.Checks {
		if c != "" && !m.Runs(c) {
			k.warn(k.place(fmt.Sprintf("%s.checks[%d]", path, i)), "%s has no effect with prober: %s, %s", c, m.Prober, noDomain(m.Prober))
		}
	}
	if m.Prober != ProberMX && len(m.DKIMSelectors) > 0 {
		k.warn(k.place(path+".dkim_selectors"), "has no effect with prober: %s, %s", m.Prober, noDomain(m.Prober))
	}
}

// noDomain says why a prober makes few checks.
func noDomain(p Prober) string {
	if p.ForUsers() {
		return "which looks at what users log in to"
	}
	return "which has no domain"
}

// unique refuses an entry that stands twice in a list of names.
func (k *checker) unique(path string, entries []string) {
	first := make(map[string]int)
	for i, e := range entries {
		name := canonical(e)
		if before, twice := first[name]; twice && name != "" {
			k.fail(k.place(fmt.Sprintf("%s[%d]", path, i)), "%s stands twice, first as entry %d", quote(e), before)
			continue
		}
		first[name] = i
	}
}

func (k *checker) limits(path string, l Limits) {
	if !k.sound(path) {
		return
	}
	if l.ReplyLine > l.ReplyBytes {
		k.fail(k.place(path+".reply_line_bytes"), "%d is more than reply_bytes, which is %d", l.ReplyLine, l.ReplyBytes)
	}
	if l.ReplyBytes > l.ConnectionBytes {
		k.fail(k.place(path+".reply_bytes"), "%d is more than connection_bytes, which is %d", l.ReplyBytes, l.ConnectionBytes)
	}
}
