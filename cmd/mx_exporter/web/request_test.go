package web

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
)

// H1
func TestTargetIsThereOnce(t *testing.T) {
	h := newHandler(t, well)
	for _, path := range []string{"/probe", "/probe?target=", "/probe?target=a.example&target=b.example", "/probe?target=a.example&target=a.example"} {
		want(t, ask(h, "GET", path), 400, "target")
	}
	wantMetric(t, h, `mx_exporter_requests_rejected_total{code="400",reason="target"} 4`)
}

// H2
func TestTargetIsADomain(t *testing.T) {
	var seen string
	h := newHandler(t, func(ctx context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
		seen = target.Domain
		return well(ctx, target, m)
	})
	for given, domain := range map[string]string{
		"EXAMPLE.org": "example.org", "example.org.": "example.org", "bücher.example": "xn--bcher-kva.example", "xn--bcher-kva.example": "xn--bcher-kva.example",
	} {
		seen = ""
		if w := ask(h, "GET", "/probe?target="+url.QueryEscape(given)); w.Code != 200 || seen != domain {
			t.Errorf("%q: %d, probed %q, want %q", given, w.Code, seen, domain)
		}
	}
	for _, given := range []string{
		"192.0.2.1", "2001:db8::1", "http://example.org/", "example.org:25", "example.org\x00", "a\r\nb.example", "exa mple.org",
		strings.Repeat("a.", 150) + "example", "localhost", "_dmarc.example.org", "%2e", "a%2bb.example", "-a.example",
	} {
		seen = ""
		w := ask(h, "GET", "/probe?target="+url.QueryEscape(given))
		want(t, w, 400, "target")
		if seen != "" || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" || strings.Count(w.Body.String(), "\n") != 1 {
			t.Errorf("%q: probed %q, answered %v %q", given, seen, w.Header(), w.Body)
		}
		if len(w.Body.String()) > 300 || strings.ContainsAny(strings.TrimSpace(w.Body.String()), "\r\n\x00") {
			t.Errorf("%q is echoed as %q", given, w.Body)
		}
	}
}

// H2: a query is decoded once. What a target means must not depend on how many
// times it was unescaped.
func TestQueryIsDecodedOnce(t *testing.T) {
	h := newHandler(t, well)
	want(t, ask(h, "GET", "/probe?target=example%252eorg"), 400, `"example%2eorg"`)
	want(t, ask(h, "GET", "/probe?target=example%zzorg"), 400, "well-formed")
	want(t, ask(h, "GET", "/probe?target=example.org;module=mx"), 400, "well-formed")
}

func TestAMailboxThatIsNotAllowedIsTheAskersMistake(t *testing.T) {
	h := newHandler(t, func(_ context.Context, target probe.Target, _ config.Module) (*probe.Result, error) {
		return nil, &probe.RecipientError{Recipient: target.Recipient, Module: "mx"}
	})
	want(t, ask(h, "GET", "/probe?target=root@example.org"), 400, "recipients.allow")
}

// H3
func TestUnknownModuleIsCountedWithoutItsName(t *testing.T) {
	h := newHandler(t, well)
	want(t, ask(h, "GET", "/probe?target=example.org&module=nosuch%0a"), 400, `module "nosuch\n" is not in the configuration; it has mx, smtp`)
	want(t, ask(h, "GET", "/probe?target=example.org&module="), 400, `module ""`)
	wantMetric(t, h, "mx_exporter_module_unknown_total 2")
	if strings.Contains(ask(h, "GET", "/metrics").Body.String(), "nosuch") {
		t.Error("the name of an unknown module became a label")
	}
}

func TestParametersAreKnownAndThereOnce(t *testing.T) {
	h := newHandler(t, well)
	for query, text := range map[string]string{
		"target=a.example&hostname=x":                  `parameter "hostname" is unknown`,
		"target=a.example&module=mx&module=mx":         `parameter "module" is there 2 times`,
		"target=a.example&debug=1":                     "want true or false",
		"target=a.example&format=xml":                  "want json",
		"target=a.example&debug=true&format=json":      "exclude each other",
		"target=a.example&debug=true&debug=true":       "there 2 times",
		"target=a.example&" + strings.Repeat("x", 300): "unknown",
	} {
		w := ask(h, "GET", "/probe?"+query)
		want(t, w, 400, text)
		if len(w.Body.String()) > 300 {
			t.Errorf("%q is answered with %d octets", query, w.Body.Len())
		}
	}
}

// timeoutSeen is the time that a probe was given for a header.
func timeoutSeen(t *testing.T, header string, offset time.Duration) (got time.Duration, h *Handler) {
	h = newHandler(t, func(ctx context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
		deadline, _ := ctx.Deadline()
		got = time.Until(deadline)
		return well(ctx, target, m)
	}, func(o *Options) { o.TimeoutOffset = offset })
	want(t, ask(h, "GET", "/probe?target=example.org", TimeoutHeader, header), 200, "probe_success")
	return got, h
}

// H4
func TestStrangeTimeoutHeadersAreIgnoredAndCounted(t *testing.T) {
	for _, header := range []string{
		"NaN", "Inf", "+Inf", "-1", "0", "0.0", "1e300", "1e1", "0x1p4", "1_0", "5s", " 5", "+5", "3600.1", ".", "1.2.3", "٥",
		strings.Repeat("9", 10_000), strings.Repeat("0", 40) + "5", "0.0000000001",
	} {
		synctest.Test(t, func(t *testing.T) {
			got, h := timeoutSeen(t, header, DefaultTimeoutOffset)
			if got != 30*time.Second {
				t.Errorf("%.20q: the probe had %v, want the module's 30s", header, got)
			}
			wantMetric(t, h, "mx_exporter_timeout_header_invalid_total 1")
		})
	}
}

// H4, H5
func TestTheProbeEndsBeforePrometheusStopsWaiting(t *testing.T) {
	for _, c := range []struct {
		name, header string
		offset, want time.Duration
	}{
		{"no header: the module's", "", 500 * time.Millisecond, 30 * time.Second},
		{"the header less the offset", "10", 500 * time.Millisecond, 9500 * time.Millisecond},
		{"a longer header: the module's", "60", 500 * time.Millisecond, 30 * time.Second},
		{"the longest header", "3600", 500 * time.Millisecond, 30 * time.Second},
		{"a header below the offset: half of it", "0.3", 500 * time.Millisecond, 150 * time.Millisecond},
		{"a header that the offset would nearly eat: half of it", "0.6", 500 * time.Millisecond, 300 * time.Millisecond},
		{"no offset", "5", 0, 5 * time.Second},
		{"a point without digits before it", ".5", 0, 500 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, h := timeoutSeen(t, c.header, c.offset)
				if got != c.want {
					t.Errorf("the probe had %v, want %v", got, c.want)
				}
				wantMetric(t, h, "mx_exporter_timeout_header_invalid_total 0")
			})
		})
	}
}

func FuzzTimeoutHeader(f *testing.F) {
	for _, s := range []string{"10", "0.3", "NaN", "1e300", "0x1p4", "1_0", "3600", "", ".", "00000000000000000000000000000001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := parseTimeout(s)
		if ok && (d <= 0 || d > time.Hour) || !ok && d != 0 {
			t.Errorf("%q: %v, %v", s, d, ok)
		}
		got, _ := timeoutOf(30*time.Second, s, DefaultTimeoutOffset)
		if got <= 0 || got > 30*time.Second || ok && got > d {
			t.Errorf("%q: the probe had %v, the header says %v", s, got, d)
		}
	})
}
