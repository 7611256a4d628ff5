package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/miekg/dns"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"mx_exporter/cmd/mx_exporter/web"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/selfcheck"
)

// everywhere gives one address to every name.
type everywhere struct{}

func (everywhere) Exchange(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
	m := new(dns.Msg).SetReply(q)
	if q.Question[0].Qtype == dns.TypeA {
		h := dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 60}
		m.Answer = []dns.RR{&dns.A{Hdr: h, A: net.IPv4(203, 0, 113, 80)}}
	}
	return m, nil
}

// looked is what is shown of an exporter with one module and a resolver.
func looked(t *testing.T, x dnsq.Exchanger, stamps ...time.Time) (*selfMetrics, func() []web.StateLine) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "mx.yml")
	text := "modules:\n  mx:\n    prober: mx\n    dns: {servers: [\"192.0.2.53:53\"]}\n    smtp: {ehlo_name: monitor.example.net}\n" +
		"  smtp:\n    prober: smtp\n    dns: {servers: [\"192.0.2.53:53\"]}\n    smtp: {ehlo_name: monitor.example.net}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := probe.Loader().NewStore(file)
	if err != nil {
		t.Fatal(err)
	}
	env := &probe.Env{DNS: x}
	w := env.SelfCheck(store.Snapshot, stamps...)
	w.Look(t.Context())
	return newSelfMetrics(env, w, store), state(env, w)
}

// exposed is what Prometheus would read of a collector.
func exposed(t *testing.T, c prometheus.Collector) string {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(c)
	w := httptest.NewRecorder()
	promhttp.HandlerFor(r, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	return w.Body.String()
}

// N2, N20, C5: each check is a metric.
func TestSelfChecksAreMetrics(t *testing.T) {
	for _, c := range []struct {
		name string
		x    dnsq.Exchanger
		want []string
	}{
		{"honest", nobody{}, []string{
			`mx_exporter_ehlo_name_resolves{name="monitor.example.net"} 0`,
			`mx_exporter_resolver_honest{resolver="192.0.2.53:53"} 1`,
			`mx_exporter_resolver_up{resolver="192.0.2.53:53"} 1`,
		}},
		{"lying", everywhere{}, []string{
			`mx_exporter_resolver_honest{resolver="192.0.2.53:53"} 0`,
			`mx_exporter_resolver_up{resolver="192.0.2.53:53"} 1`,
		}},
		{"dead", dead{}, []string{`mx_exporter_resolver_up{resolver="192.0.2.53:53"} 0`}},
	} {
		m, _ := looked(t, c.x)
		var got []string
		for line := range strings.Lines(exposed(t, m)) {
			if strings.HasPrefix(line, "mx_exporter_resolver") || strings.HasPrefix(line, "mx_exporter_ehlo") {
				got = append(got, strings.TrimSpace(line))
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestSelfMetricsAreWellNamed(t *testing.T) {
	m, _ := looked(t, nobody{})
	problems, err := promlint.New(strings.NewReader(exposed(t, m))).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}

// L5, X6
func TestAClockBeforeTheBuildIsSuspect(t *testing.T) {
	for stamp, want := range map[time.Time]float64{time.Now().Add(-time.Hour): 0, time.Now().AddDate(1, 0, 0): 1} {
		m, lines := looked(t, nobody{}, stamp)
		if text := exposed(t, m); !strings.Contains(text, fmt.Sprintf("\nmx_exporter_clock_suspect %v\n", want)) {
			t.Errorf("built at %v: want %v in\n%s", stamp, want, text)
		}
		if clock := lines()[len(lines())-1]; clock.What != "Clock" || clock.OK != (want == 0) {
			t.Errorf("built at %v: %+v", stamp, clock)
		}
	}
}

// What is wrong is a line for people, and what is not says so too.
func TestTheStateIsInPlainWords(t *testing.T) {
	for x, want := range map[dnsq.Exchanger]string{
		nobody{}:     "Resolver 192.0.2.53:53: answers, and denies what does not exist",
		everywhere{}: "Resolver 192.0.2.53:53: lies: ",
		dead{}:       "Resolver 192.0.2.53:53: answers nothing: ",
	} {
		_, lines := looked(t, x)
		l := lines()[0]
		if text := l.What + ": " + l.Text; !strings.HasPrefix(text, want) || l.OK != (x == nobody{}) {
			t.Errorf("%+v, want %s", l, want)
		}
	}
}

// One line for what has become wrong, one when it is right again, none between.
func TestChangesAreLoggedOnce(t *testing.T) {
	var b bytes.Buffer
	l := log.NewLogfmtLogger(&b)
	up := &selfcheck.State{Resolvers: []selfcheck.Resolver{{Name: "dns", Up: true, Honesty: selfcheck.Honest}}}
	down := &selfcheck.State{Resolvers: []selfcheck.Resolver{{Name: "dns", Detail: "no answer"}}}
	var before *selfcheck.State
	for _, now := range []*selfcheck.State{up, down, down, up, up} {
		logChanges(l, seen(before), seen(now))
		before = now
	}
	want := `level=warn msg=self-check what="Resolver dns" state="answers nothing: no answer"
level=info msg=self-check what="Resolver dns" state="answers, and denies what does not exist"
`
	if b.String() != want {
		t.Errorf("logged\n%s\nwant\n%s", &b, want)
	}
}

func TestTheFirstPageAndTheMetricsShowTheState(t *testing.T) {
	e := serving(t)
	for range 100 { // the first look is a matter of moments
		if _, body := e.get("/metrics"); strings.Contains(body, `mx_exporter_resolver_honest{resolver="system"} 1`) {
			break
		}
	}
	if _, body := e.get("/metrics"); !strings.Contains(body, `mx_exporter_resolver_up{resolver="system"} 1`) || !strings.Contains(body, `mx_exporter_egress_suspect{port="25"} 0`) {
		t.Error("the state is not in the metrics")
	}
	if _, body := e.get("/"); !strings.Contains(body, "Resolver system") || !strings.Contains(body, "Clock") {
		t.Errorf("the first page has no state: %s", body)
	}
	e.end()
}

// A reload looks at what the new file names.
func TestAReloadLooksAnew(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mx.yml")
	if err := os.WriteFile(file, []byte("modules:\n  one:\n    prober: mx\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := probe.Loader().NewStore(file)
	if err != nil {
		t.Fatal(err)
	}
	env := &probe.Env{DNS: nobody{}}
	w := env.SelfCheck(store.Snapshot)
	ctx, cancel := context.WithCancel(t.Context())
	states, ended := make(chan *selfcheck.State), make(chan struct{})
	go func() {
		defer close(ended)
		w.Run(ctx, func(_, now *selfcheck.State) { states <- now })
	}()
	if s := <-states; len(s.Resolvers) != 1 {
		t.Errorf("at the start: %+v", s.Resolvers)
	}
	if err := os.WriteFile(file, []byte("modules:\n  one:\n    prober: mx\n    dns: {servers: [192.0.2.53]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (watchedStore{store, w}).Reload(); err != nil {
		t.Fatal(err)
	}
	if s := <-states; len(s.Resolvers) != 1 || s.Resolvers[0].Name != "192.0.2.53:53" {
		t.Errorf("after the reload: %+v", s.Resolvers)
	}
	cancel()
	<-ended
}

// N20, from the command line: a typing error is not "the domain does not exist"
// where nothing would be denied, and not "nobody takes mail" either.
func TestCheckHeedsALyingResolver(t *testing.T) {
	lab := labtest.Start(t)
	file, err := lab.WriteConfig(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for x, want := range map[dnsq.Exchanger]int{dnsq.Exchanger(lab.DNS): 2, everywhere{}: 3} {
		var out, errs bytes.Buffer
		p := newProgram(strings.NewReader(""), &out, &errs, &probe.Env{Dial: lab.Net.DialContext, DNS: x, Hostname: "monitor.lab.test"})
		if code := p.run(t.Context(), []string{"check", "--config.file=" + file, "typing-error.test"}); code != want {
			t.Errorf("exit code %d, want %d: %s%s", code, want, &out, &errs)
		}
	}
}

// dead answers SERVFAIL to everything.
type dead struct{}

func (dead) Exchange(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
	return new(dns.Msg).SetRcode(q, dns.RcodeServerFailure), nil
}
