package probe_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// until probes a target within a time of its own.
func (w *world) until(t *testing.T, ctx context.Context, target string) *probe.Result {
	t.Helper()
	to, err := probe.TargetFor(target, w.module)
	if err != nil {
		t.Fatal(err)
	}
	r, err := probe.Run(ctx, w.env, to, w.module)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The one that leads is called off while it connects, and one that waits has no
// more time: both are told so, and the others are answered.
func TestDomainWhoseTimeIsUpLeavesTheOthersAlone(t *testing.T) {
	w := sharers(t, provider(6, 1, "banner-delay: 50ms"))
	var free atomic.Bool
	w.when(free.Load)
	all := customers(6, nil)
	lead, callOff := context.WithCancel(t.Context())
	defer callOff()
	var wg sync.WaitGroup
	wg.Go(func() {
		f := w.until(t, lead, all[0]).Hosts[0].Addresses[0].Failure
		if f == nil || !f.Reason.Local() {
			t.Errorf("the one called off: %v", f)
		}
	})
	w.waitFor(t, func() bool { return w.env.Parties() == 1 })
	brief, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	wg.Go(func() {
		f := w.until(t, brief, all[1]).Hosts[0].Addresses[0].Failure
		if f == nil || f.Stage != fact.Queue || f.Reason != fact.LocalOverload {
			t.Errorf("the one without time: %v", f)
		}
	})
	w.waitFor(t, func() bool { return w.env.Waiting() == 1 })
	w.waitFor(t, func() bool { return w.env.Waiting() == 0 })
	wg.Go(func() {
		for _, r := range w.together(t, all[2:]) {
			if r.Verdict != fact.Satisfactory {
				t.Errorf("%s: %s", r.Target.Domain, r.Why)
			}
		}
	})
	w.waitFor(t, func() bool { return w.env.Waiting() == 4 })
	callOff()
	free.Store(true)
	wg.Wait()
}

// waitFor waits for something to be so.
func (w *world) waitFor(t *testing.T, so func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	late := time.NewTimer(10 * time.Second)
	defer late.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-late.C:
			t.Fatal("it never was")
		}
	}
}

// Who is called off in the middle of its own RCPT takes the connection with it, and
// nothing else.
func TestDomainCalledOffInItsTransactionSpoilsNone(t *testing.T) {
	w := sharers(t, strings.Replace(provider(5, 1, "rcpt-delay: slow 3s"), "connections: 1\n", "", 1)) // it has not seen yet that we left
	w.once(4)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		f := w.until(t, ctx, "slow@c1.provider.test").Hosts[0].Addresses[0].Failure
		if f == nil || f.Stage != fact.Rcpt || f.Reason != fact.NotTested {
			t.Errorf("the one called off: %v", f)
		}
	})
	w.waitFor(t, func() bool { return w.env.Parties() == 1 })
	wg.Go(func() {
		for _, r := range w.together(t, customers(5, nil)[1:]) {
			if r.Verdict != fact.Satisfactory {
				t.Errorf("%s: %s", r.Target.Domain, r.Why)
			}
		}
	})
	w.waitFor(t, func() bool {
		said := asked(w.lab.Server("mx0.provider.test"))
		return len(said) > 0 && strings.Contains(said[0], "RCPT")
	})
	cancel()
	wg.Wait()
	if said := asked(w.lab.Server("mx0.provider.test")); len(said) != 2 {
		t.Errorf("%d connections: %q", len(said), said)
	}
}

// A server that cannot be talked to is tried twice, and not by all who wait.
func TestServerThatCannotBeTalkedToIsTriedTwice(t *testing.T) {
	for line, want := range map[string]fact.Failure{
		"banner: 554 5.7.1 Go away":           {Stage: fact.Banner, Reason: fact.Banner5xx},
		"close: ehlo":                         {Stage: fact.EHLO, Reason: fact.EOF},
		"reply: STARTTLS 454 4.7.0 Not today": {Stage: fact.StartTLS, Reason: fact.StartTLSRefused},
		"close: tls":                          {Stage: fact.TLS, Reason: fact.TLSHandshake},
	} {
		t.Run(line, func(t *testing.T) {
			w := sharers(t, provider(20, 1, line))
			w.once(19)
			for _, r := range w.together(t, customers(20, nil)) {
				a := r.Hosts[0].Addresses[0]
				if a.Failure == nil || a.Failure.Stage != want.Stage || a.Failure.Reason != want.Reason || !strings.HasPrefix(stages(a), "queue connect banner") {
					t.Errorf("%s: %v after %s", r.Target.Domain, a.Failure, stages(a))
				}
			}
			if total, _ := w.lab.Net.Dials("192.0.2.10:25"); total != 2 {
				t.Errorf("%d connections", total)
			}
		})
	}
}

// The same where nobody listens.
func TestServerThatRefusesConnectionsIsTriedTwice(t *testing.T) {
	w := sharers(t, provider(20, 1))
	if err := w.lab.Server("mx0.provider.test").Stop(); err != nil {
		t.Fatal(err)
	}
	w.once(19)
	for _, r := range w.together(t, customers(20, nil)) {
		if f := r.Hosts[0].Addresses[0].Failure; f == nil || f.Reason != fact.Refused {
			t.Errorf("%s: %v", r.Target.Domain, f)
		}
	}
	if n := w.env.Traffic().Begun; n != 2 {
		t.Errorf("%d attempts", n)
	}
}

const vanity = `title: t
shows: s
domain: vanity.test
verdict: satisfactory
share-connections: on

-- zone --
c1     MX 10 mx
c2     MX 10 alias
c3     MX 10 stranger
c4     MX 10 stranger
mx        A 192.0.2.10
alias     A 192.0.2.10
stranger  A 192.0.2.10

-- server mx --
names: alias
listen: 192.0.2.10:25
connections: 1
domains: c1.vanity.test c2.vanity.test c3.vanity.test c4.vanity.test
`

// A certificate that is good for the names of two domains is seen once, whoever of them, or of others, asked; the
// name for which it is not good is asked for by itself, once.
func TestEachNameIsJudgedByTheCertificateThatItWouldBeShown(t *testing.T) {
	w := sharers(t, vanity)
	w.once(3)
	for i, r := range w.together(t, []string{"c1.vanity.test", "c2.vanity.test", "c3.vanity.test", "c4.vanity.test"}) {
		d := r.Hosts[0].Addresses[0].Dialogue
		if len(d.Recipients) != 1 || d.TLS == nil || d.TLS.PKIX.OK != (i < 2) {
			t.Errorf("%s: %+v", r.Target.Domain, d.TLS)
		}
	}
	names := map[string]int{}
	for _, s := range w.lab.Server("mx.vanity.test").Sessions() {
		names[s.SNI]++
	}
	if good := names["mx.vanity.test"] + names["alias.vanity.test"]; good > 2 || names["stranger.vanity.test"] != 1 {
		t.Errorf("asked for %v", names)
	}
}

// Modules that would say anything in another way have nothing in common, and one
// that asks for more than RCPT has its own conversation.
func TestOnlyConversationsOfOneKindAreShared(t *testing.T) {
	for name, change := range map[string]func(*config.Module){
		"ehlo_name":         func(m *config.Module) { m.SMTP.EHLOName = "other.lab.test" },
		"mail_from":         func(m *config.Module) { m.SMTP.MailFrom = "<>" },
		"starttls":          func(m *config.Module) { m.SMTP.StartTLS = config.StartTLSNever },
		"tls":               func(m *config.Module) { m.SMTP.TLS.ServerName = "mx0.provider.test" },
		"timeouts":          func(m *config.Module) { m.SMTP.Timeouts.Command++ },
		"pipelining":        func(m *config.Module) { m.SMTP.Pipelining = true },
		"limits":            func(m *config.Module) { m.Limits.ReplyLines++ },
		"open_relay":        func(m *config.Module) { m.SMTP.OpenRelay = true },
		"random":            func(m *config.Module) { m.Recipients.Random = true },
		"share_connections": func(m *config.Module) { m.Sharing = false },
	} {
		t.Run(name, func(t *testing.T) {
			w := sharers(t, provider(4, 1))
			other := *w
			change(&other.module)
			w.once(1)
			var wg sync.WaitGroup
			for i, target := range customers(4, nil) {
				by := []*world{w, &other}[i%2]
				wg.Go(func() {
					if f := by.probe(t, target).Hosts[0].Addresses[0].Failure; f != nil {
						t.Errorf("%s: %v", target, f)
					}
				})
			}
			wg.Wait()
			if n := len(asked(w.lab.Server("mx0.provider.test"))); n < 2 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

// A server that hangs is waited for once.
func TestServerThatIsSilentIsWaitedForOnce(t *testing.T) {
	w := sharers(t, provider(10, 1, "hang: ehlo"))
	w.module.SMTP.Timeouts.Command = config.Duration(500 * time.Millisecond)
	w.once(9)
	for _, r := range w.together(t, customers(10, nil)) {
		if f := r.Hosts[0].Addresses[0].Failure; f == nil || f.Reason != fact.StageTimeout {
			t.Errorf("%s: %v", r.Target.Domain, f)
		}
	}
	if total, _ := w.lab.Net.Dials("192.0.2.10:25"); total != 1 {
		t.Errorf("%d connections", total)
	}
}
