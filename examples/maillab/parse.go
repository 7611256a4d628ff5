package maillab

import (
	"fmt"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// ParseScenario reads one scenario. Reading is strict: an unknown key or section
// is an error that names the line. The format is described in
// scenarios/README.md.
func ParseScenario(name, text string) (Scenario, error) {
	p := scenarioParser{s: Scenario{Name: name}}
	p.line = p.header
	for i, line := range strings.Split(text, "\n") {
		if err := p.take(line); err != nil {
			return Scenario{}, fmt.Errorf("scenario %s, line %d: %w", name, i+1, err)
		}
	}
	return p.s, p.s.complete()
}

// scenarioParser holds what takes the next line.
type scenarioParser struct {
	s    Scenario
	line func(string) error
	raw  bool    // lines are zone text, where "#" and blanks mean what they mean there
	text *string // what an indented line goes on
}

func (p *scenarioParser) take(line string) error {
	if inner, ok := strings.CutPrefix(line, "-- "); ok {
		inner, ok = strings.CutSuffix(inner, " --")
		if !ok {
			return fmt.Errorf("%q begins a section and does not end in \" --\"", line)
		}
		return p.section(strings.Fields(inner))
	}
	if !p.raw && (strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#")) {
		return nil
	}
	return p.line(line)
}

func (p *scenarioParser) section(f []string) error {
	p.raw, p.text = false, nil
	if p.s.Domain == "" {
		return fmt.Errorf("a section comes before the line domain: NAME")
	}
	switch {
	case len(f) == 1 && f[0] == "zone":
		p.zone(p.s.Domain, false)
	case len(f) == 2 && f[0] == "zone" && f[1] == "signed":
		p.zone(p.s.Domain, true)
	case len(f) == 2 && f[0] == "zone":
		p.zone(strings.TrimSuffix(f[1], "."), false)
	case len(f) == 3 && f[0] == "zone" && f[2] == "signed":
		p.zone(strings.TrimSuffix(f[1], "."), true)
	case len(f) == 1 && f[0] == "dns":
		p.line = p.dnsFault
	case len(f) == 1 && f[0] == "net":
		p.line = p.netLine
	case len(f) == 2 && f[0] == "server":
		p.server(SMTP, absolute(f[1], p.s.Domain), DefaultBehaviour())
	case len(f) == 2 && (f[0] == string(IMAP) || f[0] == string(POP3)):
		p.server(Protocol(f[0]), absolute(f[1], p.s.Domain), DefaultMailboxServer())
	case len(f) == 2 && f[0] == "https":
		p.site(absolute(f[1], p.s.Domain))
	default:
		return fmt.Errorf("section %q: want zone, zone signed, zone NAME, zone NAME signed, dns, net, server NAME, imap NAME, pop3 NAME or https NAME", strings.Join(f, " "))
	}
	return nil
}

func (p *scenarioParser) zone(origin string, signed bool) {
	p.raw = true
	p.s.Zones = append(p.s.Zones, ZoneText{Origin: origin, Signed: signed})
	z := &p.s.Zones[len(p.s.Zones)-1]
	p.line = func(line string) error {
		z.Text += line + "\n"
		return nil
	}
}

func (p *scenarioParser) server(pr Protocol, name string, b Behaviour) {
	p.s.Servers = append(p.s.Servers, ServerSpec{Name: name, Protocol: pr, Behaviour: b})
	p.line = keyed(p.s.Servers[len(p.s.Servers)-1].Behaviour.set)
}

func (p *scenarioParser) site(name string) {
	p.s.Sites = append(p.s.Sites, SiteSpec{Name: name, Behaviour: DefaultSite()})
	p.line = keyed(p.s.Sites[len(p.s.Sites)-1].Behaviour.set)
}

// keyed reads lines of the form "key: value".
func keyed(set func(key, value string) error) func(string) error {
	return func(line string) error {
		key, value, err := keyValue(line)
		if err != nil {
			return err
		}
		return set(key, value)
	}
}

func keyValue(line string) (key, value string, err error) {
	key, value, ok := strings.Cut(line, ":")
	if !ok || strings.ContainsAny(key, " \t") {
		return "", "", fmt.Errorf("%q is not of the form key: value", line)
	}
	return key, strings.TrimSpace(value), nil
}

func (p *scenarioParser) header(line string) error {
	if line[0] == ' ' || line[0] == '\t' {
		if p.text == nil {
			return fmt.Errorf("%q is indented and goes on nothing", line)
		}
		*p.text += " " + strings.TrimSpace(line)
		return nil
	}
	key, value, err := keyValue(line)
	if err != nil {
		return err
	}
	fields := map[string]*string{
		"title": &p.s.Title, "shows": &p.s.Shows, "domain": &p.s.Domain, "also": &p.s.Also, "target": &p.s.Target,
	}
	switch {
	case fields[key] != nil:
		p.text = fields[key]
		*p.text = value
		return nil
	case key == "verdict":
		return pick(&p.s.Verdict, Verdict(value), Satisfactory, Impaired, Compromised, Unknown)
	case key == "checks":
		p.s.Checks, p.text = strings.Fields(value), nil
		return nil
	case key == "findings":
		p.s.Findings, p.text = strings.Fields(value), nil
		return nil
	case key == "trip":
		t, err := parseTrip(value)
		p.s.Trips, p.text = append(p.s.Trips, t), nil
		return err
	case moduleKeys[key] != nil:
		p.text = nil
		if err := moduleKeys[key](&p.s.Wants, value); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		return nil
	}
	return fmt.Errorf("unknown key %q: want title, shows, domain, also, target, verdict, checks, findings, trip, %s",
		key, strings.Join(sortedKeys(moduleKeys), ", "))
}

func (p *scenarioParser) netLine(line string) error {
	f := strings.Fields(line)
	switch {
	case len(f) == 2 && f[0] == "refused":
		p.s.Refused = append(p.s.Refused, f[1])
	case len(f) == 2 && f[0] == "blackhole":
		p.s.Blackholes = append(p.s.Blackholes, f[1])
	default:
		return fmt.Errorf("%q: want refused ADDRESS or blackhole ADDRESS", line)
	}
	return nil
}

// dnsFault reads "servfail NAME TYPE" and its like.
func (p *scenarioParser) dnsFault(line string) error {
	f := strings.Fields(line)
	var fault Fault
	if len(f) == 4 && f[0] == "delay" {
		d, err := time.ParseDuration(f[1])
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is no length of time above zero: write 500ms", f[1])
		}
		fault, f = Fault{Delay: d}, append([]string{"delay"}, f[2:]...)
	} else if len(f) == 3 {
		fault = namedFaults[f[0]]
	}
	if fault == (Fault{}) {
		return fmt.Errorf("%q: want delay DURATION NAME TYPE, or NAME TYPE after one of %s", line, strings.Join(sortedKeys(namedFaults), ", "))
	}
	if _, ok := dns.StringToType[f[2]]; !ok && f[2] != "*" {
		return fmt.Errorf("%q is no record type", f[2])
	}
	p.s.Faults = append(p.s.Faults, NameFault{Name: absolute(f[1], p.s.Domain), Type: f[2], Fault: fault})
	return nil
}

// namedFaults are the faults that need no parameter. It is never changed.
var namedFaults = map[string]Fault{
	"servfail":  {Rcode: dns.RcodeServerFailure},
	"bogus":     {Rcode: dns.RcodeServerFailure, EDE: dns.ExtendedErrorCodeDNSBogus},
	"refused":   {Rcode: dns.RcodeRefused},
	"drop":      {Drop: true},
	"truncate":  {Truncate: true},
	"truncated": {Truncate: true, NoTCP: true},
}
