package web

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/cmd/mx_sd/discovery"
)

func TestTheFirstPageLeadsToEverything(t *testing.T) {
	serving(t, Options{}, func(t *testing.T, h *Handler) {
		time.Sleep(30 * time.Minute)
		synctest.Wait()
		w := ask(h, http.MethodGet, "/")
		page := w.Body.String()
		for _, want := range []string{
			`<a href="sd/sites/a">/sd/sites/a</a></td><td>1 domain, 3 addresses, 1 of them broken</td><td>from 30m0s ago<`,
			`<a href="sd/sites/slow">/sd/sites/slow</a></td><td></td><td class="bad">no result yet; the first try is under way<`,
			`<td class="bad">no result yet; the last try failed: broken<`,
			`<td>1 domain on 0 servers</td>`, `<a href="sd/servers/s">`,
		} {
			if !strings.Contains(page, want) {
				t.Errorf("no %s in\n%s", want, page)
			}
		}
		links := regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(page, -1)
		if len(links) < 9 {
			t.Errorf("%d links", len(links))
		}
		for _, l := range links {
			if code := ask(h, http.MethodGet, "/"+l[1]).Code; code != http.StatusOK && code != http.StatusServiceUnavailable {
				t.Errorf("%s leads to %d", l[1], code)
			}
		}
		if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "style-src 'self'") || strings.Contains(page, "<style") || strings.Contains(page, "<script") {
			t.Errorf("policy %q", policy)
		}
	})
}

// What a website says in its refusal reaches the page cut, as whole characters;
// the template escapes it.
func TestProblemsAreCut(t *testing.T) {
	ok, text := how(discovery.State{Err: errors.New("\xff" + strings.Repeat("ü", 1000)), Last: time.Now()})
	if _, shown, _ := strings.Cut(text, "failed: "); ok || len(shown) > maxProblem+len("…") || !strings.HasPrefix(shown, "?ü") || !strings.HasSuffix(shown, "ü…") {
		t.Errorf("%v %q", ok, text)
	}
}
