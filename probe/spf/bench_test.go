package spf

import (
	"testing"

	"mx_exporter/probe/dnsq/dnsqtest"
)

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Parse("v=spf1 mx a:mail.x.test ip4:192.0.2.0/24 ip6:2001:db8::/32 include:_spf.x.test include:_spf.y.test ~all")
	}
}

func BenchmarkCheck(b *testing.B) {
	z := dnsqtest.New(b, hosts+`x.test. 60 IN TXT "v=spf1 mx a include:deep.test -all"`)
	b.ReportAllocs()
	for b.Loop() {
		Check(b.Context(), z, "x.test", Options{})
	}
}
