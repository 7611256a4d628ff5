package probe_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/config"
	"mx_exporter/examples/maillab"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

const twoHosts = `title: t
shows: s
domain: two.test
also: other.test
verdict: satisfactory

-- zone --
@    MX 10 mx1
@    MX 20 mx2
mx1  A  192.0.2.10
mx2  A  192.0.2.11

-- zone other.test --
@    MX 10 mx1.two.test.

-- server mx1 --
listen: 192.0.2.10:25
connections: 1
round-trip: 5ms

-- server mx2 --
listen: 192.0.2.11:25
`

func hostNamed(t *testing.T, r *probe.Result, name string) probe.Host {
	t.Helper()
	for _, h := range r.Hosts {
		if h.Name == name {
			return h
		}
	}
	t.Fatalf("no host %s in %+v", name, r.Hosts)
	return probe.Host{}
}

// Promise 3, T11: many probes of two domains behind one server hold one
// conversation at a time with it, and nobody is told 421.
func TestOneConversationAtATime(t *testing.T) {
	w := newWorld(t, labtest.StartWith(t, twoHosts))
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			r := w.probe(t, []string{"two.test", "other.test"}[i%2])
			if r.Verdict != fact.Satisfactory {
				t.Errorf("%s: %s", r.Verdict, r.Why)
			}
		})
	}
	wg.Wait()
	for _, address := range []string{"192.0.2.10:25", "192.0.2.11:25"} {
		if _, most := w.lab.Net.Dials(address); most != 1 {
			t.Errorf("%s saw %d connections at once", address, most)
		}
	}
}

// T6, X1: what is short here gives unknown, never down.
func TestLocalLackIsNeverTheServersFault(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.EADDRNOTAVAIL, syscall.EPERM, syscall.ENETUNREACH} {
		t.Run(errno.Error(), func(t *testing.T) {
			w := newWorld(t, labtest.StartWith(t, twoHosts))
			w.env.Routed = func(netip.Addr) bool { return false }
			for _, a := range []string{"192.0.2.10:25", "192.0.2.11:25"} {
				if err := w.lab.Net.Fail(a, errno); err != nil {
					t.Fatal(err)
				}
			}
			r := w.probe(t, "two.test")
			if r.Verdict != fact.Unknown {
				t.Errorf("verdict %s: %s", r.Verdict, r.Why)
			}
			for _, h := range r.Hosts {
				if h.State != probe.NotTested || !h.Addresses[0].Failure.Reason.Local() {
					t.Errorf("%s: %s, %v", h.Name, h.State, h.Addresses[0].Failure)
				}
			}
		})
	}
}

// N14: no IPv6 route here, while the IPv4 address works.
func TestMissingRouteOfOneFamilyChangesNoVerdict(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	w.env.Routed = func(a netip.Addr) bool { return a.Is4() }
	for _, a := range []string{"[2001:db8:11::25]:25", "[2001:db8:12::25]:25"} {
		if err := w.lab.Net.Fail(a, syscall.ENETUNREACH); err != nil {
			t.Fatal(err)
		}
	}
	r := w.probe(t, "good.test")
	if r.Verdict != fact.Satisfactory || codes(r) != "local-trouble" {
		t.Errorf("%s, %s", r.Verdict, codes(r))
	}
}

// Promise 2: one server that hangs hides nothing of the others, and the probe
// ends within its time.
func TestHangingBackupHidesNothing(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	w.module.Timeout = config.Duration(2 * time.Second)
	began := time.Now()
	r := w.probe(t, "backup-hangs.test")
	if took := time.Since(began); took > 2*time.Second+100*time.Millisecond {
		t.Errorf("it took %s", took)
	}
	if h := hostNamed(t, r, "mx1.backup-hangs.test"); h.State != probe.Up || len(h.Addresses[0].Dialogue.Stages) < 8 {
		t.Errorf("the primary: %s, %+v", h.State, h.Addresses[0].Failure)
	}
	f := hostNamed(t, r, "mx2.backup-hangs.test").Addresses[0].Failure
	if r.Verdict != fact.Satisfactory || f == nil || f.Stage != fact.Banner || f.Reason != fact.NotTested {
		t.Errorf("%s, %v", r.Verdict, f)
	}
}

// A server that was given enough is blamed for its silence, also where the
// probe's time ended before the stage's own.
func TestSilenceCountsWhenTheServerHadAFairChance(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	w.module.Timeout = config.Duration(9 * time.Second)
	w.module.SMTP.Timeouts.Banner = config.Duration(time.Minute)
	r := w.probe(t, "backup-hangs.test")
	f := hostNamed(t, r, "mx2.backup-hangs.test").Addresses[0].Failure
	if r.Verdict != fact.Impaired || f == nil || f.Stage != fact.Banner || f.Reason != fact.ProbeTimeout {
		t.Errorf("%s, %v", r.Verdict, f)
	}
}

// A server that breaks off at RCPT said nothing about a mailbox.
func TestServerThatBreaksOffAtRcptIsDown(t *testing.T) {
	for _, how := range []string{"close: rcpt", "reset: rcpt", "hang: rcpt"} {
		t.Run(how, func(t *testing.T) {
			w := newWorld(t, labtest.StartWith(t, strings.Replace(oneHost, "\nround-trip", "\n"+how+"\nround-trip", 1)))
			w.module.SMTP.Timeouts.Command = config.Duration(200 * time.Millisecond)
			if r := w.probe(t, "one.test"); r.Verdict != fact.Compromised || r.Hosts[0].State != probe.Down {
				t.Errorf("%s: %s", r.Verdict, r.Why)
			}
		})
	}
}

// N2: a resolver that refuses everything, as an access list makes it do, says
// nothing about a domain; one that refuses the root alone may work for its own
// names.
func TestResolverThatRefusesUsIsOurs(t *testing.T) {
	lab := labtest.StartWith(t, oneHost)
	w := newWorld(t, lab)
	lab.DNS.SetFault("one.test", "MX", maillab.Fault{Rcode: dns.RcodeRefused})
	if r := w.probe(t, "one.test"); r.Verdict != fact.Compromised {
		t.Errorf("a refusal for one name: %s: %s", r.Verdict, r.Why)
	}
	lab.DNS.SetFault(".", "NS", maillab.Fault{Rcode: dns.RcodeRefused})
	if r := w.probe(t, "one.test"); r.Verdict != fact.Unknown || r.Failure.Reason != fact.LocalResolver {
		t.Errorf("a refusal for every name: %s: %s", r.Verdict, r.Why)
	}
}

// Promise 3: an IPv4 address in an AAAA record is the same address.
func TestAddressInAnIPv6CoatIsDialledOnce(t *testing.T) {
	lab := labtest.StartWith(t, strings.Replace(oneHost, "mx1  A  192.0.2.10", "mx1  A  192.0.2.10\nmx1  AAAA ::ffff:192.0.2.10", 1))
	w := newWorld(t, lab)
	r := w.probe(t, "one.test")
	if total, _ := lab.Net.Dials("192.0.2.10:25"); total != 1 || len(r.Hosts[0].Addresses) != 1 {
		t.Errorf("%d dials of %v", total, r.Hosts[0].Addresses)
	}
}

const oneHost = `title: t
shows: s
domain: one.test
verdict: satisfactory

-- zone --
@    MX 10 mx1
mx1  A  192.0.2.10

-- server mx1 --
listen: 192.0.2.10:25
round-trip: 1ms
`

// What could not be begun in time is not tested, and not down.
func TestTurnThatDoesNotComeIsNotTested(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	slow, quick := w.module, w.module
	slow.Timeout, quick.Timeout = config.Duration(10*time.Second), config.Duration(400*time.Millisecond)
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	wg.Go(func() {
		target, _ := probe.ParseTarget("tarpit.test")
		_, _ = probe.Run(ctx, w.env, target, slow)
	})
	for {
		if total, _ := w.lab.Net.Dials(w.lab.Server("mx1.tarpit.test").Addresses()[0]); total > 0 {
			break
		}
		if t.Context().Err() != nil {
			t.Fatal("the tarpit was never dialled")
		}
	}
	w.module = quick
	r := w.probe(t, "tarpit.test")
	if f := r.Hosts[0].Addresses[0].Failure; r.Verdict != fact.Unknown || f.Reason != fact.LocalOverload || f.Stage != fact.Queue {
		t.Errorf("%s, %v", r.Verdict, f)
	}
	cancel()
	wg.Wait()
}

// N2: a resolver that answers nothing is our trouble, whatever the domain.
func TestDeadResolverIsUnknown(t *testing.T) {
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	w := newWorld(t, labtest.StartWith(t, twoHosts))
	w.module.DNS.Servers = []string{l.LocalAddr().String()}
	w.module.DNS.Timeout = config.Duration(50 * time.Millisecond)
	r := w.probe(t, "two.test")
	if r.Verdict != fact.Unknown || r.Success || r.Failure.Reason != fact.LocalResolver || codes(r) != "resolver-down" {
		t.Errorf("%s, %v, %s", r.Verdict, r.Failure, codes(r))
	}
}

// H15: a panic in one conversation is contained.
func TestPanicCostsOneAddress(t *testing.T) {
	w := newWorld(t, labtest.StartWith(t, twoHosts))
	told := make(chan any, 1)
	w.env.OnPanic = func(p any, _ []byte) { told <- p }
	dial := w.env.Dial
	w.env.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasPrefix(address, "192.0.2.11:") {
			panic("made by the test")
		}
		return dial(ctx, network, address)
	}
	r := w.probe(t, "two.test")
	if r.Verdict != fact.Satisfactory || codes(r) != "exporter-defect" {
		t.Errorf("%s, %s", r.Verdict, codes(r))
	}
	if p := <-told; p != "made by the test" {
		t.Errorf("told of %v", p)
	}
	if r := w.probe(t, "other.test"); r.Verdict != fact.Satisfactory {
		t.Errorf("afterwards: %s", r.Why)
	}
}

// Promise 4: nobody but the operator chooses a recipient.
func TestRecipientMustBeAllowed(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	target, err := probe.ParseTarget("abuse@good.test")
	if err != nil {
		t.Fatal(err)
	}
	_, err = probe.Run(t.Context(), w.env, target, w.module)
	var refused *probe.RecipientError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v", err)
	}
	w.module.Recipients.Allow = []string{"*@good.test"}
	r, err := probe.Run(t.Context(), w.env, target, w.module)
	if err != nil || r.Hosts[0].Addresses[0].Dialogue.Recipients[0].Address != "abuse@good.test" {
		t.Fatalf("got %+v, %v", r, err)
	}
	target, _ = probe.ParseTarget("nobody@good.test")
	target.Trusted = true
	w.module.Recipients.Allow = nil
	r, err = probe.Run(t.Context(), w.env, target, w.module)
	if err != nil || r.Verdict != fact.Compromised || codes(r) != "mail-bounces primary-down recipient-refused backup-down" && !strings.Contains(codes(r), "recipient-refused") {
		t.Fatalf("got %s %s, %v", r.Verdict, codes(r), err)
	}
}

// N9: an address behind two names is dialled once, and its certificate judged
// for each name.
func TestSharedAddressIsDialledOnce(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	r := w.probe(t, "shared.test")
	a, b := r.Hosts[0].Addresses[0], r.Hosts[1].Addresses[0]
	if total, _ := w.lab.Net.Dials(a.IP.String() + ":25"); a.IP != b.IP || total != 1 {
		t.Errorf("%s and %s were dialled %d times", a.IP, b.IP, total)
	}
	if a.Dialogue == nil || b.Dialogue == nil || a.Dialogue.TLS == b.Dialogue.TLS {
		t.Error("the second host has no verdict of its own on the certificate")
	}
}

// Prober smtp takes the target as the host itself.
func TestProberSMTPAsksForNoMXRecord(t *testing.T) {
	lab := labtest.Start(t)
	w := newWorld(t, lab)
	w.module.Prober = config.ProberSMTP
	w.module.Recipients.Check = nil
	r := w.probe(t, "mx1.good.test")
	if r.MX != nil || len(r.Hosts) != 1 || r.Verdict != fact.Satisfactory {
		t.Errorf("%+v", r)
	}
}

// Goal 12: nothing is asked twice.
func TestProbeAsksExactlyWhatItNeeds(t *testing.T) {
	lab := labtest.StartWith(t, twoHosts)
	w := newWorld(t, lab)
	w.probe(t, "two.test")
	w.probe(t, "two.test")
	for question, want := range map[string]int{"two.test. MX": 1, "mx1.two.test. A": 1, "mx1.two.test. AAAA": 1, "mx2.two.test. A": 1} {
		if n := questions(lab, question); n != want {
			t.Errorf("%s was asked %d times", question, n)
		}
	}
}

func questions(lab *maillab.Lab, q string) int {
	name, kind, _ := strings.Cut(q, " ")
	return lab.DNS.Queries(name, kind)
}

// X1: a server that answers slowly is not blamed when probes of our own made the
// conversation with it begin late.
func TestLateTurnIsNotHeldAgainstTheServer(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	w.module.Timeout = config.Duration(2500 * time.Millisecond)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if r := w.probe(t, "slow-banner.test"); r.Verdict != fact.Satisfactory && r.Verdict != fact.Unknown {
				t.Errorf("%s: %s", r.Verdict, r.Why)
			}
		})
	}
	wg.Wait()
}

// H5: a probe ends by its deadline, also a very short one.
func TestTinyDeadlineIsKept(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	for _, timeout := range []time.Duration{150 * time.Millisecond, 500 * time.Millisecond} {
		w.module.Timeout = config.Duration(timeout)
		began := time.Now()
		r := w.probe(t, "far-away.test")
		if took := time.Since(began); took > timeout+100*time.Millisecond {
			t.Errorf("%s became %s", timeout, took)
		}
		if r.Verdict != fact.Unknown || codes(r) != "not-tested" {
			t.Errorf("%s, %s", r.Verdict, codes(r))
		}
	}
}
