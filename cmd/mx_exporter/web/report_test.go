package web

import (
	"context"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// pieces is a writer that keeps what had been sent at each flush.
type pieces struct {
	*httptest.ResponseRecorder
	sent []string
}

func (p *pieces) Flush() {
	p.sent = append(p.sent, p.Body.String())
	p.ResponseRecorder.Flush()
}

func TestALongProbeBeginsItsPageAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, lasting(10*time.Second))
		w := &pieces{ResponseRecorder: httptest.NewRecorder()}
		began := time.Now()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/report?target=example.org", nil))
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("the answer took %v", took)
		}
		if len(w.sent) != 1 || !strings.Contains(w.sent[0], "example.org is being asked") || strings.Contains(w.sent[0], "satisfactory") {
			t.Errorf("sent first: %q", w.sent)
		}
		want(t, w.ResponseRecorder, 200, "satisfactory")
		if body := w.Body.String(); !strings.HasSuffix(body, "</html>\n") || strings.Count(body, "<html") != 1 || strings.Count(body, "<main>") != 1 {
			t.Errorf("the page is not whole: %s", body)
		}
	})
}

func TestAProbeThatIsRefusedLateEndsItsPageWithTheReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, lasting(25*time.Second), func(o *Options) { o.Slots, o.Waiting = 1, 1 })
		go ask(h, "GET", "/probe?target=other.example")
		synctest.Wait()
		w := ask(h, "GET", "/report?target=example.org")
		want(t, w, 200, "no slot came free")
		if !strings.HasSuffix(w.Body.String(), "</html>\n") {
			t.Errorf("the page is not whole: %s", w.Body)
		}
		wantMetric(t, h, `mx_exporter_requests_rejected_total{code="503",reason="queue_timeout"} 1`)
		time.Sleep(time.Minute)
	})
}

func TestAProbeEndsWhenItsReaderLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := time.Time{}
		h := newHandler(t, func(ctx context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
			<-ctx.Done()
			ended = time.Now()
			return resultOf(target, m, fact.Unknown), nil
		})
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		askWith(ctx, h, "GET", "/report?target=example.org")
		synctest.Wait()
		if took := ended.Sub(began); took != 3*time.Second {
			t.Errorf("the probe went on for %v", took)
		}
	})
}

func TestWhatIsRefusedAtOnceHasItsCodeAndTheForm(t *testing.T) {
	h := newHandler(t, func(_ context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
		return nil, &probe.RecipientError{Recipient: target.Recipient, Module: m.Name}
	})
	for _, c := range []struct {
		path string
		code int
		text string
	}{
		{"/report", 400, "target&#34; is missing"},
		{"/report?target=http://example.org/", 400, "is a URL"},
		{"/report?target=example.org&module=nosuch", 400, "is not in the configuration"},
		{"/report?target=example.org&debug=true", 400, "is unknown"},
		{"/report?target=root@example.org&module=smtp", 400, "is not one that recipients.allow of module smtp names"},
		{"/report/nosuch", 404, "no probe with this id is kept"},
	} {
		w := ask(h, "GET", c.path)
		want(t, w, c.code, c.text)
		want(t, w, c.code, `role="alert"`)
		want(t, w, c.code, "<form")
	}
	w := ask(h, "GET", "/report?target=root@example.org&module=smtp")
	want(t, w, 400, `value="root@example.org"`)
	want(t, w, 400, `<option value="smtp" selected>`)
	wantMetric(t, h, `mx_exporter_requests_rejected_total{code="400",reason="target"} 4`)
}

// H7: the page is one more asker, not one more probe.
func TestThePageSharesTheRunOfAScrape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, lasting(5*time.Second))
		go ask(h, "GET", "/probe?target=example.org")
		synctest.Wait()
		want(t, ask(h, "GET", "/report?target=example.org"), 200, "satisfactory")
		wantMetric(t, h, `mx_exporter_probes_total{module="mx",outcome="satisfactory"} 1`)
		wantMetric(t, h, "mx_exporter_probes_shared_total 1")
	})
}

func TestAReportKnowsTheOthersOfItsTarget(t *testing.T) {
	verdicts := []fact.Verdict{fact.Satisfactory, fact.Impaired, fact.Impaired, fact.Impaired}
	h := newHandler(t, func(_ context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
		r := resultOf(target, m, verdicts[0])
		verdicts = verdicts[1:]
		return r, nil
	})
	for range 3 {
		ask(h, "GET", "/probe?target=example.org")
	}
	w := ask(h, "GET", "/report?target=example.org")
	want(t, w, 200, "The last 3 probes found it impaired, since ")
	links := regexp.MustCompile(`href="(/report/[A-Z0-9]+)"`).FindAllStringSubmatch(w.Body.String(), -1)
	if len(links) != 4 {
		t.Fatalf("%d links to reports, want one to itself and three to others", len(links))
	}
	for _, l := range links {
		want(t, ask(h, "GET", l[1]), 200, "<h1")
	}
	oldest := ask(h, "GET", links[3][1])
	want(t, oldest, 200, "<title>satisfactory: example.org</title>")
	if strings.Contains(oldest.Body.String(), "The last ") {
		t.Error("one probe is called the last of several")
	}
}

// H14
func TestALinkFromElsewhereShowsTheLastReportAndProbesNothing(t *testing.T) {
	probes := 0
	h := newHandler(t, func(ctx context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
		probes++
		return well(ctx, target, m)
	})
	ask(h, "GET", "/probe?target=example.org")
	want(t, ask(h, "GET", "/report?target=example.org", "Sec-Fetch-Site", "cross-site"), 200, "<title>satisfactory: example.org</title>")
	want(t, ask(h, "GET", "/report?target=example.net", "Sec-Fetch-Site", "cross-site"), 200, `value="example.net"`)
	if probes != 1 {
		t.Errorf("%d probes ran", probes)
	}
}

func TestAnAgeIsSaidInWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "just now", 59 * time.Second: "59 s ago", 90 * time.Second: "1 min ago", 47 * time.Hour: "47 h ago", 49 * time.Hour: "2 days ago",
	} {
		if got := ago(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

// H13
func TestTheReportEscapes(t *testing.T) {
	h := newHandler(t, hostileProber)
	w := ask(h, "GET", "/report?target=example.org")
	body := w.Body.String()
	for _, raw := range []string{"<script", "\x1b", "\x00", "\u202e", "\xff", "style=", "javascript:"} {
		if strings.Contains(body, raw) {
			t.Errorf("%q stands in the page", raw)
		}
	}
	want(t, w, 200, "&lt;script&gt;")
	if len(body) > 2<<20 {
		t.Errorf("the page has %d octets", len(body))
	}
}

func TestTheFirstPageSaysHowTheExporterIs(t *testing.T) {
	s := &fixedStore{}
	s.now.Store(modules())
	h := newHandler(t, well, withStore(s), func(o *Options) {
		o.State = func() []StateLine { return []StateLine{{"Resolver 192.0.2.1", false, "answers nothing <b>"}} }
	})
	want(t, ask(h, "GET", "/"), 200, "in use since 2023-11-14 22:13:20 UTC")
	want(t, ask(h, "GET", "/"), 200, "answers nothing &lt;b&gt;")
	want(t, ask(h, "GET", "/"), 200, "0 of at most 200 are running")
	if err := h.Reload(); err == nil {
		t.Fatal("the reload succeeded")
	}
	want(t, ask(h, "GET", "/"), 200, "the last reload failed")
}
