package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	promconfig "github.com/prometheus/common/config"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
)

// hostile is text that wants to be markup, a metric and a terminal command.
const hostile = "<script>alert(1)</script>\"}\n fake_metric 1\n\x1b[2J\u202egnp\xff\x00"

// hostileResult has it everywhere that text from outside can be.
func hostileResult(t probe.Target, m config.Module) *probe.Result {
	r := resultOf(t, m, fact.Compromised)
	r.Why = "the server says " + hostile
	said := &reply.Reply{Code: 554, Lines: []string{hostile}}
	r.Findings = []fact.Finding{{Check: "smtp", Code: "mail-bounces", Severity: fact.Critical, Detail: hostile}}
	r.Hosts = []probe.Host{{Name: hostile, Label: "invalid-01234567", Role: fact.Primary, Expect: config.Accept, State: probe.Down, Addresses: []probe.Address{{
		State: probe.Down, Failure: &fact.Failure{Stage: fact.Banner, Reason: fact.Banner5xx, Detail: hostile},
		Dialogue: &smtp.Dialogue{
			Stages:     []smtp.Stage{{Stage: fact.Banner, Reply: said, Class: reply.AccessDenied}},
			Transcript: []smtp.Line{{From: smtp.Server, Text: hostile}, {From: smtp.Server, Text: strings.Repeat("y", 1<<20)}},
		},
	}}}}
	return r
}

func hostileProber(_ context.Context, t probe.Target, m config.Module) (*probe.Result, error) {
	return hostileResult(t, m), nil
}

// H12, S11
func TestDebugShowsRemoteTextOnlyQuoted(t *testing.T) {
	h := newHandler(t, hostileProber)
	w := ask(h, "GET", "/probe?target=example.org&debug=true")
	want(t, w, 200, "compromised")
	body := w.Body.String()
	if w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("content type %q", w.Header().Get("Content-Type"))
	}
	for _, raw := range []string{"\x1b", "\x00", "\u202e", "\xff", "\n fake_metric"} {
		if strings.Contains(body, raw) {
			t.Errorf("%q stands in the page", raw)
		}
	}
	for _, part := range []string{`S:  "<script>alert(1)</script>\"}\n fake_metric 1\n\x1b[2J\u202egnp\xff\x00"`, "mx_verdict{", "Module\n\nmodules:\n  mx:\n", "timeout: 30s", "mail-bounces"} {
		if !strings.Contains(body, part) {
			t.Errorf("the page lacks %q:\n%s", part, body)
		}
	}
	if len(body) > maxTranscript+64<<10 {
		t.Errorf("the page has %d octets", len(body))
	}
}

// H12
func TestDetailsCanBeTakenAway(t *testing.T) {
	h := newHandler(t, hostileProber, func(o *Options) { o.DisableDetails = true })
	for _, path := range []string{"/probe?target=example.org&debug=true", "/probe?target=example.org&format=json", "/config", "/report/x", "/report?target=example.org"} {
		want(t, ask(h, "GET", path), 404, "--web.disable-details")
	}
	want(t, ask(h, "GET", "/probe?target=example.org"), 200, "probe_success 0")
	if len(h.History().Recent(0)) != 0 {
		t.Error("a history is kept")
	}
	if body := ask(h, "GET", "/").Body.String(); strings.Contains(body, "example.org</a>") || strings.Contains(body, "/report") || strings.Contains(body, "/config") {
		t.Errorf("the landing page shows details: %s", body)
	}
}

// H13
func TestTheLandingPageEscapes(t *testing.T) {
	h := newHandler(t, hostileProber)
	ask(h, "GET", "/probe?target=example.org")
	w := ask(h, "GET", "/")
	want(t, w, 200, "&lt;script&gt;")
	body := w.Body.String()
	if strings.Contains(body, "<script") || strings.Contains(body, "style=") || !strings.Contains(body, ">example.org</a></th>") {
		t.Errorf("the page: %s", body)
	}
	for _, part := range []string{`<option value="mx" selected>`, `<option value="smtp">`, `href="/metrics"`, `href="/style.css?`, `/report/`, `lang="en"`} {
		if !strings.Contains(body, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	want(t, ask(h, "GET", "/style.css"), 200, "table")
}

func TestAPastProbeIsShownById(t *testing.T) {
	h := newHandler(t, hostileProber)
	ask(h, "GET", "/probe?target=example.org")
	e := h.History().Recent(0)[0]
	want(t, ask(h, "GET", "/report/"+e.ID), 200, "<title>compromised: example.org</title>")
	want(t, ask(h, "GET", "/report/nosuch"), 404, "no probe with this id")
}

// S11: whatever a server says, the metrics say it in the same lines.
func TestRemoteTextChangesNoMetric(t *testing.T) {
	h := newHandler(t, hostileProber)
	if body := ask(h, "GET", "/probe?target=example.org").Body.String(); strings.Contains(body, "script") || strings.Contains(body, "\nfake_metric") || strings.Contains(body, "\n fake") {
		t.Errorf("the exposition has remote text in it:\n%s", body)
	}
}

func TestJSONIsTheWholeResult(t *testing.T) {
	h := newHandler(t, hostileProber)
	w := ask(h, "GET", "/probe?target=example.org&format=json")
	var back probe.Result
	if err := json.Unmarshal(w.Body.Bytes(), &back); err != nil || back.Verdict != fact.Compromised || back.Target.Domain != "example.org" {
		t.Errorf("%v: %.600s", err, w.Body)
	}
	if w.Header().Get("Content-Type") != "application/json" || strings.ContainsAny(w.Body.String(), "<\u202e\x1b\ufffd") {
		t.Errorf("%v %.600s", w.Header(), w.Body)
	}
}

func TestAnswersAreCompressedForThoseWhoTakeIt(t *testing.T) {
	h := newHandler(t, well)
	for _, path := range []string{"/probe?target=example.org", "/probe?target=example.org&debug=true", "/report?target=example.org", "/metrics", "/"} {
		plain := ask(h, "GET", path)
		w := ask(h, "GET", path, "Accept-Encoding", "br, gzip;q=0.5")
		if plain.Header().Get("Content-Encoding") != "" || w.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: encodings %q and %q", path, plain.Header().Get("Content-Encoding"), w.Header().Get("Content-Encoding"))
			continue
		}
		z, err := gzip.NewReader(bytes.NewReader(w.Body.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(z); err != nil || len(b) == 0 {
			t.Errorf("%s: %d octets, %v", path, len(b), err)
		}
	}
	for accept, takes := range map[string]bool{"": false, "gzip": true, "gzip;q=0": false, "gzip; q=0.0": false, "gzip;q=0.1": true, "br": false, "identity, gzip": true} {
		if takesGzip(accept) != takes {
			t.Errorf("%q: takes gzip is %v", accept, !takes)
		}
	}
}

// C3
func TestSecretsStandNowhere(t *testing.T) {
	const canary = "canary-7f3a"
	h := newHandler(t, well, withModule(func(m *config.Module) { m.SMTP.TLS = promconfig.TLSConfig{Key: canary} }))
	for _, path := range []string{"/config", "/probe?target=example.org&debug=true", "/report?target=example.org", "/", "/metrics", "/probe?target=example.org&format=json"} {
		if body := ask(h, "GET", path).Body.String(); strings.Contains(body, canary) {
			t.Errorf("%s shows the secret:\n%s", path, body)
		}
	}
	want(t, ask(h, "GET", "/config"), 200, "<secret>")
}

func TestTheFootOfThePageNamesNoEmptyVersion(t *testing.T) {
	w := ask(newHandler(t, well), "GET", "/")
	want(t, w, 200, "<footer><p>mx_exporter ")
	if strings.Contains(w.Body.String(), "version=,") {
		t.Error("the foot of the page shows a version that is none")
	}
}
