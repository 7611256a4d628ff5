package dane_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"mx_exporter/examples/maillab"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe/dane"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
	"mx_exporter/probe/smtp"
)

// stories are the lab's scenarios about DANE.
func stories(t *testing.T) []maillab.Scenario {
	t.Helper()
	all, err := maillab.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(s maillab.Scenario) bool {
		return !strings.HasPrefix(s.Name, "dane-") || s.Wants.BothCerts // which takes a probe to see
	})
	if len(all) < 10 {
		t.Fatalf("only %d scenarios", len(all))
	}
	return all
}

// Rows N22 and L9 of the fault catalogue, against what servers really show.
func TestEachScenarioHasItsFindings(t *testing.T) {
	all := stories(t)
	l := labtest.Start(t, all...)
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			got, deliverable := judge(t, l, s.Domain)
			want := slices.DeleteFunc(slices.Clone(s.Findings), func(c string) bool { return !strings.HasPrefix(c, "dane-") })
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("findings %v, want %v", got, want)
			}
			if deliverable == (s.Verdict == maillab.Compromised) {
				t.Errorf("a strict sender delivers: %v, and the verdict is %s", deliverable, s.Verdict)
			}
		})
	}
}

// judge does what a probe does: hosts and addresses, a conversation with each,
// and the records.
func judge(t *testing.T, l *maillab.Lab, domain string) (codes []string, deliverable bool) {
	t.Helper()
	x, err := dnsq.NewClient(dnsq.Options{Servers: []string{l.DNSAddr()}}) // over sockets, with AD and truncation
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	set, err := mx.Lookup(t.Context(), x, domain, mx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range set.Hosts {
		r := dane.Lookup(t.Context(), x, h.Name, dane.Options{
			Aliases: h.Aliases, Authentic: h.Authentic, MXAuthentic: set.Authentic,
		})
		var seen []dane.Seen
		for _, a := range h.Addresses {
			seen = append(seen, converse(t, l, h.Name, a))
		}
		res := r.Judge(seen, r.Names(domain, set.Aliases...), time.Now())
		for _, f := range res.Findings() {
			codes = append(codes, string(f.Code))
			if f.Check != dane.Name || f.Host != h.Name || f.Severity == fact.Critical && len(res.Addresses) > 0 && res.Addresses[0].Delivers {
				t.Errorf("finding %+v", f)
			}
		}
		for _, a := range res.Addresses {
			deliverable = deliverable || a.Delivers
		}
	}
	slices.Sort(codes)
	return codes, deliverable
}

func converse(t *testing.T, l *maillab.Lab, host string, ip netip.Addr) dane.Seen {
	t.Helper()
	conn, err := l.Net.DialContext(t.Context(), "tcp", netip.AddrPortFrom(ip, 25).String())
	if err != nil {
		t.Fatal(err)
	}
	d := smtp.Run(t.Context(), conn, smtp.Options{Host: host, Name: "monitor.lab.test", StartTLS: smtp.WhenOffered})
	s := dane.Seen{Address: ip.String(), Offered: d.TLSOffered, Established: d.TLSEstablished}
	if d.TLS != nil {
		s.Chain = d.TLS.Certificates()
	}
	return s
}
