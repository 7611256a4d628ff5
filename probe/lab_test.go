package probe_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/examples/maillab"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
)

// world is a lab with an exporter's view of it.
type world struct {
	lab     *maillab.Lab
	env     *probe.Env
	modules map[string]config.Module // by name, as the lab's configuration has them
	module  config.Module            // that probes, without checks
}

func newWorld(t *testing.T, lab *maillab.Lab) *world {
	t.Helper()
	file, err := lab.WriteConfig(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c, err := probe.Loader().Load(file)
	if err != nil {
		t.Fatal(err)
	}
	env := &probe.Env{Dial: lab.Net.DialContext, Hostname: "monitor.lab.test", OnPanic: func(p any, stack []byte) {
		t.Errorf("panic: %v\n%s", p, stack)
	}}
	t.Cleanup(env.Close)
	m := c.Modules["mx"]
	m.Checks = []config.Check{}
	return &world{lab, env, c.Modules, m}
}

func (w *world) probe(t *testing.T, domain string) *probe.Result {
	t.Helper()
	if w.module.Server != "" {
		domain = ""
	}
	target, err := probe.TargetFor(domain, w.module)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := probe.Run(ctx, w.env, target, w.module)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func codes(r *probe.Result) string {
	var cs []string
	for _, f := range r.Findings {
		cs = append(cs, string(f.Code))
	}
	slices.Sort(cs)
	return strings.Join(slices.Compact(cs), " ")
}

func TestEveryScenarioOfTheLab(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	for _, s := range w.lab.Scenarios {
		t.Run(s.Domain, func(t *testing.T) {
			t.Parallel()
			w := *w
			w.module = w.modules[s.Module()]
			w.module.Checks = []config.Check{}
			for _, c := range s.Checks {
				w.module.Checks = append(w.module.Checks, config.Check(c))
			}
			r := w.probe(t, s.Domain)
			if string(r.Verdict) != string(s.Verdict) {
				t.Errorf("%s: verdict %s, want %s: %s", s.Title, r.Verdict, s.Verdict, r.Why)
			}
			want := slices.Sorted(slices.Values(s.Findings))
			if got := codes(r); got != strings.Join(want, " ") {
				t.Errorf("%s: findings %s, want %s", s.Title, got, strings.Join(want, " "))
			}
		})
	}
}
