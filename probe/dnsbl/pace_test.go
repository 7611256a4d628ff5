package dnsbl_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
)

// B12: 200 domains that share 3 MX addresses ask each list 3 times.
func TestSharedAddressesAreAskedAboutOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var zone string
		var lists []dnsbl.List
		for i := range 4 {
			name := fmt.Sprintf("l%d.test", i)
			zone += entries(name)
			lists = append(lists, list(t, fmt.Sprintf("l%d", i), name))
		}
		z := dnsqtest.New(t, zone)
		for _, l := range lists {
			for i := range 3 {
				z.Delay[fmt.Sprintf("%d.0.18.198.%s. A", i, l.Zone)] = 10 * time.Millisecond
			}
		}
		c := client(t, z, dnsbl.Options{})
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				for _, a := range c.Check(t.Context(), lists, benchmark(3)).Answers {
					if a.Verdict != dnsbl.NotListed {
						t.Errorf("%s", brief(a))
					}
				}
			})
		}
		wg.Wait()
		for _, l := range lists {
			for i := range 3 {
				if n := z.Count(fmt.Sprintf("%d.0.18.198.%s. A", i, l.Zone)); n != 1 {
					t.Errorf("%s was asked %d times about one address", l.Name, n)
				}
			}
		}
		if n := z.Count("* *"); n != len(lists)*(3+3) {
			t.Errorf("%d questions", n)
		}
	})
}

// B12: the answer's time to live counts, from a minute to an hour.
func TestAnswersAreRemembered(t *testing.T) {
	t.Parallel()
	for ttl, want := range map[string]time.Duration{"1": time.Minute, "300": 5 * time.Minute, "86400": time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			z := dnsqtest.New(t, entries("bl.test")+"7.2.0.192.bl.test. "+ttl+" IN A 127.0.0.2\n")
			c := client(t, z, dnsbl.Options{})
			l := list(t, "bl", "bl.test")
			one(t, c, l, address("192.0.2.7"))
			time.Sleep(want - time.Second)
			if a := one(t, c, l, address("192.0.2.7")); !a.Cached || a.Age.Seconds() != (want-time.Second).Seconds() || a.Verdict != dnsbl.Listed {
				t.Errorf("TTL %s: %+v", ttl, a)
			}
			time.Sleep(2 * time.Second)
			if a := one(t, c, l, address("192.0.2.7")); a.Cached || a.Age != 0 {
				t.Errorf("TTL %s: %+v", ttl, a)
			}
		})
	}
}

// B12: denials too, here for the 120 s of the SOA.
func TestDenialsAndFailuresAreRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := dnsqtest.New(t, entries("bl.test"))
		z.Rcode["8.2.0.192.bl.test. A"] = dns.RcodeServerFailure
		z.Err["9.2.0.192.bl.test. A"] = &dnsq.Error{Reason: "local_resolver"}
		c := client(t, z, dnsbl.Options{})
		l := list(t, "bl", "bl.test")
		var asked [3]int
		for range 12 {
			for i := range asked {
				one(t, c, l, address(fmt.Sprintf("192.0.2.%d", 7+i)))
				asked[i] = z.Count(fmt.Sprintf("%d.2.0.192.bl.test. A", 7+i))
			}
			time.Sleep(10 * time.Second)
		}
		// A denial holds two minutes, a failure of the list one; one of ours not at all.
		if asked != [3]int{1, 2, 12} {
			t.Errorf("asked %v times", asked)
		}
	})
}

// B3: a list that refuses is left alone for an hour.
func TestListThatRefusesIsLeftAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := dnsqtest.New(t, entries("bl.test")+listed("7.2.0.192", "bl.test", "127.255.255.255"))
		c := client(t, z, dnsbl.Options{})
		l := list(t, "bl", "bl.test")
		one(t, c, l, address("192.0.2.1"))
		if got := brief(one(t, c, l, address("192.0.2.7"))); got != "unknown quota" {
			t.Error(got)
		}
		before := z.Count("* *")
		for i := range 59 {
			time.Sleep(time.Minute)
			if a := one(t, c, l, address(fmt.Sprintf("192.0.2.%d", i))); brief(a) != "unknown quota" || a.Took != 0 {
				t.Errorf("after %d minutes: %s", i+1, brief(a))
			}
		}
		if n := z.Count("* *") - before; n != 0 {
			t.Errorf("%d questions to a list that refuses", n)
		}
		time.Sleep(2 * time.Minute)
		if got := brief(one(t, c, l, address("192.0.2.1"))); got != "not_listed" {
			t.Errorf("after an hour: %s", got)
		}
	})
}

// B12: at most 10 in flight and 5 a second; what is over budget is unknown, and
// not an error of the list.
func TestEachListIsAskedAtItsPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gauge{x: dnsqtest.New(t, entries("bl.test")), took: 100 * time.Millisecond}
		c := client(t, g, dnsbl.Options{})
		l := list(t, "bl", "bl.test")
		l.SelfTest = dnsbl.Skip
		start := time.Now()
		r := c.Check(t.Context(), []dnsbl.List{l}, benchmark(100))
		verdicts := map[string]int{}
		for _, a := range r.Answers {
			verdicts[brief(a)]++
		}
		// 20 at once, and 5 a second for 3 seconds of patience.
		if verdicts["not_listed"] < 34 || verdicts["not_listed"] > 36 || verdicts["unknown budget"] != 100-verdicts["not_listed"] {
			t.Errorf("%v", verdicts)
		}
		if took := time.Since(start); took > 3200*time.Millisecond {
			t.Errorf("took %v", took)
		}
		if g.most != 10 {
			t.Errorf("%d questions in flight", g.most)
		}
		if fs := r.Findings(); len(fs) != 1 || fs[0].Code != dnsbl.CodeUnknown || fs[0].Detail != "bl (budget)" {
			t.Errorf("%+v", fs)
		}
	})
}

// A first probe, with all self-tests, waits for nobody.
func TestProbeOfThreeHostsIsNotDelayed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var zone string
		var lists []dnsbl.List
		for i := range 30 {
			name := fmt.Sprintf("l%d.test", i)
			zone += entries(name)
			lists = append(lists, list(t, fmt.Sprintf("l%d", i), name))
		}
		// Each question takes 10 ms; the fallback asks 16 at once, so give it room.
		g := &gauge{x: dnsqtest.New(t, zone), took: 10 * time.Millisecond}
		c := client(t, g, dnsbl.Options{})
		subjects := append(benchmark(3), address("2001:db8::1"), address("2001:db8::2"), address("2001:db8::3"))
		start := time.Now()
		for _, a := range c.Check(t.Context(), lists, subjects).Answers {
			if a.Verdict != dnsbl.NotListed {
				t.Errorf("%s %s", a.List, brief(a))
			}
		}
		// 30 lists × (6 test points + 6 addresses), 16 at a time.
		if took, most := time.Since(start), 30*12/16*10*time.Millisecond+30*time.Millisecond; took > most {
			t.Errorf("took %v, more than %v", took, most)
		}
	})
}

// gauge is an exchanger that takes its time and counts who waits.
type gauge struct {
	x    dnsq.Exchanger
	took time.Duration

	mu        sync.Mutex
	now, most int
}

func (g *gauge) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	g.mu.Lock()
	g.now++
	g.most = max(g.most, g.now)
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		g.now--
		g.mu.Unlock()
	}()
	select {
	case <-time.After(g.took):
		return g.x.Exchange(ctx, q)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// peers.md request 59: what stands in for a new answer is under an hour old.
func TestOldAnswerStandsInWhereThePaceHasNoRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := dnsqtest.New(t, entries("bl.test")+listed("0.0.18.198", "bl.test", "127.0.0.2"))
		c := client(t, z, dnsbl.Options{Burst: 1, PerSecond: 0.001, Wait: time.Second})
		l := list(t, "bl", "bl.test")
		l.SelfTest = dnsbl.Skip
		s := benchmark(2)
		if a := one(t, c, l, s[0]); a.Verdict != dnsbl.Listed {
			t.Fatal(brief(a))
		}
		if got := brief(one(t, c, l, s[1])); got != "unknown budget" {
			t.Error(got)
		}
		time.Sleep(10 * time.Minute)
		if a := one(t, c, l, s[0]); a.Verdict != dnsbl.Listed || !a.Cached || a.Age.Seconds() != 600 {
			t.Errorf("%+v", a)
		}
		time.Sleep(50*time.Minute + time.Second)
		one(t, c, l, s[1]) // takes the one turn there is
		if got := brief(one(t, c, l, s[0])); got != "unknown budget" {
			t.Errorf("an answer of more than an hour ago counts: %s", got)
		}
	})
}

func TestEndOfTheContextIsNoticedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := dnsqtest.New(t, entries("bl.test"))
		z.Drop["0.0.18.198.bl.test. A"] = true
		c := client(t, z, dnsbl.Options{InFlight: 4})
		l := list(t, "bl", "bl.test")
		l.SelfTest = dnsbl.Skip
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		start := time.Now()
		r := c.Check(ctx, []dnsbl.List{l}, benchmark(2))
		if brief(r.Answers[0]) != "unknown timeout" || brief(r.Answers[1]) != "not_listed" || time.Since(start) != 300*time.Millisecond {
			t.Errorf("%s, %s after %v", brief(r.Answers[0]), brief(r.Answers[1]), time.Since(start))
		}
		// The question goes on, and its end is remembered.
		time.Sleep(5 * time.Second)
		if a := one(t, c, l, benchmark(1)[0]); brief(a) != "unknown timeout" || !a.Cached || z.Count("* *") != 2 {
			t.Errorf("%+v after %d questions", a, z.Count("* *"))
		}
	})
}

func TestQuestionThatNobodyWaitsForIsNotSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := dnsqtest.New(t, entries("bl.test"))
		z.Drop["0.0.18.198.bl.test. A"] = true
		c := client(t, z, dnsbl.Options{InFlight: 1, Wait: time.Minute})
		l := list(t, "bl", "bl.test")
		l.SelfTest = dnsbl.Skip
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r := c.Check(ctx, []dnsbl.List{l}, benchmark(2))
		if brief(r.Answers[1]) != "unknown budget" {
			t.Errorf("%s", brief(r.Answers[1]))
		}
		time.Sleep(10 * time.Second)
		if n := z.Count("1.0.18.198.bl.test. A"); n != 0 {
			t.Errorf("asked %d times", n)
		}
	})
}

func TestClosedClientAnswersUnknown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := dnsqtest.New(t, entries("bl.test"))
		z.Drop["7.2.0.192.bl.test. A"] = true
		c := client(t, z, dnsbl.Options{})
		l := list(t, "bl", "bl.test")
		time.AfterFunc(time.Second, c.Close)
		start := time.Now()
		for range 2 {
			if a := one(t, c, l, address("192.0.2.7")); a.Verdict != dnsbl.Unknown || time.Since(start) != time.Second {
				t.Errorf("%s after %v", brief(a), time.Since(start))
			}
		}
	})
}

// A list of one's own is asked as often as there is something to ask, or at the
// pace that its configuration names.
func TestListMayHaveAPaceOfItsOwn(t *testing.T) {
	t.Parallel()
	for perSecond, want := range map[float64]time.Duration{-1: 0, 100: 0, 10: time.Second} {
		synctest.Test(t, func(t *testing.T) {
			z := dnsqtest.New(t, entries("l.test"))
			l := list(t, "l", "l.test")
			l.PerSecond, l.SelfTest = perSecond, dnsbl.Skip
			c := client(t, z, dnsbl.Options{Burst: 1})
			began := time.Now()
			for _, a := range c.Check(t.Context(), []dnsbl.List{l}, benchmark(20)).Answers {
				if a.Verdict != dnsbl.NotListed {
					t.Errorf("%s", brief(a))
				}
			}
			if took := time.Since(began).Round(100 * time.Millisecond); took != want {
				t.Errorf("at %v in a second 20 questions took %s, want %s", perSecond, took, want)
			}
		})
	}
}
