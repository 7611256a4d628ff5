package probe

import (
	"net/netip"
	"strings"
	"testing"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
	"mx_exporter/probe/smtp"
)

// offering is a host with addresses and the extensions that it offers.
func offering(name, addresses string, extensions ...string) Host {
	h := Host{Name: name, Label: name, Expect: config.Accept}
	for a := range strings.FieldsSeq(addresses) {
		d := &smtp.Dialogue{TLSOffered: true}
		for _, e := range extensions {
			k, p, _ := strings.Cut(e, " ")
			d.Extensions = append(d.Extensions, smtp.Extension{Keyword: k, Params: p})
		}
		h.Addresses = append(h.Addresses, Address{IP: netip.MustParseAddr(a), Dialogue: d})
	}
	return h
}

func TestDefinition(t *testing.T) {
	hour := uint32(3600)
	for _, tt := range []struct {
		name  string
		ttl   uint32
		hosts []Host
		want  string
	}{
		{"two hosts in two networks, alike", hour, []Host{
			offering("a", "192.0.2.1 2001:db8:1::1", "SIZE 100"), offering("b", "198.51.100.1 2001:db8:2::1", "SIZE 100"),
		}, ""},
		{"equals", hour, []Host{offering("a", "192.0.2.1 2001:db8:1::1"), offering("b", "198.51.100.1")}, "mx-one-preference"},
		{"one host", hour, []Host{offering("a", "192.0.2.1 2001:db8::1")}, "mx-single-host"},
		{"one network", hour, []Host{offering("a", "192.0.2.1 2001:db8::1"), offering("b", "192.0.2.2 2001:db8::2")}, "mx-one-network"},
		{"no IPv6", hour, []Host{offering("a", "192.0.2.1"), offering("b", "198.51.100.1")}, "mx-no-ipv6"},
		{"nobody has an address", hour, []Host{offering("a", ""), offering("b", "")}, ""},
		{"short", 30, []Host{offering("a", "192.0.2.1 2001:db8:1::1"), offering("b", "198.51.100.1")}, "mx-ttl-short"},
		{"long", 8 * 24 * hour, []Host{offering("a", "192.0.2.1 2001:db8:1::1"), offering("b", "198.51.100.1")}, "mx-ttl-long"},
		{"another limit", hour, []Host{
			offering("a", "192.0.2.1 2001:db8:1::1", "SIZE 100"), offering("b", "198.51.100.1", "SIZE 200"),
		}, "mx-hosts-differ SIZE: a 100, b 200"},
		{"another ability", hour, []Host{
			offering("a", "192.0.2.1 2001:db8:1::1", "SMTPUTF8"), offering("b", "198.51.100.1"),
		}, "mx-hosts-differ SMTPUTF8: a yes, b no"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.hosts {
				tt.hosts[i].Role = fact.Backup
				if i == 0 || tt.name == "equals" {
					tt.hosts[i].Role = fact.Primary
				}
			}
			r := &Result{MX: &mx.Set{Named: len(tt.hosts)}, MXTTL: tt.ttl, Hosts: tt.hosts}
			m := config.DefaultModule(config.ProberMX)
			fs := assessDefinition(r, m)
			var got []string
			for _, f := range fs {
				got = append(got, string(f.Code))
				if f.Code == MXHostsDiffer {
					got = append(got, f.Detail)
				}
				if f.Severity != fact.Info {
					t.Errorf("%s is %s", f.Code, f.Severity)
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			m.Checks = []config.Check{}
			if len(assessDefinition(r, m)) != 0 {
				t.Error("findings although the check is off")
			}
		})
	}
}
