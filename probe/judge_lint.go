package probe

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
)

// The times to live that are worth a word.
const (
	shortTTL = time.Minute
	longTTL  = 7 * 24 * time.Hour
)

// assessDefinition judges the set of servers as a whole, where each may be well.
func assessDefinition(r *Result, m config.Module) []fact.Finding {
	s := r.MX
	if s == nil || len(r.Hosts) == 0 || !m.Runs(config.CheckMXLint) {
		return nil
	}
	var fs []fact.Finding
	note := func(c fact.Code, detail string) { fs = append(fs, find(c, fact.Info, detail)) }
	if s.Named == 1 && !s.Implicit {
		note(MXSingleHost, "")
	}
	// Whether there are more addresses is for an honest resolver to say.
	if addresses := distinct(r.Hosts); s.Named > 1 && len(addresses) > 0 && !r.ResolverLies {
		if n := networks(addresses); len(n) == 1 {
			note(MXOneNetwork, n[0].String())
		}
	}
	if m.Addresses != config.IP4 && allFour(r.Hosts) && !r.ResolverLies {
		note(MXNoIPv6, "")
	}
	switch ttl := time.Duration(r.MXTTL) * time.Second; {
	case s.Implicit || r.MXTTL == 0:
	case ttl < shortTTL:
		note(MXTTLShort, ttl.String())
	case ttl > longTTL:
		note(MXTTLLong, ttl.String())
	}
	if s.Named > 1 && oneRank(r.Hosts) {
		note(MXOneRank, fmt.Sprintf("preference %d", r.Hosts[0].Preference))
	}
	if s.Unsigned && ownNames(r.Hosts, s.Domain) {
		note(MXNotSigned, "")
	}
	if d := differences(r.Hosts); d != "" {
		note(MXHostsDiffer, d)
	}
	return fs
}

// oneRank reports that no host is a backup of another. Traps and decoys are set
// apart on purpose and do not count.
func oneRank(hs []Host) bool {
	n := 0
	for i := range hs {
		if hs[i].Role == fact.Backup {
			return false
		}
		if hs[i].Expect == config.Accept {
			n++
		}
	}
	return n > 1
}

// ownNames reports that a host's name is the domain or below it.
func ownNames(hs []Host, domain string) bool {
	for i := range hs {
		if hs[i].Name == domain || strings.HasSuffix(hs[i].Name, "."+domain) {
			return true
		}
	}
	return false
}

// distinct is every address of the set once.
func distinct(hs []Host) []netip.Addr {
	var as []netip.Addr
	for i := range hs {
		for j := range hs[i].Addresses {
			if a := hs[i].Addresses[j].IP; !slices.Contains(as, a) {
				as = append(as, a)
			}
		}
	}
	return as
}

// networks is what one line usually carries: a /24 of IPv4 and a /48 of IPv6
// are one network each. Addresses of both families are one network only where
// there is but one of each, and then the IPv4 one stands for both.
func networks(as []netip.Addr) []netip.Prefix {
	var four, six []netip.Prefix
	for _, a := range as {
		ps, bits := &four, 24
		if a.Is6() {
			ps, bits = &six, 48
		}
		if p, err := a.Prefix(bits); err == nil && !slices.Contains(*ps, p) {
			*ps = append(*ps, p)
		}
	}
	if len(four) == 1 && len(six) <= 1 {
		return four
	}
	return append(four, six...)
}

func allFour(hs []Host) bool {
	some := false
	for i := range hs {
		for j := range hs[i].Addresses {
			if hs[i].Addresses[j].IP.Is6() {
				return false
			}
			some = true
		}
	}
	return some
}

// differences says in which offers the hosts that take mail are not alike.
func differences(hs []Host) string {
	offers := map[string]map[string]string{} // what -> offer -> a host that makes it
	for i := range hs {
		h := &hs[i]
		if h.Expect != config.Accept {
			continue
		}
		for j := range h.Addresses {
			if a := &h.Addresses[j]; a.Dialogue != nil && a.Failure == nil {
				for what, offer := range offersOf(a.Dialogue) {
					if offers[what] == nil {
						offers[what] = map[string]string{}
					}
					offers[what][offer] = h.Label
				}
			}
		}
	}
	var ds []string
	for what, made := range offers {
		if len(made) > 1 {
			ds = append(ds, what+": "+list(made))
		}
	}
	slices.Sort(ds)
	return strings.Join(ds, "; ")
}

// compared are the extensions whose absence at one server changes what becomes
// of a mail.
var compared = []string{"8BITMIME", "SMTPUTF8", "DSN", "REQUIRETLS"}

// offersOf is what a sender finds at a server: its limits and its abilities.
func offersOf(d *smtp.Dialogue) map[string]string {
	o := map[string]string{"STARTTLS": "no", "SIZE": "no limit"}
	for _, keyword := range compared {
		o[keyword] = "no"
	}
	if d.TLSOffered {
		o["STARTTLS"] = "yes"
	}
	if d.TLS != nil {
		o["certificate"] = "does not verify"
		if d.TLS.PKIX.OK {
			o["certificate"] = "verifies"
		}
	}
	if n, ok := d.MaxSize(); ok && n > 0 {
		o["SIZE"] = fmt.Sprint(n)
	}
	for _, e := range d.Extensions {
		if slices.Contains(compared, e.Keyword) {
			o[e.Keyword] = "yes"
		}
	}
	return o
}

func list(made map[string]string) string {
	var s []string
	for offer, host := range made {
		s = append(s, host+" "+offer)
	}
	slices.Sort(s)
	return strings.Join(s, ", ")
}
