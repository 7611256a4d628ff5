package dnsq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

const cacheZone = `
test.       7200 IN SOA ns.test. hostmaster.test. 1 7200 900 1209600 5400
short.test.   10 IN A 192.0.2.1
zero.test.     0 IN A 192.0.2.1
huge.test. 4000000000 IN A 192.0.2.1
long.test. 604800 IN A 192.0.2.1
mixed.test.  300 IN CNAME short.test.
void.test.    20 IN CNAME nothing.test.
`

func TestAnswersLiveAsLongAsTheySay(t *testing.T) { // N18
	t.Parallel()
	for _, tt := range []struct {
		row, name string
		fault     func(z *dnsqtest.Zones)
		life      time.Duration // 0: not remembered
	}{
		{row: "time to live", name: "short.test.", life: 10 * time.Second},
		{row: "the least along the chain", name: "mixed.test.", life: 10 * time.Second},
		{row: "zero", name: "zero.test."},
		{row: "top bit set", name: "huge.test."},
		{row: "over a day", name: "long.test.", life: 24 * time.Hour},
		{row: "NXDOMAIN over an hour", name: "absent.test.", life: time.Hour},
		{row: "NODATA over an hour", name: "test.", life: time.Hour},
		{row: "denial at the end of an alias", name: "void.test.", life: 20 * time.Second},
		{row: "SERVFAIL", name: "short.test.", fault: func(z *dnsqtest.Zones) { z.Rcode["short.test. A"] = dns.RcodeServerFailure }},
		{row: "REFUSED", name: "short.test.", fault: func(z *dnsqtest.Zones) { z.Rcode["short.test. A"] = dns.RcodeRefused }},
		{row: "failed exchange", name: "short.test.", fault: func(z *dnsqtest.Zones) { z.Err["short.test. A"] = errors.New("no") }},
	} {
		t.Run(tt.row, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				z := dnsqtest.New(t, cacheZone)
				if tt.fault != nil {
					tt.fault(z)
				}
				c := dnsq.NewCache(z, 100)
				ask := func() dnsq.Answer[*dns.A] {
					a, _ := dnsq.Lookup[*dns.A](t.Context(), c, tt.name)
					return a
				}
				first := ask()
				if tt.life == 0 {
					if ask(); z.Count(tt.name+" A") != 2 {
						t.Errorf("%d questions reached the resolver of 2", z.Count(tt.name+" A"))
					}
					return
				}
				time.Sleep(tt.life - time.Second)
				if a := ask(); !a.Cached || first.Cached || a.TTL != first.TTL-(tt.life-time.Second) {
					t.Errorf("TTL %v, cached %v; at first %v, %v", a.TTL, a.Cached, first.TTL, first.Cached)
				}
				time.Sleep(time.Second + time.Nanosecond)
				if a := ask(); a.Cached || z.Count(tt.name+" A") != 2 {
					t.Errorf("%d questions reached the resolver of 2", z.Count(tt.name+" A"))
				}
			})
		})
	}
}

func TestDenialWithoutSOAIsNotRemembered(t *testing.T) {
	t.Parallel()
	n := &counted{x: canned{}}
	c := dnsq.NewCache(n, 10)
	for range 2 {
		if _, err := dnsq.Lookup[*dns.A](t.Context(), c, "x.test."); !dnsq.NotFound(err) {
			t.Error(err)
		}
	}
	if n.n.Load() != 2 {
		t.Errorf("%d questions", n.n.Load())
	}
}

// counted counts the questions that pass it.
type counted struct {
	x dnsq.Exchanger
	n atomic.Int32
}

func (c *counted) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	c.n.Add(1)
	return c.x.Exchange(ctx, q)
}

func TestAnswerAboutAnotherNameIsNotRemembered(t *testing.T) { // N11
	t.Parallel()
	n := &counted{x: canned{answer: []string{"other.test. 60 IN A 192.0.2.1"}}}
	c := dnsq.NewCache(n, 100)
	for range 2 {
		_, _ = dnsq.Lookup[*dns.A](t.Context(), c, "www.example.test.")
	}
	if n.n.Load() != 2 {
		t.Errorf("%d questions", n.n.Load())
	}
}

func TestQuestionsThatDifferAreNotMixedUp(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, cacheZone)
	z.Authentic = true
	n := &counted{x: z}
	c := dnsq.NewCache(n, 100)
	change := []func(q *dns.Msg){
		func(*dns.Msg) {},
		func(q *dns.Msg) { q.AuthenticatedData = false },
		func(q *dns.Msg) { q.CheckingDisabled = true },
		func(q *dns.Msg) { q.RecursionDesired = false },
		func(q *dns.Msg) { q.IsEdns0().SetDo() },
		func(q *dns.Msg) { q.Question[0].Qtype = dns.TypeAAAA },
		func(q *dns.Msg) { q.Question[0].Qclass = dns.ClassCHAOS },
		func(q *dns.Msg) { q.Question[0].Name = "long.test." },
	}
	for range 2 {
		for i, f := range change {
			q := dnsq.Question("short.test.", dns.TypeA)
			f(q)
			m, err := c.Exchange(t.Context(), q)
			if err != nil || m.Question[0] != q.Question[0] || m.AuthenticatedData != (i != 1) {
				t.Errorf("question %d: %v\n%v", i, err, m)
			}
		}
	}
	if got := int(n.n.Load()); got != len(change) {
		t.Errorf("%d questions reached the resolver of %d", got, len(change))
	}
	q := dnsq.Question("SHORT.test.", dns.TypeA)
	if m, err := c.Exchange(t.Context(), q); err != nil || m.Question[0].Name != "SHORT.test." || int(n.n.Load()) != len(change) {
		t.Errorf("the case of letters makes another question: %v, %v", m, err)
	}
}

func TestAnswerMayBeChangedByWhoGotIt(t *testing.T) {
	t.Parallel()
	c := dnsq.NewCache(dnsqtest.New(t, zone), 10)
	for range 3 {
		a, err := dnsq.Lookup[*dns.MX](t.Context(), c, "example.test.")
		if err != nil || a.Records[0].Mx != "mx1.example.test." || a.Records[0].Hdr.Ttl != 60 {
			t.Fatalf("%v, %v", a.Records, err)
		}
		a.Records[0].Mx, a.Records[0].Hdr.Ttl = "changed.test.", 0
	}
}

func TestIdenticalQuestionsAreAskedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := dnsqtest.New(t, cacheZone)
		z.Delay["zero.test. A"] = time.Second
		c := dnsq.NewCache(z, 10)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if a, err := dnsq.Lookup[*dns.A](t.Context(), c, "zero.test."); err != nil || a.Took != time.Second || a.Cached {
					t.Errorf("%+v, %v", a, err)
				}
			})
		}
		wg.Wait()
		if n, st := z.Count("* *"), c.Stats(); n != 1 || st.Shared != 19 || st.Hits != 0 {
			t.Errorf("%d questions, %+v", n, st)
		}
	})
}

func TestLeavingDoesNotEndTheQuestionOfOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := dnsqtest.New(t, cacheZone)
		z.Delay["zero.test. A"] = time.Second
		c := dnsq.NewCache(z, 10)
		var wg sync.WaitGroup
		for i := range 3 { // the one that asked leaves first
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(300+600*i)*time.Millisecond)
				defer cancel()
				a, err := dnsq.Lookup[*dns.A](ctx, c, "zero.test.")
				if left := i < 2; left != errors.Is(err, context.DeadlineExceeded) || (left && a.Took != time.Duration(300+600*i)*time.Millisecond) {
					t.Errorf("asker %d: %v after %v", i, err, a.Took)
				}
			})
		}
		wg.Wait()
		if n := z.Count("* *"); n != 1 {
			t.Errorf("%d questions", n)
		}
	})
}

func TestQuestionEndsWithItsLastAsker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := dnsqtest.New(t, cacheZone)
		z.Drop["short.test. A"] = true
		c := dnsq.NewCache(z, 10)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := dnsq.Lookup[*dns.A](ctx, c, "short.test.")
		synctest.Wait()
		if dnsq.ReasonOf(err) != fact.DNSTimeout || c.Stats().Asked[dnsq.Asked{Type: "A", Outcome: dnsq.Outcome(fact.DNSTimeout)}] != 1 {
			t.Errorf("%v, %+v: the question goes on", err, c.Stats())
		}
		z.Change(func() { clear(z.Drop) })
		if lookup[*dns.A](t, c, "short.test."); time.Since(began) != time.Second {
			t.Error("the next asker waited for the question that nobody wants")
		}
	})
}

func TestCacheIsBounded(t *testing.T) { // N21
	t.Parallel()
	var b strings.Builder
	for i := range 50 {
		fmt.Fprintf(&b, "s%d.test. 60 IN A 192.0.2.1\n", i)
		for j := range 20 {
			fmt.Fprintf(&b, "l%d.test. 60 IN TXT \"%0200d\"\n", i, j)
		}
	}
	c := dnsq.NewCache(dnsqtest.New(t, b.String()), 20)
	for i := range 50 {
		lookup[*dns.A](t, c, fmt.Sprintf("s%d.test.", i))
	}
	if n := c.Stats().Entries; n != 20 {
		t.Errorf("%d small entries", n)
	}
	for i := range 50 {
		lookup[*dns.TXT](t, c, fmt.Sprintf("l%d.test.", i))
	}
	if n := c.Stats().Entries; n < 1 || n > 4 {
		t.Errorf("%d entries of over 4 KiB", n)
	}
}

func TestAliveIsNotAnsweredFromMemory(t *testing.T) { // N2
	t.Parallel()
	z := dnsqtest.New(t, ". 86400 IN NS a.root.test.\n")
	c := dnsq.NewCache(z, 10)
	for range 2 {
		if err := dnsq.Alive(t.Context(), c); err != nil {
			t.Error(err)
		}
	}
	for rcode, want := range map[int]fact.Reason{
		dns.RcodeNameError: "", dns.RcodeRefused: fact.DNSRefused, dns.RcodeServerFailure: fact.DNSServfail, dns.RcodeFormatError: fact.DNSRefused,
	} {
		z.Change(func() { z.Rcode[". NS"] = rcode })
		if err := dnsq.Alive(t.Context(), c); dnsq.ReasonOf(err) != want {
			t.Errorf("rcode %d: %v", rcode, err)
		}
	}
	if n := z.Count(". NS"); n != 6 {
		t.Errorf("%d questions of 6", n)
	}
}

func TestStatsCountByTypeAndOutcome(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, cacheZone)
	z.Rcode["lame.test. MX"] = dns.RcodeServerFailure
	z.Err["fd.test. A"] = &dnsq.Error{Reason: fact.LocalFD}
	c := dnsq.NewCache(z, 10)
	for range 2 {
		for _, name := range []string{"short.test.", "absent.test.", "test.", "fd.test."} {
			_, _ = dnsq.Lookup[*dns.A](t.Context(), c, name)
		}
		_, _ = dnsq.Lookup[*dns.MX](t.Context(), c, "lame.test.")
		_, _ = c.Exchange(t.Context(), dnsq.Question("short.test.", dns.TypeHINFO))
	}
	want := dnsq.CacheStats{Hits: 4, Entries: 4, Asked: map[dnsq.Asked]uint64{
		{Type: "A", Outcome: dnsq.Answered}:                    1,
		{Type: "A", Outcome: dnsq.Outcome(fact.DNSNXDomain)}:   1,
		{Type: "A", Outcome: dnsq.Outcome(fact.DNSNoData)}:     1,
		{Type: "A", Outcome: dnsq.Outcome(fact.LocalFD)}:       2,
		{Type: "MX", Outcome: dnsq.Outcome(fact.DNSServfail)}:  2,
		{Type: "other", Outcome: dnsq.Outcome(fact.DNSNoData)}: 1,
	}}
	if diff := cmp.Diff(want, c.Stats()); diff != "" {
		t.Error(diff)
	}
}

// broken panics.
type broken struct{}

func (broken) Exchange(context.Context, *dns.Msg) (*dns.Msg, error) { panic("out of order") }

func TestPanicInTheCacheIsAnError(t *testing.T) {
	t.Parallel()
	_, err := dnsq.Lookup[*dns.A](t.Context(), dnsq.NewCache(broken{}, 1), "x.test.")
	if dnsq.ReasonOf(err) != fact.LocalPanic {
		t.Error(err)
	}
}
