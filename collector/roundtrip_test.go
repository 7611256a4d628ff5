package collector

import (
	_ "embed"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/bounce"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/roundtrip"
	"mx_exporter/probe/roundtrip/arrival"
)

//go:embed testdata/ROUNDTRIPS.md.tmpl
var tripReferenceText string

func TestRoundTripReferenceIsTheTable(t *testing.T) {
	tmpl, err := template.New("ROUNDTRIPS.md").Funcs(template.FuncMap{
		"labels": func(m Metric) string { return code(m.Labels) },
		"query":  func(m Metric) string { return code([]string{strings.ReplaceAll(m.Query, "|", "\\|")}) },
	}).Parse(tripReferenceText)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	err = tmpl.Execute(&text, map[string]any{
		"Metrics": RoundTripReference(), "Outcomes": words(roundtrip.Outcomes()), "EICARs": words(config.EICARs()),
		"Stages": words(roundtrip.Stages()), "Reasons": words(roundtrip.Reasons()), "Folders": words(mailbox.Kinds()),
		"Methods": words(arrival.Methods()), "Verdicts": words(arrival.Verdicts()), "Filters": words(arrival.Filters()),
		"Actions": words(bounce.Actions()),
	})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "ROUNDTRIPS.md", text.String())
}

var (
	tripSent = time.Date(2026, 11, 21, 13, 0, 0, 0, time.UTC)
	yes, no  = true, false
	two, ten = 2.0, 10.0
)

func took(s float64) *fact.Elapsed {
	e := fact.Elapsed(s * float64(time.Second))
	return &e
}

// trips are round trips in every state.
func trips() []roundtrip.Status {
	arrived := &roundtrip.Run{
		Trip: "office", Sent: tripSent, Finished: tripSent.Add(6 * time.Second), Outcome: roundtrip.Arrived, Host: "mx1.example.org",
		Delivery: took(5.5), Folder: mailbox.Junk, Class: reply.Greylisted,
		Stages: []roundtrip.Timing{{Stage: roundtrip.StageSend, Took: *took(1)}, {Stage: roundtrip.StageDelete, Took: *took(.1)}},
		EICAR:  &roundtrip.EICAR{Declared: config.EICARStripped, Outcome: config.EICARDelivered},
		Arrival: &arrival.Arrival{
			MX:   "mx1.example.org",
			Hops: []arrival.Hop{{By: "\x1b", Delay: took(1)}, {By: "x", Delay: took(0), Skewed: true}, {By: "y"}},
			Authentication: &arrival.Authentication{By: "\xff", Results: []arrival.Result{
				{Method: arrival.MethodSPF, Verdict: arrival.Pass, Detail: "\x00"}, {Method: arrival.MethodDMARC, Verdict: arrival.Fail},
			}},
			DKIM:       []arrival.Signature{{Domain: "a", Status: fact.Fail}, {Domain: "b", Status: fact.Pass}},
			Spam:       []arrival.Spam{{Filter: arrival.Rspamd, Spam: &no, Score: &two, Threshold: &ten}, {Filter: arrival.Gmail, Spam: &yes}},
			Attachment: arrival.Changed,
		},
	}
	bounced := &roundtrip.Run{
		Outcome: roundtrip.Bounced, Finished: tripSent, Class: reply.MailboxFull, Failure: &roundtrip.Failure{Stage: roundtrip.StageDeliver, Reason: roundtrip.ReasonBounced, Detail: "x"},
		Bounce: &roundtrip.Bounce{Class: reply.MailboxFull, Action: bounce.Failed, Code: 552, Enhanced: "5.2.2"},
	}
	unknown := &roundtrip.Run{Outcome: roundtrip.Unknown, Finished: tripSent, Failure: &roundtrip.Failure{Stage: roundtrip.StageSend, Reason: fact.LocalFD}}
	var h roundtrip.Histogram
	h.Count, h.Sum, h.Buckets, h.Native = 3, 12, []uint64{0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, map[int]uint64{9: 1, 18: 1, 19: 1}
	return []roundtrip.Status{
		{Name: "branch", Interval: *took(300), Window: *took(120), Last: bounced, LastRun: tripSent, Pending: 1, Oldest: tripSent},
		{Name: "new", Interval: *took(300), Window: *took(120), Problem: "no key"},
		{
			Name: "office", Interval: *took(300), Window: *took(120), Last: arrived, LastRun: tripSent.Add(6 * time.Second), LastSuccess: tripSent.Add(6 * time.Second),
			Counts:   roundtrip.Counts{Runs: 7, Outcomes: map[roundtrip.Outcome]uint64{roundtrip.Arrived: 5, roundtrip.Lost: 2}, Lost: 2, Late: 1, Junk: 3},
			Delivery: h, Foreign: 4, Hosts: []roundtrip.HostState{{Host: "mx1.example.org", Run: arrived}, {Host: "mx2.example.org", Run: unknown}},
			Backoff: &probe.Backoff{Failures: 3, Until: time.Now().Add(time.Hour)},
		},
		{
			Name: "spoke", Interval: *took(300), Window: *took(120), Last: unknown, LastRun: tripSent,
			SendBackoff: &probe.Backoff{Failures: 4, Until: time.Now().Add(time.Hour)},
		},
	}
}

func readTrips() []roundtrip.Status { return trips() }

func TestExpositionOfRoundTrips(t *testing.T) {
	text := expose(t, RoundTrips(readTrips))
	var kept []string
	for line := range strings.SplitSeq(text, "\n") {
		if !strings.HasPrefix(line, "mx_roundtrip_oldest_seconds{") { // it grows while the test runs
			kept = append(kept, line)
		}
	}
	golden(t, "testdata/roundtrips.prom", strings.Join(kept, "\n"))
}

func TestRoundTripFamiliesAreClean(t *testing.T) {
	problems, err := promlint.New(strings.NewReader(expose(t, RoundTrips(readTrips)))).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	text := expose(t, RoundTrips(readTrips))
	for _, m := range RoundTripReference() {
		if !strings.Contains(text, "\n"+m.Name) {
			t.Errorf("%s is shown by no round trip of the test", m.Name)
		}
		if !strings.HasSuffix(m.Help, ".") || strings.Contains(m.Help, ". ") {
			t.Errorf("%s: %q is not one sentence", m.Name, m.Help)
		}
	}
}

// Promise 1: a fault of ours is neither success nor failure.
func TestRunThatTellsNothingHasNoSuccess(t *testing.T) {
	text := expose(t, RoundTrips(readTrips))
	for _, name := range []string{"spoke", "new"} {
		if strings.Contains(text, `mx_roundtrip_success{roundtrip="`+name+`"}`) {
			t.Errorf("%s has a success", name)
		}
	}
}

// Remote text of a run reaches people and no label.
func TestRemoteTextOfARunLeavesNoTrace(t *testing.T) {
	clean := expose(t, RoundTrips(readTrips))
	rnd := rand.New(rand.NewPCG(1, 2))
	dirty := trips()
	for i := range dirty {
		if dirty[i].Last == nil {
			continue
		}
		for _, field := range []any{dirty[i].Last.Arrival, dirty[i].Last.Bounce, dirty[i].Last} {
			scrambleRun(reflect.ValueOf(field), func() string { return noise(rnd) })
		}
	}
	got := expose(t, RoundTrips(func() []roundtrip.Status { return dirty }))
	oldest := func(s string) string { // it grows
		i := strings.Index(s, "mx_roundtrip_oldest_seconds{")
		return s[:i] + s[i+strings.IndexByte(s[i:], '\n'):]
	}
	if oldest(clean) != oldest(got) {
		t.Errorf("text from outside is in the exposition:\n%s", got)
	}
}

// remoteFields are those that hold words from outside.
var remoteFields = map[string]bool{
	"From": true, "By": true, "With": true, "For": true, "Domain": true, "Detail": true, "Reporter": true, "Remote": true,
	"Said": true, "Name": true, "Reply": true, "Text": true, "ID": true, "Meaning": true, "Advice": true,
}

func scrambleRun(v reflect.Value, text func() string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			scrambleRun(v.Elem(), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			scrambleRun(v.Index(i), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			if f.Kind() == reflect.String && f.CanSet() && remoteFields[v.Type().Field(i).Name] {
				f.SetString(text())
			} else if f.CanSet() {
				scrambleRun(f, text)
			}
		}
	default:
	}
}

func TestNativeBucketsAreEncodedAsPrometheusReadsThem(t *testing.T) {
	ss, deltas := spans(map[int]uint64{-3: 2, -2: 5, 4: 1})
	if len(ss) != 2 || ss[0].GetOffset() != -3 || ss[0].GetLength() != 2 || ss[1].GetOffset() != 5 || ss[1].GetLength() != 1 {
		t.Errorf("spans %v", ss)
	}
	if want := []int64{2, 3, -4}; !reflect.DeepEqual(deltas, want) {
		t.Errorf("deltas %v, want %v", deltas, want)
	}
	// What the library makes of the same observations is the measure.
	lib := prometheus.NewHistogram(prometheus.HistogramOpts{NativeHistogramBucketFactor: 1.1, NativeHistogramZeroThreshold: roundtrip.ZeroThreshold})
	var ours roundtrip.Histogram
	for _, x := range []float64{0, .0005, .002, .5, 1, 1.0001, 2, 3.14, 59.9, 60, 61, 3599, 100_000} {
		lib.Observe(x)
		ours.Observe(x)
	}
	var want, got dto.Metric
	if err := lib.Write(&want); err != nil {
		t.Fatal(err)
	}
	if err := newDelivery("x", ours).Write(&got); err != nil {
		t.Fatal(err)
	}
	a, b := want.GetHistogram(), got.GetHistogram()
	if a.GetSchema() != b.GetSchema() || !reflect.DeepEqual(a.GetPositiveDelta(), b.GetPositiveDelta()) || a.GetZeroCount() != b.GetZeroCount() || a.GetSampleSum() != b.GetSampleSum() {
		t.Errorf("ours %v\nlibrary %v", b, a)
	}
	for i := range a.GetPositiveSpan() {
		if x, y := a.GetPositiveSpan()[i], b.GetPositiveSpan()[i]; x.GetOffset() != y.GetOffset() || x.GetLength() != y.GetLength() {
			t.Errorf("span %d: ours %v, library %v", i, y, x)
		}
	}
}
