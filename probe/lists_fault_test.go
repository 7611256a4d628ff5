package probe_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"mx_exporter/config"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsbl"
)

// A list whose zone_file goes away is told as unknown, and does not vanish from
// the metrics.
func TestListWithoutItsZoneIsUnknown(t *testing.T) {
	w := newWorld(t, labtest.StartWith(t, oneHost))
	file := filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(file, []byte("key.bl.test"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.module.DNSBL.Lists = []string{"keyed"}
	w.module.Lists = map[string]config.BlockList{"keyed": {ZoneFile: config.SecretFile(file), IP4: true, SelfTest: config.SelfTestSkip}}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	r := w.probe(t, "one.test")
	if len(r.DNSBL.Answers) != 1 || r.DNSBL.Answers[0].Verdict != dnsbl.Unknown || r.DNSBL.Answers[0].Reason != dnsbl.Local {
		t.Errorf("%+v", r.DNSBL.Answers)
	}
	if codes(r) != "dnsbl-unknown" {
		t.Errorf("findings %s", codes(r))
	}
}

// Issue 4: the lists' own resolver is watched like the others, and where it lies
// nothing is said to be not listed.
func TestLyingResolverOfListsIsNotBelieved(t *testing.T) {
	lab := labtest.StartWith(t, oneHost)
	w := newWorld(t, lab)
	w.module.DNSBL = config.DNSBL{Lists: []string{"l"}, Senders: []string{"198.51.100.7"}, Servers: []string{lab.DNSAddr()}}
	w.module.DNS.Timeout *= 2 // another resolver than that of the lists
	w.module.Lists = map[string]config.BlockList{"l": {Zone: "l.bl.test", IP4: true, SelfTest: config.SelfTestSkip}}
	if err := lab.DNS.Add("com.", "* A "+netip.MustParseAddr("192.0.2.99").String()); err != nil {
		t.Fatal(err)
	}
	c := &config.Config{Modules: map[string]config.Module{"mx": w.module}}
	watch := w.env.SelfCheck(func() *config.Config { return c })
	watch.Look(t.Context())
	r := w.probe(t, "one.test")
	for _, a := range r.DNSBL.Answers {
		if a.Verdict != dnsbl.Unknown || a.Reason != dnsbl.Hijack {
			t.Errorf("%s of %v: %s %s", a.List, a.Subject, a.Verdict, a.Reason)
		}
	}
	if len(r.DNSBL.Answers) == 0 || probe.ResolverName(w.module.DNSBLResolver()) == "" {
		t.Error("no list was asked")
	}
}
