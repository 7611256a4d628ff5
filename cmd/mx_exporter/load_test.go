//go:build linux

package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"mx_exporter/cmd/mx_exporter/web"
)

// healthy is a zone in which every name below d.test. is a domain with two
// servers of 4 addresses each, of a field of 64.
func healthy() string {
	var b strings.Builder
	for i := range 8 {
		fmt.Fprintf(&b, "*.d%d.test. MX 10 mx%d.test.\n*.d%d.test. MX 20 mx%d.test.\n", i, 2*i, i, 2*i+1)
	}
	return b.String()
}

func healthyDomain(i int) string { return fmt.Sprintf("n%d.d%d.test", i, i%8) }

// X1: with a limit of 256 open files and a thousand probes at once of healthy
// domains, no answer says anything bad of one. What cannot be probed is 503.
func TestAThousandProbesWithFewDescriptors(t *testing.T) {
	t.Parallel()
	f := plant(t, 64, healthy(), never)
	p := processWith(t, f, 256, os.Environ(), "")
	if n := p.metric("process_max_fds"); n != 256 {
		t.Fatalf("the limit is %d", n)
	}
	p.probeAll(100)
	before := p.means()
	codes := p.probeAll(1000)
	if codes[http.StatusOK] < 18 || codes[http.StatusOK]+codes[http.StatusServiceUnavailable] != 1000 {
		t.Errorf("answers by code: %v", codes)
	}
	p.returnsTo(before)
	p.end(web.Grace)
}

// probeAll probes so many healthy domains at once, and counts the answers by
// code. One that says something bad fails the test.
func (p *process) probeAll(n int) map[int]int {
	codes := make([]int, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			code, body, err := p.probe(healthyDomain(i))
			switch {
			case err != nil:
				p.t.Errorf("an answer was lost: %v", err)
			case code == http.StatusOK && (!strings.Contains(body, "\nprobe_success 1\n") || !strings.Contains(body, `mx_verdict{verdict="satisfactory"} 1`)):
				p.t.Errorf("a healthy domain is said to be:\n%s", body)
			}
			codes[i] = code
		})
	}
	wg.Wait()
	count := map[int]int{}
	for _, c := range codes {
		count[c]++
	}
	return count
}

// X3, C9: a thousand reloads under five hundred running probes. None of them is
// lost, and the last file wins.
func TestAThousandReloadsUnderRunningProbes(t *testing.T) {
	t.Parallel()
	f := plant(t, 64, healthy(), never)
	p := processWith(t, f, 4096, os.Environ(), "")
	p.probeAll(100)
	before := p.means()
	var wg sync.WaitGroup
	wg.Go(func() {
		if codes := p.probeAll(500); codes[http.StatusOK] != 500 {
			t.Errorf("answers by code: %v", codes)
		}
	})
	for i := range 1000 {
		p.write(strings.ReplaceAll(f.configuration(""), "monitor.test", fmt.Sprintf("v%d.monitor.test", i)))
		if code, body, err := p.ask(http.MethodPost, "/-/reload"); err != nil || code != http.StatusOK {
			t.Fatalf("reload %d: %d %s, %v", i, code, body, err)
		}
	}
	wg.Wait()
	if _, body, err := p.ask(http.MethodGet, "/config"); err != nil || !strings.Contains(body, "v999.monitor.test") || strings.Contains(body, "v998.") {
		t.Errorf("in use is, %v:\n%s", err, body)
	}
	p.returnsTo(before)
	p.end(web.Grace)
}

// X4: SIGTERM with 200 conversations open. Each server sees QUIT or the end of
// the connection; none sees it reset.
func TestTheEndSaysGoodbyeToEverybody(t *testing.T) {
	t.Parallel()
	const servers = 200
	var zone strings.Builder
	for i := range servers / perHost {
		fmt.Fprintf(&zone, "stuck%d.test. MX 10 mx%d.test.\n", i, i)
	}
	// Every other server hangs before it greets, the rest in mid-dialogue.
	f := plant(t, servers, zone.String(), func(n int, command string) bool {
		return n%2 == 0 && command == "" || n%2 == 1 && command == "MAIL"
	})
	p := processWith(t, f, 8192, os.Environ(), "    timeout: 2m\n")
	var wg sync.WaitGroup
	for i := range servers / perHost {
		wg.Go(func() {
			// The exporter's own end is no verdict about anybody.
			if code, body, err := p.probe(fmt.Sprintf("stuck%d.test", i)); err == nil && code != http.StatusServiceUnavailable {
				t.Errorf("answered %d %s", code, body)
			}
		})
	}
	f.wait(servers)
	p.end(web.Grace + time.Second)
	wg.Wait()
	f.wait(0)
	if f.ends[endReset] > 0 || f.ends[endQuit] < servers/2 || f.ends[endQuit]+f.ends[endClosed] != servers {
		t.Errorf("conversations by how they ended: %v", f.ends)
	}
}

// X10: nothing of the machine is needed: no environment, no home, no time zone,
// no list of trusted roots.
func TestNothingOfTheMachineIsNeeded(t *testing.T) {
	t.Parallel()
	f := plant(t, 8, healthy(), never)
	p := processWith(t, f, 1024, []string{"SSL_CERT_FILE=/nonexistent", "SSL_CERT_DIR=/nonexistent", "ZONEINFO=/nonexistent"}, "")
	if code, body, err := p.probe(healthyDomain(0)); err != nil || code != http.StatusOK || !strings.Contains(body, "\nprobe_success 1\n") {
		t.Errorf("%d %s, %v", code, body, err)
	}
	p.end(web.Grace)
}
