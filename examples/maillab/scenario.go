package maillab

import (
	"embed"
	"fmt"
	"path"
	"strings"
)

// Verdict is what a prober owes on a domain.
type Verdict string

// The verdicts.
const (
	Satisfactory Verdict = "satisfactory" // all is as expected
	Impaired     Verdict = "impaired"     // mail gets in, but something is not as expected
	Compromised  Verdict = "compromised"  // a sender that does everything right cannot deliver now
	Unknown      Verdict = "unknown"      // nothing can be told
)

// Scenario is one story: a domain, its DNS and its servers.
type Scenario struct {
	Name     string     // of the file, without its ending
	Title    string     // one line
	Shows    string     // in plain English: what is wrong, and what a sender feels of it
	Domain   string     // A-label, without a final dot
	Also     string     // a second domain of the same verdict; "": none
	Target   string     // the domain as people write it
	Verdict  Verdict    // owed on Domain and Also
	Checks   []string   // those, beside the servers themselves, whose findings are stated
	Findings []string   // codes of all findings, each once
	Wants    ModuleSpec // of the module that looks at it
	Trips    []Trip     // round trips to its mailboxes

	Zones      []ZoneText
	Faults     []NameFault
	Servers    []ServerSpec
	Sites      []SiteSpec
	Refused    []string // addresses of hosts that are there and listen on nothing
	Blackholes []string // addresses that swallow every packet
}

// ZoneText is a zone in master-file form, relative to its origin.
type ZoneText struct {
	Origin string // without a final dot
	Text   string
	Signed bool
}

// NameFault is a [Fault] and the question that it strikes.
type NameFault struct {
	Name, Type string
	Fault      Fault
}

// ServerSpec is a server's name and what it does.
type ServerSpec struct {
	Name      string
	Protocol  Protocol
	Behaviour Behaviour
}

// Domains lists the domains of the scenario, Domain first.
func (s Scenario) Domains() []string {
	if s.Also == "" {
		return []string{s.Domain}
	}
	return []string{s.Domain, s.Also}
}

//go:embed scenarios/*.txt
var scenarioFiles embed.FS

// Scenarios reads every scenario that the lab comes with, by name.
func Scenarios() ([]Scenario, error) {
	entries, err := scenarioFiles.ReadDir("scenarios")
	if err != nil {
		return nil, err
	}
	var all []Scenario
	for _, e := range entries {
		b, err := scenarioFiles.ReadFile(path.Join("scenarios", e.Name()))
		if err != nil {
			return nil, err
		}
		s, err := ParseScenario(strings.TrimSuffix(e.Name(), ".txt"), string(b))
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// absolute makes a name of a scenario's text absolute: "@" is the domain, a name
// with a final dot stands, any other lies below the domain. The result has no
// final dot.
func absolute(name, domain string) string {
	switch {
	case name == "@":
		return domain
	case strings.HasSuffix(name, "."):
		return strings.TrimSuffix(name, ".")
	}
	return name + "." + domain
}

// complete checks what the parser cannot see line by line, and fills in what a
// scenario leaves out.
func (s *Scenario) complete() error {
	switch {
	case s.Title == "" || s.Shows == "":
		return fmt.Errorf("scenario %s: title and shows are needed, so that people know what they look at", s.Name)
	case !strings.HasSuffix(s.Domain, ".test"):
		return fmt.Errorf("scenario %s: domain %q does not end in .test", s.Name, s.Domain)
	case s.Wants.Service.Prober == "" && s.Wants.Service != Service{}:
		return fmt.Errorf("scenario %s: tls and login need the line prober: NAME", s.Name)
	case s.Verdict == "":
		return fmt.Errorf("scenario %s: the verdict owed is missing", s.Name)
	}
	if s.Target == "" {
		s.Target = s.Domain
	}
	for i := range s.Servers {
		if err := s.Servers[i].complete(s.Domains()); err != nil {
			return fmt.Errorf("scenario %s: %w", s.Name, err)
		}
	}
	for i := range s.Sites {
		if err := s.Sites[i].complete(); err != nil {
			return fmt.Errorf("scenario %s: %w", s.Name, err)
		}
	}
	for i := range s.Trips {
		if err := s.Trips[i].complete(s); err != nil {
			return fmt.Errorf("scenario %s: %w", s.Name, err)
		}
	}
	return nil
}

func (sp *ServerSpec) complete(domains []string) error {
	b := &sp.Behaviour
	if len(b.Listen) == 0 {
		return fmt.Errorf("server %s listens nowhere: add a line listen: 192.0.2.25:25", sp.Name)
	}
	for _, a := range b.Listen {
		if _, err := labAddress(a); err != nil {
			return fmt.Errorf("server %s: %w", sp.Name, err)
		}
	}
	for i, n := range b.Names {
		b.Names[i] = absolute(n, domains[0])
	}
	b.Names = append([]string{sp.Name}, b.Names...)
	if len(b.Domains) == 0 {
		b.Domains = domains
	}
	for local, d := range b.Deliver {
		if server, account, ok := strings.Cut(d.Box, "/"); ok {
			d.Box = absolute(server, domains[0]) + "/" + account
			b.Deliver[local] = d
		}
	}
	if b.Banner == "" {
		b.Banner = sp.Protocol.banner(sp.Name)
	}
	return nil
}
