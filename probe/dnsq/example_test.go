package dnsq_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
)

func ExampleLookup() {
	var t testing.T // a real test has its own
	zones := dnsqtest.New(&t, `
example.test.      60 IN MX    10 mx1.example.test.
mx1.example.test.  60 IN CNAME host.example.test.
host.example.test. 60 IN A    192.0.2.1
`)
	cache := dnsq.NewCache(zones, 1000)
	ctx := context.Background()

	mx, err := dnsq.Lookup[*dns.MX](ctx, cache, "example.test")
	fmt.Println(mx.Records[0].Mx, mx.TTL, err)

	a, err := dnsq.Lookup[*dns.A](ctx, cache, mx.Records[0].Mx)
	fmt.Println(a.Records[0].A, a.CNAMEs, err)

	_, err = dnsq.Lookup[*dns.AAAA](ctx, cache, mx.Records[0].Mx)
	fmt.Println(dnsq.NotFound(err), dnsq.ReasonOf(err))
	// Output:
	// mx1.example.test. 1m0s <nil>
	// 192.0.2.1 [host.example.test.] <nil>
	// true dns_nodata
}
