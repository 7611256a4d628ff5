package probe_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mx_exporter/config"
	"mx_exporter/examples/maillab"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// provider is a scenario of customers that are served by as many servers: c1, c2
// and so on below provider.test. Each server gets the lines in more.
func provider(customers, servers int, more ...string) string {
	var b strings.Builder
	b.WriteString("title: t\nshows: s\ndomain: provider.test\nverdict: satisfactory\nshare-connections: on\n\n-- zone --\n")
	var domains [3][]string
	for i := range customers {
		n := i * servers / customers
		fmt.Fprintf(&b, "c%d MX 10 mx%d\n", i+1, n)
		domains[n] = append(domains[n], fmt.Sprintf("c%d.provider.test", i+1))
	}
	for n := range servers {
		fmt.Fprintf(&b, "mx%d A 192.0.2.%d\n", n, 10+n)
	}
	for n := range servers {
		fmt.Fprintf(&b, "\n-- server mx%d --\nlisten: 192.0.2.%d:25\nconnections: 1\nmailboxes: *\ndomains: %s\n%s\n",
			n, 10+n, strings.Join(domains[n], " "), strings.Join(more, "\n"))
	}
	return b.String()
}

// customers are the first n customers of the provider, by one mailbox of each
// where special does not name another.
func customers(n int, special map[int]string) (targets []string) {
	for i := range n {
		who := fmt.Sprintf("c%d.provider.test", i+1)
		if local := special[i+1]; local != "" {
			who = local + "@" + who
		}
		targets = append(targets, who)
	}
	return targets
}

// sharers is a world whose module shares, and in which nothing is left behind.
func sharers(t *testing.T, scenario string) *world {
	t.Helper()
	others := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, others) })
	w := newWorld(t, labtest.StartWith(t, scenario))
	w.module = w.modules["test"]
	w.module.Checks = []config.Check{}
	w.module.Recipients.Allow = []string{"*@*"}
	t.Cleanup(func() {
		if n := w.env.Parties(); n > 0 {
			t.Errorf("%d parties are left", n)
		}
	})
	return w
}

// once lets connections be made from when so many probes wait for others.
func (w *world) once(waiting int) {
	w.when(func() bool { return w.env.Waiting() >= waiting })
}

// when lets connections be made from when something is so.
func (w *world) when(so func() bool) {
	dial, ready := w.lab.Net.DialContext, make(chan struct{})
	open := sync.OnceFunc(func() { close(ready) })
	w.env.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			if so() {
				open()
			}
			select {
			case <-ready:
				return dial(ctx, network, address)
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-tick.C:
			}
		}
	}
}

// together probes targets at once.
func (w *world) together(t *testing.T, targets []string) []*probe.Result {
	t.Helper()
	out := make([]*probe.Result, len(targets))
	var wg sync.WaitGroup
	for i, target := range targets {
		wg.Go(func() { out[i] = w.probe(t, target) })
	}
	wg.Wait()
	return out
}

// asked are the sessions of a server, each as its commands in one line.
func asked(s *maillab.Server) (sessions []string) {
	for _, ses := range s.Sessions() {
		sessions = append(sessions, strings.Join(ses.Commands, " | "))
	}
	return sessions
}

// The acceptance of sharing: each of 200 domains is answered for itself, one of
// them by a refusal, over one connection with each of three servers.
func TestTwoHundredDomainsOnThreeServersNeedThreeConnections(t *testing.T) {
	w := sharers(t, provider(200, 3, "rcpt: nobody 550 5.1.1 No such user"))
	w.once(197)
	for i, r := range w.together(t, customers(200, map[int]string{42: "nobody"})) {
		a, refused := r.Hosts[0].Addresses[0], i == 41
		if refused != (a.Failure != nil && a.Failure.Reason == fact.Rcpt5xx) || refused == r.Success {
			t.Errorf("%s: %s, %v", r.Target.Domain, r.Why, a.Failure)
		}
		if to := a.Dialogue.Recipients; len(to) != 1 || !strings.HasSuffix(to[0].Address, "@"+r.Target.Domain) {
			t.Errorf("%s: was told about %v", r.Target.Domain, to)
		}
		if got, want := stages(a), "queue connect banner ehlo starttls tls ehlo_tls mail rcpt"; strings.TrimSuffix(got, " quit") != want {
			t.Errorf("%s: stages %s", r.Target.Domain, got)
		}
	}
	for n := range 3 {
		s := w.lab.Server(fmt.Sprintf("mx%d.provider.test", n))
		if total, _ := w.lab.Net.Dials(s.Addresses()[0]); total != 1 {
			t.Errorf("%s saw %d connections", s.Name, total)
		}
		said := asked(s)[0]
		mails, resets := strings.Count(said, "MAIL FROM:"), strings.Count(said, "RSET")
		if mails < 66 || resets != mails-1 || strings.Count(said, "STARTTLS") != 1 || !strings.HasSuffix(said, "QUIT") {
			t.Errorf("%s heard MAIL %d times and RSET %d times: %s", s.Name, mails, resets, said)
		}
	}
	if n := w.env.Traffic(); n.Shared != 197 || n.Begun != 3 || n.Open != 0 {
		t.Errorf("%+v", n)
	}
}

func stages(a probe.Address) string {
	var all []string
	for _, s := range a.Steps() {
		all = append(all, string(s.Stage))
	}
	return strings.Join(all, " ")
}

// What was measured once is the same for all; the wait is each domain's own, and
// one of them says goodbye.
func TestTimesOfASharedConversationAreThoseOfEachDomain(t *testing.T) {
	w := sharers(t, provider(4, 1, "rcpt-delay: late 100ms"))
	w.once(3)
	seen, quits := map[fact.Stage]map[fact.Elapsed]bool{}, 0
	for _, r := range w.together(t, customers(4, map[int]string{1: "late", 2: "late", 3: "late", 4: "late"})) {
		for _, s := range r.Hosts[0].Addresses[0].Steps() {
			if seen[s.Stage] == nil {
				seen[s.Stage] = map[fact.Elapsed]bool{}
			}
			seen[s.Stage][s.Took] = true
			if s.Stage == fact.Rcpt && (time.Duration(s.Took) < 100*time.Millisecond || time.Duration(s.Took) > time.Second) {
				t.Errorf("%s: RCPT took %s", r.Target.Domain, time.Duration(s.Took))
			}
			if s.Stage == fact.Quit {
				quits++
			}
		}
	}
	for stage, want := range map[fact.Stage]int{fact.Queue: 4, fact.Connect: 1, fact.Banner: 1, fact.TLS: 1, fact.EHLOTLS: 1, fact.Rcpt: 4} {
		if len(seen[stage]) != want {
			t.Errorf("%s: %d different times, want %d", stage, len(seen[stage]), want)
		}
	}
	if quits != 1 {
		t.Errorf("%d domains said QUIT", quits)
	}
}

// A server that takes so many transactions in one connection and no more loses
// nobody's answer.
func TestTransactionLimitOfAServerCostsNoDomainItsAnswer(t *testing.T) {
	w := sharers(t, provider(12, 1, "transactions: 5"))
	w.once(11)
	for _, r := range w.together(t, customers(12, nil)) {
		if r.Verdict != fact.Satisfactory {
			t.Errorf("%s: %s", r.Target.Domain, r.Why)
		}
	}
	if said := asked(w.lab.Server("mx0.provider.test")); len(said) != 3 {
		t.Errorf("%d connections: %q", len(said), said)
	}
}

// The same for servers that refuse RSET, and for one that refuses to go on by
// another reply than 421.
func TestServerThatTakesOneTransactionIsConnectedToForEach(t *testing.T) {
	w := sharers(t, provider(4, 1, "reply: RSET 502 5.5.1 Not here"))
	w.once(3)
	for _, r := range w.together(t, customers(4, nil)) {
		if r.Verdict != fact.Satisfactory {
			t.Errorf("%s: %s", r.Target.Domain, r.Why)
		}
	}
	if said := asked(w.lab.Server("mx0.provider.test")); len(said) != 4 {
		t.Errorf("%d connections: %q", len(said), said)
	}
}

// What becomes of one domain in the middle is its own: those who wait go on over
// a new connection.
func TestTroubleInTheMiddleIsOneDomainsOwn(t *testing.T) {
	for name, c := range map[string]struct {
		line   string
		reason fact.Reason
	}{
		"421":    {"rcpt: odd 421 4.3.0 Come back later", fact.Rcpt4xx},
		"silent": {"rcpt-delay: odd 2s", fact.StageTimeout},
		"absurd": {"rcpt: odd 220 Welcome", fact.ReplyInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			w := sharers(t, strings.Replace(provider(6, 1, c.line), "connections: 1\n", "", 1)) // it may not have seen yet that we left
			w.module.SMTP.Timeouts.Command = config.Duration(500 * time.Millisecond)
			w.once(5)
			for i, r := range w.together(t, customers(6, map[int]string{3: "odd"})) {
				f := r.Hosts[0].Addresses[0].Failure
				if i == 2 && (f == nil || f.Stage != fact.Rcpt || f.Reason != c.reason) {
					t.Errorf("the odd one: %v", f)
				}
				if i != 2 && f != nil {
					t.Errorf("%s: %v", r.Target.Domain, f)
				}
			}
			if said := asked(w.lab.Server("mx0.provider.test")); len(said) > 3 {
				t.Errorf("%d connections: %q", len(said), said)
			}
		})
	}
}

// A server that refuses nine domains is given the tenth in a new conversation,
// before it begins to count.
func TestManyRefusalsEndAConversation(t *testing.T) {
	w := sharers(t, provider(25, 1, "rcpt: postmaster 550 5.1.1 Nobody"))
	w.once(24)
	for _, r := range w.together(t, customers(25, nil)) {
		if f := r.Hosts[0].Addresses[0].Failure; f == nil || f.Reason != fact.Rcpt5xx {
			t.Errorf("%s: %v", r.Target.Domain, f)
		}
	}
	if said := asked(w.lab.Server("mx0.provider.test")); len(said) != 3 {
		t.Errorf("%d connections", len(said))
	}
}
