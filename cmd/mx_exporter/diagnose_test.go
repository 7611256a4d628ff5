package main

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"mx_exporter/config"
	"mx_exporter/examples/maillab"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/fcrdns"
)

func TestWhatOthersThinkOfUsIsALine(t *testing.T) {
	address := netip.MustParseAddr("192.0.2.25")
	listed := dnsbl.Answer{List: "zen", Verdict: dnsbl.Listed}
	unsure := dnsbl.Answer{List: "other", Verdict: dnsbl.Unknown}
	for name, c := range map[string]struct {
		us   probe.Ourselves
		ok   bool
		text string
	}{
		"well":      {probe.Ourselves{PTR: fcrdns.Result{Status: fact.Pass}, Names: []probe.OurName{{Name: "a.test", Matches: true, Known: true}}}, true, "as far as is known"},
		"not known": {probe.Ourselves{PTR: fcrdns.Result{Status: fact.Error}, Lists: []dnsbl.Answer{unsure}, Names: []probe.OurName{{Name: "a.test"}}}, true, "as far as is known"},
		"listed":    {probe.Ourselves{PTR: fcrdns.Result{Status: fact.Pass}, Lists: []dnsbl.Answer{unsure, listed}}, false, "on the block list zen"},
		"nameless":  {probe.Ourselves{PTR: fcrdns.Result{Status: fact.None}}, false, "no name in reverse DNS"},
		"misnamed":  {probe.Ourselves{PTR: fcrdns.Result{Status: fact.Fail}}, false, "does not lead back"},
		"announced": {probe.Ourselves{PTR: fcrdns.Result{Status: fact.Pass}, Names: []probe.OurName{{Name: "a.test", Known: true}}}, false, "the EHLO name a.test does not lead to it"},
	} {
		c.us.Address = address
		lines := diagnosed(&probe.Diagnosis{Addresses: []probe.Ourselves{c.us}})
		if len(lines) != 1 || lines[0].OK != c.ok || !strings.Contains(lines[0].Text, c.text) || lines[0].What != "Own address 192.0.2.25" {
			t.Errorf("%s: %+v", name, lines)
		}
	}
	if diagnosed(nil) != nil {
		t.Error("something is told before the first look")
	}
}

// speaking is a connection that comes from 192.0.2.7, as far as it says.
type speaking struct{ net.Conn }

func (speaking) LocalAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 4567} }

// The first conversation makes us look at the address that it came from, and
// what is seen becomes metrics and a line of the log.
func TestTheFirstConversationStartsADiagnosis(t *testing.T) {
	env, c := oneList(t)
	watch := env.SelfCheck(func() *config.Config { return c })
	var out bytes.Buffer
	stop := diagnosing(t.Context(), env, func() *config.Config { return c }, log.NewLogfmtLogger(&out))
	watch.Look(t.Context())
	target, err := probe.ParseTarget("lists.test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := probe.Run(t.Context(), env, target, c.Modules["lists"]); err != nil {
		t.Fatal(err)
	}
	deadline, tick := time.After(20*time.Second), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for env.Diagnosis() == nil {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("nobody looked")
		}
	}
	stop()
	m := newSelfMetrics(env, watch, nil)
	m.families = m.families[:6] // those that need no store
	got := exposed(t, m)
	for _, want := range []string{
		`mx_exporter_self_dnsbl_listed{address="192.0.2.7",list="sound"} 1`,
		`mx_exporter_self_dnsbl_listed{address="192.0.2.7",list="keyed"} 1`,
		`mx_exporter_self_fcrdns{address="192.0.2.7",status="none"} 1`,
		`mx_exporter_self_fcrdns{address="192.0.2.7",status="pass"} 0`,
		`mx_exporter_self_ehlo_name_matches{address="192.0.2.7",name="monitor.lab.test"} 0`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if strings.Contains(got, `list="world"`) || strings.Contains(got, `list="refuses"`) {
		t.Error("what is not known has a series")
	}
	if !strings.Contains(out.String(), "on the block list keyed; on the block list sound; it has no name in reverse DNS") {
		t.Errorf("the log says %s", &out)
	}
	recorded(t, got)
	if problems, err := promlint.New(strings.NewReader(got)).Lint(); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}

// recorded holds what the alerts are tested with to what the program says.
func recorded(t *testing.T, got string) {
	t.Helper()
	const file = "../../examples/realservers/alerts/testdata/self.prom"
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var ours strings.Builder
	for line := range strings.Lines(got) {
		if strings.Contains(line, "mx_exporter_self_") {
			ours.WriteString(line)
		}
	}
	if ours.String() != string(want) {
		t.Errorf("%s is not what the program says; it is\n%s", file, &ours)
	}
}

// oneList is the world of the scripts, spoken to from a listed address.
func oneList(t *testing.T) (*probe.Env, *config.Config) {
	t.Helper()
	text, err := os.ReadFile("testdata/lists.txt")
	if err != nil {
		t.Fatal(err)
	}
	s, err := maillab.ParseScenario("lists", string(text))
	if err != nil {
		t.Fatal(err)
	}
	lab := labtest.Start(t, s)
	file, err := lab.WriteConfig(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c, err := probe.Loader().Load(file)
	if err != nil {
		t.Fatal(err)
	}
	env := &probe.Env{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := lab.Net.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return speaking{conn}, nil
	}}
	t.Cleanup(env.Close)
	return env, c
}
