package probe_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/config"
	"mx_exporter/examples/maillab"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/selfcheck"
)

const lied = `title: t
shows: s
domain: whole.test
also: half.test
verdict: satisfactory

-- zone --
@    MX 10 mx1
mx1  A  192.0.2.10

-- zone gone.test --
@    MX 10 mx.never-was.test.

-- zone half.test --
@    MX 10 mx.never-was.test.
@    MX 20 mx1.whole.test.

-- server mx1 --
listen: 192.0.2.10:25
`

// advertiser is a resolver that shows its own server in place of every name
// that does not exist, as some providers' do.
type advertiser struct {
	dnsq.Exchanger
	mx bool // it makes up MX records too
}

func (a advertiser) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	m, err := a.Exchanger.Exchange(ctx, q)
	if err != nil || m.Rcode != dns.RcodeNameError {
		return m, err
	}
	m.Rcode, m.Ns = dns.RcodeSuccess, nil
	h := dns.RR_Header{Name: q.Question[0].Name, Rrtype: q.Question[0].Qtype, Class: dns.ClassINET, Ttl: 60}
	switch {
	case h.Rrtype == dns.TypeA:
		m.Answer = []dns.RR{&dns.A{Hdr: h, A: net.IPv4(203, 0, 113, 80)}}
	case h.Rrtype == dns.TypeMX && a.mx:
		m.Answer = []dns.RR{&dns.MX{Hdr: h, Preference: 1, Mx: "mx1.whole.test."}}
	}
	return m, nil
}

// N20: what rests on the word of a resolver that lies is unknown, and nobody is
// dialled at an address that it made up.
func TestNothingRestsOnTheWordOfALiar(t *testing.T) {
	for _, c := range []struct {
		domain  string
		mx      bool
		verdict fact.Verdict
		codes   string
	}{
		{"whole.test", false, fact.Satisfactory, "resolver-lies"},
		{"never-registered.test", false, fact.Unknown, "resolver-lies"},
		{"never-registered.test", true, fact.Unknown, "resolver-lies"},
		{"gone.test", false, fact.Unknown, "resolver-lies"},
		{"half.test", false, fact.Satisfactory, "resolver-lies"},
		{"whole.test", true, fact.Unknown, "resolver-lies"},
	} {
		lab := labtest.StartWith(t, lied)
		w := newWorld(t, lab)
		w.env.DNS = advertiser{lab.DNS, c.mx}
		watch := w.env.SelfCheck(func() *config.Config {
			return &config.Config{Modules: map[string]config.Module{"mx": w.module}}
		})
		watch.Look(t.Context())
		r := w.probe(t, c.domain)
		if r.Verdict != c.verdict || codes(r) != c.codes || !r.ResolverLies {
			t.Errorf("%s: %s (%s), findings %s; want %s, %s", c.domain, r.Verdict, r.Why, codes(r), c.verdict, c.codes)
		}
		if total, _ := lab.Net.Dials("203.0.113.80:25"); total > 0 {
			t.Errorf("%s: the address that was made up was dialled", c.domain)
		}
	}
}

// N20: the neighbour of an address that was made up is doubted as well, and nobody
// is told that the resolver gives this very one.
func TestANeighbourOfALieIsNotCalledALie(t *testing.T) {
	lab := labtest.StartWith(t, lied+"\n-- zone near.test --\n@   MX 10 mx1\nmx1 A  203.0.113.81\n")
	w := newWorld(t, lab)
	w.env.DNS = advertiser{lab.DNS, false}
	w.env.SelfCheck(func() *config.Config {
		return &config.Config{Modules: map[string]config.Module{"mx": w.module}}
	}).Look(t.Context())
	r := w.probe(t, "near.test")
	f := r.Hosts[0].Addresses[0].Failure
	if f == nil || f.Reason != fact.LocalResolverLies || !strings.HasSuffix(f.Detail, "to such names it gives addresses of the network of 203.0.113.81") {
		t.Errorf("%+v", f)
	}
}

// N1 beside N20: an honest resolver's denial stands.
func TestAnHonestDenialStands(t *testing.T) {
	w := newWorld(t, labtest.StartWith(t, lied))
	watch := w.env.SelfCheck(func() *config.Config {
		return &config.Config{Modules: map[string]config.Module{"mx": w.module}}
	})
	watch.Look(t.Context())
	want := selfcheck.Resolver{Name: probe.ResolverName(w.module.DNS), Up: true, Honesty: selfcheck.Honest}
	if s := watch.State(); len(s.Resolvers) != 1 || s.Resolver(want.Name).Honesty != want.Honesty || !s.Resolvers[0].Up {
		t.Errorf("the watch saw %+v", s.Resolvers)
	}
	r := w.probe(t, "never-registered.test")
	if r.Verdict != fact.Compromised || codes(r) != "domain-not-found" || r.ResolverLies {
		t.Errorf("%s, %s", r.Verdict, codes(r))
	}
}

// A probe that begins with the process waits for the first look, and no longer
// than it has time.
func TestAProbeWaitsForTheFirstLook(t *testing.T) {
	lab := labtest.StartWith(t, lied)
	w := newWorld(t, lab)
	w.env.DNS = advertiser{lab.DNS, false}
	watch := w.env.SelfCheck(func() *config.Config {
		return &config.Config{Modules: map[string]config.Module{"mx": w.module}}
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); watch.Run(ctx, nil) }()
	if r := w.probe(t, "never-registered.test"); r.Verdict != fact.Unknown {
		t.Errorf("%s: %s", r.Verdict, r.Why)
	}
	cancel()
	<-ended
}

// L5, X6: a clock that cannot be right makes no certificate expire.
func TestAWrongClockSpoilsNoCertificate(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	before := w.probe(t, "expired.test")
	if codes(before) != "certificate-expired" || before.Verdict != fact.Impaired {
		t.Fatalf("%s, %s", before.Verdict, codes(before))
	}
	watch := w.env.SelfCheck(func() *config.Config { return &config.Config{} }, time.Now().AddDate(1, 0, 0))
	watch.Look(t.Context())
	r := w.probe(t, "expired.test")
	if !r.ClockSuspect || r.Verdict != fact.Satisfactory || codes(r) != "certificate-expired clock-suspect" {
		t.Errorf("%s, %s", r.Verdict, codes(r))
	}
}

// L5, X6: nor does it close a domain to those who keep to its policies; whether
// they can deliver is not known then.
func TestAWrongClockBreaksNoPromise(t *testing.T) {
	for domain, c := range map[string]struct {
		lab            *maillab.Lab
		right, suspect string
	}{
		"mta-sts-expired-mx.test": {
			labtest.Start(t), "compromised closed-to-mta-sts-senders mta-sts-host-not-verified mta_sts=true dane=1", "satisfactory mta_sts=false dane=1",
		},
		"anchored.test": {
			labtest.StartWith(t, anchored), "compromised closed-to-dane-senders dane-mismatch mta_sts=false dane=1", "satisfactory mta_sts=false dane=0",
		},
	} {
		w := newWorld(t, c.lab)
		if got := promises(w.as(t, domain)); got != c.right {
			t.Errorf("%s: %s", domain, got)
		}
		watch := w.env.SelfCheck(func() *config.Config { return &config.Config{} }, time.Now().AddDate(1, 0, 0))
		watch.Look(t.Context())
		if got := promises(w.as(t, domain)); got != c.suspect {
			t.Errorf("%s with a wrong clock: %s", domain, got)
		}
	}
}

// promises is what a result says of the domain's policies for transport: the
// verdict, the findings, and what is said of the addresses.
func promises(r *probe.Result) string {
	said := []string{string(r.Verdict)}
	for c := range strings.FieldsSeq(codes(r)) {
		if strings.HasPrefix(c, "closed-to") || strings.HasPrefix(c, "mta-sts-host") || c == "dane-mismatch" {
			said = append(said, c)
		}
	}
	h := r.Hosts[0]
	return fmt.Sprintf("%s mta_sts=%t dane=%d", strings.Join(said, " "), h.Addresses[0].MTASTS != nil, len(h.DANE.Addresses))
}

// anchored is a domain whose TLSA record means the authority of a certificate
// that has ended.
const anchored = `title: DANE by an authority, and a certificate that has ended
shows: Usage 2 takes dates into account.
domain: anchored.test
verdict: compromised
checks: dane
findings: certificate-expired closed-to-dane-senders dane-mismatch

-- zone signed --
@              MX   10 mx1
mx1            A    203.0.113.240
_25._tcp.mx1   TLSA 2 0 1 @mx1

-- server mx1 --
listen: 203.0.113.240:25
certificate: expired
`

func TestResolversAreNamedAsConfigured(t *testing.T) {
	for want, c := range map[string]config.DNS{
		"system":                       {Transport: config.UDP},
		"192.0.2.53:53,192.0.2.54":     {Transport: config.UDP, Servers: []string{"192.0.2.53:53", "192.0.2.54"}},
		"tcp://192.0.2.53":             {Transport: config.TCP, Servers: []string{"192.0.2.53"}},
		"tls://192.0.2.53#dns.example": {Transport: config.TLS, Servers: []string{"192.0.2.53"}, TLSServerName: "dns.example"},
	} {
		if got := probe.ResolverName(c); got != want {
			t.Errorf("%+v: %q, want %q", c, got, want)
		}
	}
}

// A built-in module that nobody uses is no reason to look at resolv.conf.
func TestOnlyWhatIsReliedOnIsLookedAt(t *testing.T) {
	w := newWorld(t, labtest.StartWith(t, lied))
	c := config.Builtin()
	mine := w.module
	mine.Name = "mine"
	watch := w.env.SelfCheck(func() *config.Config { return c })
	c.Modules["mine"] = mine
	watch.Look(t.Context())
	want := probe.ResolverName(mine.DNS)
	if s := watch.State(); len(s.Resolvers) != 1 || s.Resolvers[0].Name != want {
		t.Errorf("looked at %+v, want %s alone", s.Resolvers, want)
	}
}
