package probe_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/examples/maillab"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
)

// manyLists is a lab of three hosts, of domains that share them, and of lists
// that are sound and have none of their addresses.
func manyLists(domains, lists int, roundTrip time.Duration) string {
	var b strings.Builder
	b.WriteString("title: t\nshows: s\ndomain: many.test\nverdict: satisfactory\n")
	for i := range lists {
		fmt.Fprintf(&b, "list: l%d zone=l%d.lists.test\n", i, i)
	}
	for i := range 3 {
		fmt.Fprintf(&b, "\n-- server mx%d --\nlisten: 192.0.2.%d:25\ndomains: many.test", i, 10+i)
		for d := range domains {
			fmt.Fprintf(&b, " d%d.test", d)
		}
		b.WriteString("\n")
		if roundTrip > 0 {
			fmt.Fprintf(&b, "round-trip: %v\n", roundTrip)
		}
	}
	b.WriteString("\n-- zone --\n")
	for i := range 3 {
		fmt.Fprintf(&b, "@ MX 10 mx%d\nmx%d A 192.0.2.%d\n", i, i, 10+i)
	}
	for d := range domains {
		fmt.Fprintf(&b, "-- zone d%d.test --\n@ MX 10 mx0.many.test.\n@ MX 10 mx1.many.test.\n@ MX 10 mx2.many.test.\n", d)
	}
	b.WriteString("-- zone lists.test --\n")
	for i := range lists {
		fmt.Fprintf(&b, "2.0.0.127.l%d A 127.0.0.2\n", i)
	}
	return b.String()
}

// B12: 200 domains that share 3 addresses ask each list 3 times, not 600.
func TestTwoHundredDomainsOfThreeServersAskThreeTimes(t *testing.T) {
	const domains, lists = 200, 4
	w := newWorld(t, labtest.StartWith(t, manyLists(domains, lists, 0)))
	w.module = w.modules["test"]
	w.module.Checks = []config.Check{}
	w.module.SMTP.OpenRelay = false
	var wg sync.WaitGroup
	slots := make(chan struct{}, 20)
	for d := range domains {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if r := w.probe(t, fmt.Sprintf("d%d.test", d)); len(r.DNSBL.Answers) != 3*lists || len(r.Findings) > 0 {
				t.Errorf("d%d: %d answers, %s", d, len(r.DNSBL.Answers), codes(r))
			}
		})
	}
	wg.Wait()
	for l := range lists {
		asked := 0
		for a := range 3 {
			asked += w.lab.DNS.Queries(fmt.Sprintf("%d.2.0.192.l%d.lists.test", 10+a, l), "A")
		}
		if asked != 3 {
			t.Errorf("list %d was asked %d times, want 3", l, asked)
		}
	}
}

// performance.md goal 10: thirty lists cost a probe no goroutine each. What
// counts are those that look up names, while no list has answered yet: one that
// waits, one that asks them all, and one for each socket.
func TestListsCostAProbeNoGoroutines(t *testing.T) {
	lab := labtest.StartWith(t, manyLists(0, 30, 0))
	lab.DNS.SetFault("*.lists.test", "A", maillab.Fault{Delay: 500 * time.Millisecond})
	w := newWorld(t, lab)
	w.module = w.modules["test"]
	w.module.Checks = []config.Check{}
	ended := make(chan struct{})
	go func() { defer close(ended); w.probe(t, "many.test") }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for most := 0; ; {
		select {
		case <-tick.C:
			most = max(most, goroutinesOf("mx_exporter/probe/dns"))
		case <-ended:
			if most == 0 || most > 10 {
				t.Errorf("%d goroutines look up names of 30 lists", most)
			}
			return
		}
	}
}

// goroutinesOf counts the goroutines that have a package on their stack.
func goroutinesOf(path string) (n int) {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for _, stack := range strings.Split(string(stacks), "\n\n") {
		if strings.Contains(stack, path) {
			n++
		}
	}
	return n
}

// BenchmarkListsBesideTheConversation is a first probe of three hosts whose
// every reply takes 10 ms, with a resolver that takes 10 ms: without lists, and
// with thirty that nobody has asked before. Both must take the same time.
func BenchmarkListsBesideTheConversation(b *testing.B) {
	for _, n := range []int{0, 30} {
		b.Run(fmt.Sprintf("lists=%d", n), func(b *testing.B) {
			lab := labtest.StartWith(b, manyLists(0, max(n, 1), 10*time.Millisecond))
			lab.DNS.SetFault("*.lists.test", "*", maillab.Fault{Delay: 10 * time.Millisecond})
			file, err := lab.WriteConfig(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			c, err := probe.Loader().Load(file)
			if err != nil {
				b.Fatal(err)
			}
			m := c.Modules["test"]
			m.Checks = []config.Check{}
			if n == 0 {
				m.DNSBL = config.DNSBL{}
			}
			target, err := probe.ParseTarget("many.test")
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				probeAnew(b, lab, target, m)
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/probe")
		})
	}
}

// probeAnew probes with a memory that is empty.
func probeAnew(b *testing.B, lab *maillab.Lab, target probe.Target, m config.Module) {
	b.Helper()
	env := &probe.Env{Dial: lab.Net.DialContext, Hostname: "monitor.lab.test"}
	defer env.Close()
	r, err := probe.Run(context.WithoutCancel(b.Context()), env, target, m)
	if err != nil || !r.Success {
		b.Fatal(err, r)
	}
	if r.DNSBL == nil {
		return
	}
	for _, a := range r.DNSBL.Answers {
		if a.Reason != "" {
			b.Fatal(told(a))
		}
	}
}
