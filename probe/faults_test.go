package probe_test

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"mx_exporter/config"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

const twoAddresses = `title: t
shows: s
domain: two.test
verdict: impaired

-- zone --
@    MX 10 mx1
@    MX 20 mx2
mx1  A     192.0.2.10
mx1  A     192.0.2.12
mx1  AAAA  2001:db8::10
mx2  A     192.0.2.11

-- server mx1 --
listen: 192.0.2.10:25 [2001:db8::10]:25

-- server mx2 --
listen: 192.0.2.11:25

-- net --
refused 192.0.2.12
`

// T10: there is no race between addresses: each is dialled by itself, as an
// address, and once.
func TestEachAddressIsDialledByItself(t *testing.T) {
	w := newWorld(t, labtest.StartWith(t, twoAddresses))
	dial := w.env.Dial
	var mu sync.Mutex
	var dialled []string
	w.env.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		mu.Lock()
		dialled = append(dialled, network+" "+address)
		mu.Unlock()
		return dial(ctx, network, address)
	}
	w.probe(t, "two.test")
	slices.Sort(dialled)
	want := []string{"tcp 192.0.2.10:25", "tcp 192.0.2.11:25", "tcp 192.0.2.12:25", "tcp [2001:db8::10]:25"}
	if !slices.Equal(dialled, want) {
		t.Errorf("dialled %q, want %q", dialled, want)
	}
}

// S27: a dead address of a host that has others is told by its address, and the
// host is up.
func TestEachAddressIsJudgedByItself(t *testing.T) {
	w := newWorld(t, labtest.StartWith(t, twoAddresses))
	r := w.probe(t, "two.test")
	if r.Verdict != fact.Impaired || !strings.Contains(codes(r), "address-down") {
		t.Errorf("%s, %s", r.Verdict, codes(r))
	}
	h := hostNamed(t, r, "mx1.two.test")
	for _, a := range h.Addresses {
		want := probe.Up
		if a.IP.String() == "192.0.2.12" {
			want = probe.Down
		}
		if a.State != want {
			t.Errorf("%s is %s, want %s", a.IP, a.State, want)
		}
	}
	if h.State != probe.Up {
		t.Errorf("the host is %s", h.State)
	}
}

// S27: what a backup would take does not help where the primary refuses for
// good: senders do not ask it.
func TestABackupThatAcceptsDoesNotMendARefusal(t *testing.T) {
	w := newWorld(t, labtest.StartWith(t, strings.Replace(twoAddresses, "listen: 192.0.2.10:25 [2001:db8::10]:25\n",
		"listen: 192.0.2.10:25 [2001:db8::10]:25\nreply: RCPT 550 5.7.1 relaying denied\n", 1)))
	r := w.probe(t, "two.test")
	if h := hostNamed(t, r, "mx2.two.test"); r.Verdict != fact.Compromised || h.State != probe.Up || !strings.Contains(codes(r), "mail-bounces") {
		t.Errorf("%s, %s, the backup is %s", r.Verdict, codes(r), h.State)
	}
}

// T9: where the machine has no address to speak from, that is its own lack, and
// what can be reached still decides.
func TestAMissingSourceAddressIsOurs(t *testing.T) {
	w := newWorld(t, labtest.StartWith(t, twoAddresses))
	if err := w.lab.Net.Fail("[2001:db8::10]:25", syscall.EADDRNOTAVAIL); err != nil {
		t.Fatal(err)
	}
	r := w.probe(t, "two.test")
	for _, a := range hostNamed(t, r, "mx1.two.test").Addresses {
		if a.IP.Is6() && (a.State != probe.NotTested || a.Failure.Reason != fact.LocalNetwork) {
			t.Errorf("%s is %s: %v", a.IP, a.State, a.Failure)
		}
	}
	if r.Verdict != fact.Impaired { // because of 192.0.2.12 alone
		t.Errorf("%s: %s", r.Verdict, r.Why)
	}
}

// S28: an MX record that leads back to the machine which asks is dialled by
// nobody.
func TestMXThatPointsAtOurselvesIsNotDialled(t *testing.T) {
	for _, record := range []string{"A 127.0.0.1", "A 127.9.9.9", "A 0.0.0.0", "AAAA ::1", "AAAA ::", "AAAA ::ffff:127.0.0.1"} {
		w := newWorld(t, labtest.StartWith(t, "title: t\nshows: s\ndomain: own.test\nverdict: compromised\n\n-- zone --\n@ MX 10 mx1\nmx1 "+record+"\n"))
		w.module.AllowNetworks = nil
		w.env.Dial = func(_ context.Context, _, address string) (net.Conn, error) {
			t.Errorf("%s: %s was dialled", record, address)
			return nil, syscall.ECONNREFUSED
		}
		r := w.probe(t, "own.test")
		if a := r.Hosts[0].Addresses[0]; r.Verdict != fact.Compromised || a.Failure.Reason != fact.AddressBlocked {
			t.Errorf("%s: %s, %v", record, r.Verdict, a.Failure)
		}
	}
}

// X9: a hundred servers that pour out what they can cost no more than their
// share each, so that the collector of garbage is not kept busy.
func TestAHundredEndlessServersCostLittle(t *testing.T) {
	var s strings.Builder
	s.WriteString("title: t\nshows: s\ndomain: many.test\nverdict: compromised\n\n-- zone --\n")
	for i := range 20 {
		fmt.Fprintf(&s, "@ MX 10 mx%d\n", i)
		for j := range 5 {
			fmt.Fprintf(&s, "mx%d A 192.0.2.%d\n", i, 100+5*i+j)
		}
	}
	for i := range 20 {
		fmt.Fprintf(&s, "\n-- server mx%d --\nbanner: 220-mx\nendless: on\nlisten:", i)
		for j := range 5 {
			fmt.Fprintf(&s, " 192.0.2.%d:25", 100+5*i+j)
		}
		s.WriteString("\n")
	}
	w := newWorld(t, labtest.StartWith(t, s.String()))
	w.module.Limits = config.DefaultLimits()
	w.module.Limits.Addresses = 100
	w.probe(t, "many.test")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := w.probe(t, "many.test")
	runtime.ReadMemStats(&after)
	const each = 256 << 10 // of ours and of the server's, which is in this process too
	if spent := after.TotalAlloc - before.TotalAlloc; spent > 100*each {
		t.Errorf("%d kB were allocated for each server, want at most %d", spent/100>>10, each>>10)
	}
	n := 0
	for _, h := range r.Hosts {
		for _, a := range h.Addresses {
			n++
			if a.Failure == nil || a.Failure.Reason != fact.ReplyTooManyLines {
				t.Errorf("%s: %v", a.IP, a.Failure)
			}
		}
	}
	if n != 100 {
		t.Errorf("%d addresses, want 100", n)
	}
}
