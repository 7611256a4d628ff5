package web

import (
	"context"
	"strings"
	"testing"

	"mx_exporter/config"
	"mx_exporter/probe"
)

// bound makes the module mx one that is bound to a server.
func bound(m *config.Module) {
	m.Prober, m.Server = config.ProberIMAP, "IMAP.example.org:10993"
}

// C4: a request chooses the module, and by that where its login goes.
func TestAModuleBoundToAServerTakesNoOtherTarget(t *testing.T) {
	var seen []string
	h := newHandler(t, func(ctx context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
		seen = append(seen, target.Domain)
		return well(ctx, target, m)
	}, withModule(bound))
	for _, path := range []string{"/probe?module=mx", "/probe", "/probe?target=", "/probe?target=imap.example.org", "/report?module=mx"} {
		want(t, ask(h, "GET", path), 200, "")
	}
	for _, other := range []string{"elsewhere.example", "192.0.2.1", "probe@imap.example.org", "imap.example.org:993", "sub.imap.example.org"} {
		for _, path := range []string{"/probe?module=mx&target=", "/report?module=mx&target="} {
			w := ask(h, "GET", path+other)
			want(t, w, 400, "imap.example.org alone")
		}
	}
	if len(seen) != 5 || strings.Join(seen, " ") != strings.Repeat("imap.example.org ", 4)+"imap.example.org" {
		t.Errorf("probed %q", seen)
	}
}

func TestTheFormNeedsNoTargetForABoundModule(t *testing.T) {
	free := ask(newHandler(t, well), "GET", "/").Body.String()
	if !strings.Contains(free, `value="" required`) {
		t.Error("the form lets a target out that is needed")
	}
	h := newHandler(t, well, withModule(bound))
	for _, want := range []string{"mx (imap, imap.example.org alone)", "needs nothing typed in"} {
		if page := ask(h, "GET", "/").Body.String(); !strings.Contains(page, want) || strings.Contains(page, `value="" required`) {
			t.Errorf("the form does not say %q, or asks for a target", want)
		}
	}
}
