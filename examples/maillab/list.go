package maillab

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ListSpec is a block list that a scenario's module asks. What it answers is a
// zone of the scenario like any other.
type ListSpec struct {
	Name     string // in the configuration, which all scenarios share
	Zone     string // without a final dot
	IP4, IP6 bool   // asked about addresses of that family
	Domains  bool   // asked about names
	SelfTest string // required, canary or skip; "": the exporter's default
	Codes    string // of one answer, as 127.0.0.2:spam, with commas between several
	Keyed    bool   // a key is in the zone's name, so the configuration has it in a file
}

// parseList reads "NAME zone=bl.example.test ip6 selftest=skip". Without ip4,
// ip6 and domains it is a list of IPv4 addresses.
func parseList(v string) (ListSpec, error) {
	f := strings.Fields(v)
	if len(f) < 2 {
		return ListSpec{}, fmt.Errorf("%q: want NAME zone=ZONE and what else there is to say", v)
	}
	l := ListSpec{Name: f[0]}
	for _, word := range f[1:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "zone":
			l.Zone = value
		case "selftest":
			l.SelfTest = value
		case "codes":
			l.Codes = value
		case "ip4":
			l.IP4 = true
		case "ip6":
			l.IP6 = true
		case "domains":
			l.Domains = true
		case "keyed":
			l.Keyed = true
		default:
			return l, fmt.Errorf("%q: want zone=, ip4, ip6, domains, selftest=, codes= or keyed", word)
		}
	}
	if !strings.HasSuffix(l.Zone, ".test") {
		return l, fmt.Errorf("zone %q does not end in .test", l.Zone)
	}
	l.IP4 = l.IP4 || !l.IP6 && !l.Domains
	return l, nil
}

// addresses says whether the list is asked about addresses at all.
func (l ListSpec) addresses() bool { return l.IP4 || l.IP6 }

// zoneFile is where the zone stands, beside the configuration.
func (l ListSpec) zoneFile() string { return l.Name + ".zone" }

// yaml gives the list's entry below dnsbl_lists.
func (l ListSpec) yaml() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s: {ip4: %t, ip6: %t, domains: %t", l.Name, l.IP4, l.IP6, l.Domains)
	if l.Keyed {
		fmt.Fprintf(&b, ", zone_file: %q", l.zoneFile())
	} else {
		fmt.Fprintf(&b, ", zone: %q", l.Zone)
	}
	if l.SelfTest != "" {
		fmt.Fprintf(&b, ", selftest: %s", l.SelfTest)
	}
	if l.Codes != "" {
		fmt.Fprintf(&b, ", codes: {%s}", strings.NewReplacer(":", ": ", ",", ", ").Replace(l.Codes))
	}
	return b.String() + "}\n"
}

// names gives the names of those lists that are of some kind.
func names(lists []ListSpec, kind func(ListSpec) bool) []string {
	var out []string
	for _, l := range lists {
		if kind(l) {
			out = append(out, l.Name)
		}
	}
	return out
}

// blockLists gives the part of the configuration that describes every list.
func (l *Lab) blockLists() string {
	var b strings.Builder
	for _, s := range l.Scenarios {
		for _, spec := range s.Wants.Lists {
			b.WriteString(spec.yaml())
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "dnsbl_lists:\n" + b.String()
}

// writeZoneFiles writes the zones that hold a key beside the configuration.
func (l *Lab) writeZoneFiles(dir string) error {
	for _, s := range l.Scenarios {
		for _, spec := range s.Wants.Lists {
			if !spec.Keyed {
				continue
			}
			if err := os.WriteFile(filepath.Join(dir, spec.zoneFile()), []byte(spec.Zone+"\n"), 0o600); err != nil {
				return fmt.Errorf("writing the zone of the list %s: %w", spec.Name, err)
			}
		}
	}
	return nil
}
