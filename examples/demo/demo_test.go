package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// running is a demo on a free port, ended with the test.
func running(t *testing.T) *demo {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	d, err := open(ctx, "127.0.0.1:0")
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	d.pace = 3 * time.Second
	ended := make(chan error, 1)
	go func() { ended <- d.serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
		if err := d.close(); err != nil {
			t.Errorf("close: %v", err)
		}
		for _, v := range d.lab.Violations() {
			t.Errorf("protocol violation: %s", v)
		}
		for _, a := range d.lab.Net.Strays() {
			t.Errorf("dialled outside of the lab: %s", a)
		}
	})
	return d
}

// fetch is what curl does.
func fetch(t *testing.T, address string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v: %s", address, resp.StatusCode, err, b)
	}
	return string(b)
}

// line is the metric that says so.
func line(verdict string) string { return `mx_verdict{verdict="` + verdict + "\"} 1\n" }

// The URLs come from the table that the demo prints: what it tells people to
// type gives the verdict that it promises.
func TestEachURLOfTheTableGivesItsVerdict(t *testing.T) {
	d := running(t)
	var out bytes.Buffer
	if err := table(&out, d.url(), d.lab.Scenarios); err != nil {
		t.Fatal(err)
	}
	verdict, asked := "", 0
	for row := range strings.Lines(out.String()) {
		row = strings.TrimSuffix(row, "\n")
		if row != "" && !strings.Contains(row, " ") {
			verdict = row
		}
		_, command, ok := strings.Cut(row, "  curl '")
		if verdict == "" || !ok {
			continue
		}
		asked++
		address := strings.TrimSuffix(command, "'")
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		want := line(verdict)
		t.Run(u.Query().Get("target"), func(t *testing.T) {
			t.Parallel()
			if got := fetch(t, address); !strings.Contains(got, want) {
				t.Errorf("no line %s in\n%s", want, got)
			}
		})
	}
	if want := domains(d.lab.Scenarios); asked != want {
		t.Errorf("%d URLs in the table, %d domains in the lab", asked, want)
	}
}

// Row H7, from the side of the servers: however many ask at once, an address
// sees one connection at a time.
func TestAnAddressSeesOneConnectionAtATime(t *testing.T) {
	d := running(t)
	var wg sync.WaitGroup
	for _, target := range []string{"two-one.test", "two-two.test", "two-one.test", "shared.test", "shared.test", "far-away.test", "far-away.test"} {
		wg.Go(func() { fetch(t, probeURL(d.url(), target)) })
	}
	wg.Wait()
	for _, domain := range []string{"two-one.test", "shared.test", "far-away.test"} {
		s, ok := d.lab.Scenario(domain)
		if !ok {
			t.Fatalf("no scenario for %s", domain)
		}
		for _, a := range s.Servers[0].Behaviour.Listen {
			if total, most := d.lab.Net.Dials(a); total == 0 || most != 1 {
				t.Errorf("%s at %s: %d connections, %d at once", domain, a, total, most)
			}
		}
	}
}

// The primary answers and is told so while the backup is stopped under the
// exporter's hands.
func TestABackupThatStopsImpairs(t *testing.T) {
	d := running(t)
	address := probeURL(d.url(), "good.test")
	backup := d.lab.Server("mx2.good.test")
	if backup == nil {
		t.Fatal("good.test has no second server")
	}
	for _, step := range []struct {
		do   func() error
		want string
	}{
		{func() error { return nil }, "satisfactory"},
		{backup.Stop, "impaired"},
		{backup.Start, "satisfactory"},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if got := fetch(t, address); !strings.Contains(got, line(step.want)) {
			t.Errorf("not %s:\n%s", step.want, got)
		}
	}
}

// The lab's round trips run beside the probes, each to the end that its scenario
// makes for it.
func TestRoundTripsShowTheirOutcome(t *testing.T) {
	d := running(t)
	wanted := map[string]string{
		"office":   `mx_roundtrip_success{roundtrip="office"} 1`,
		"post":     `mx_roundtrip_success{roundtrip="post"} 1`,
		"junked":   `mx_roundtrip_folder_info{folder="junk",roundtrip="junked"} 1`,
		"bounced":  `mx_roundtrip_bounce_info{action="failed",class="mailbox_full",code="552",enhanced="5.2.2",roundtrip="bounced"} 1`,
		"refused":  `mx_roundtrip_refusal_info{class="mailbox_not_found",roundtrip="refused"} 1`,
		"stripped": `mx_roundtrip_attachment_intact{roundtrip="stripped"} 0`,
		"virus":    `mx_roundtrip_eicar_as_declared{roundtrip="virus"} 0`,
		"locked":   `mx_roundtrip_auth_backoff{roundtrip="locked"} 1`,
		"lost":     `mx_roundtrip_outcome{outcome="lost",roundtrip="lost"} 1`,
		"late":     `mx_roundtrip_lost_total{roundtrip="late"} [1-9]`,
		"twice":    `mx_roundtrip_duplicates_total{roundtrip="twice"} [1-9]`,
		"each":     `mx_roundtrip_host_success{host="mx2.trips-backup-loses.test",roundtrip="each"} 0`,
	}
	if have := len(d.store.Snapshot().RoundTrips); have != len(wanted) {
		t.Errorf("%d round trips run, %d are expected", have, len(wanted))
	}
	var text string
	missing := func() (names []string) {
		text = fetch(t, d.url()+"/metrics")
		for name, line := range wanted {
			if !regexp.MustCompile(line).MatchString(text) {
				names = append(names, name)
			}
		}
		return names
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for over := time.After(time.Minute); len(missing()) > 0; {
		select {
		case <-tick.C:
		case <-over:
			t.Fatalf("not seen: %q in\n%s", missing(), strings.Join(regexp.MustCompile(`(?m)^mx_roundtrip.*$`).FindAllString(text, -1), "\n"))
		}
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stderr bytes.Buffer
	out := &firstWrite{then: cancel}
	if code := run(ctx, []string{"--listen", "127.0.0.1:0"}, out, &stderr); code != exitOK {
		t.Errorf("code %d: %s", code, &stderr)
	}
	if !strings.Contains(out.text.String(), "good.test") {
		t.Errorf("no table: %s", &out.text)
	}
}

// firstWrite does something after what was written to it.
type firstWrite struct {
	text bytes.Buffer
	then func()
}

func (w *firstWrite) Write(b []byte) (int, error) {
	defer w.then()
	return w.text.Write(b)
}

func TestBadArgumentsGetOneClearSentence(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"-h"}, exitOK, "-listen"},
		{[]string{"--port", "1"}, exitUsage, "-port"},
		{[]string{"now"}, exitUsage, `"now" is not understood; the only option is --listen`},
		{[]string{"--listen", l.Addr().String()}, exitFault, "choose another address with --listen"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), c.args, &stdout, &stderr); code != c.code || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("%q: code %d, %q; want %d, %q", c.args, code, stderr.String(), c.code, c.want)
		}
	}
}
