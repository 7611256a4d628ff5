package dnsq_test

import (
	"testing"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
)

func TestWhoAsksPastTheCacheIsCountedAndNotRemembered(t *testing.T) {
	t.Parallel()
	for how, lookup := range map[string]func(dnsq.Exchanger) error{
		"alone": func(x dnsq.Exchanger) error {
			_, err := dnsq.Lookup[*dns.A](t.Context(), x, "mx1.example.test.")
			return err
		},
		"in a batch": func(x dnsq.Exchanger) error { _, err := one(t.Context(), x, "mx1.example.test."); return err },
	} {
		c := dnsq.NewCache(client(t, dnsq.Options{Servers: []string{dnsqtest.New(t, zone).Serve(t).Addr}}), 100)
		for range 2 {
			if err := lookup(c.Past()); err != nil {
				t.Fatal(how, err)
			}
		}
		s := c.Stats()
		if s.Entries != 0 || s.Hits != 0 || s.Asked[dnsq.Asked{Type: "A", Outcome: dnsq.Answered}] != 2 {
			t.Errorf("%s: got %+v, want two questions asked and nothing remembered", how, s)
		}
	}
}
