package mx

import (
	"net/netip"
	"testing"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

func TestChosenHostsAreResolvedAndKeepTheirOrder(t *testing.T) {
	z := dnsqtest.New(t, unindent(`
		b.example.test. IN A 192.0.2.2
		a.example.test. IN A 192.0.2.1`))
	hosts := []Host{
		{Name: "b.example.test", Preference: 1, Role: fact.Primary},
		{Name: "gone.example.test", Preference: 2, Role: fact.Backup},
		{Name: "192.0.2.9", Preference: 3, Role: fact.Backup, Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.9")}},
	}
	s, err := Chosen(t.Context(), z, "example.test", hosts, Options{})
	if err != nil {
		t.Fatal(err)
	}
	const want = "1 primary b.example.test [192.0.2.2]\n2 backup gone.example.test [] dns_nxdomain\n3 backup 192.0.2.9 [192.0.2.9]\n"
	if got := lines(s); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if z.Count("192.0.2.9. A") != 0 {
		t.Error("an address was looked up as if it were a name")
	}
}

func TestChosenHostsWithoutAnyAddressAreAnError(t *testing.T) {
	z := dnsqtest.New(t, `example.test. IN A 192.0.2.1`)
	s, err := Chosen(t.Context(), z, "example.test", []Host{{Name: "gone.example.test"}}, Options{})
	if dnsq.ReasonOf(err) != fact.DNSNXDomain || len(s.Hosts) != 1 || s.Hosts[0].Failure == nil {
		t.Errorf("%+v, %v", s, err)
	}
}
