package dnsq_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
)

func TestRecorderKeepsTheSlowestOfEachType(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := dnsqtest.New(t, zone)
		z.Delay["mx1.example.test. A"] = time.Second
		z.Delay["one.example.test. A"] = 3 * time.Second
		z.Drop["example.test. MX"] = true // a failure takes its time as well
		r := dnsq.NewRecorder(dnsq.NewCache(z, 10))
		lookup[*dns.A](t, r, "one.example.test.")
		lookup[*dns.A](t, r, "mx1.example.test.")
		a, err := dnsq.Lookup[*dns.MX](t.Context(), r, "example.test.")
		if err == nil || a.Cached {
			t.Errorf("%+v", a)
		}
		if a, err := dnsq.Lookup[*dns.A](t.Context(), r, "mx1.example.test."); err != nil || !a.Cached {
			t.Errorf("the recorder hides that the cache knew: %+v, %v", a, err)
		}
		want := []dnsq.Timing{{Type: "A", Took: 3 * time.Second}, {Type: "MX", Took: 4 * time.Second}}
		if diff := cmp.Diff(want, r.Slowest()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRecorderWithoutQuestionsHasNoTimings(t *testing.T) {
	t.Parallel()
	r := dnsq.NewRecorder(dnsqtest.New(t, zone))
	if ts := r.Slowest(); len(ts) != 0 {
		t.Errorf("%v", ts)
	}
}
