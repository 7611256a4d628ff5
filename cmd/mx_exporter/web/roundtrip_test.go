package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/roundtrip"
)

func withTrips(o *Options) {
	took := fact.Elapsed(3 * time.Second)
	run := &roundtrip.Run{
		Trip: "office", Sent: time.Now().Add(-time.Minute), Finished: time.Now().Add(-57 * time.Second), Outcome: roundtrip.Arrived,
		Folder: mailbox.Junk, Delivery: &took,
	}
	o.RoundTrips = func() []roundtrip.Status {
		return []roundtrip.Status{
			{Name: "new", Via: config.ViaMX, Problem: "tokens cannot be signed: <b>"},
			{Name: "office", Via: config.ViaMX, Last: run, Recent: []*roundtrip.Run{run}},
		}
	}
}

func TestFirstPageShowsTheRoundTrips(t *testing.T) {
	h := newHandler(t, well, withTrips)
	page := ask(h, http.MethodGet, "/").Body.String()
	for _, want := range []string{`href="/report?roundtrip=office"`, "The message was in the junk folder after 3.00 s.", `<b class="impaired">arrived</b>`, "tokens cannot be signed: &lt;b&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if page := ask(newHandler(t, well), http.MethodGet, "/").Body.String(); strings.Contains(page, "Round trips") {
		t.Error("there are no round trips, and the page has a table of them")
	}
}

func TestPageOfARoundTrip(t *testing.T) {
	h := newHandler(t, well, withTrips)
	for path, want := range map[string]struct {
		code int
		text string
	}{
		"/report?roundtrip=office":            {http.StatusOK, "The message was in the junk folder"},
		"/report?roundtrip=new":               {http.StatusOK, "No message has made the round yet."},
		"/report?roundtrip=<script>":          {http.StatusBadRequest, "is not in the configuration"},
		"/report?roundtrip=office&target=a.b": {http.StatusBadRequest, "is unknown"},
		"/report?roundtrip=a&roundtrip=b":     {http.StatusBadRequest, "want it once"},
	} {
		w := ask(h, http.MethodGet, strings.ReplaceAll(strings.ReplaceAll(path, "<", "%3C"), ">", "%3E"))
		if w.Code != want.code || !strings.Contains(w.Body.String(), want.text) || strings.Contains(w.Body.String(), "<script") {
			t.Errorf("%s: %d, want %d with %q:\n%s", path, w.Code, want.code, want.text, w.Body)
		}
	}
}

func TestDetailsOfRoundTripsCanBeTakenAway(t *testing.T) {
	h := newHandler(t, well, withTrips, func(o *Options) { o.DisableDetails = true })
	if w := ask(h, http.MethodGet, "/report?roundtrip=office"); w.Code != http.StatusNotFound {
		t.Errorf("code %d", w.Code)
	}
	if strings.Contains(ask(h, http.MethodGet, "/").Body.String(), "office") {
		t.Error("the first page names the round trip")
	}
}
