package dane_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"mx_exporter/probe/cert/certtest"
	"mx_exporter/probe/dane"
	"mx_exporter/probe/dnsq/dnsqtest"
)

func Example() {
	var t testing.T // a real test has its own
	zones := dnsqtest.New(&t, `
_25._tcp.mx1.example.test. 60 IN TLSA 3 1 1 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
`)
	zones.Authentic = true
	records := dane.Lookup(context.Background(), zones, "mx1.example.test", dane.Options{Authentic: true, MXAuthentic: true})
	fmt.Println(records.State, records.TLSA[0].Usage)

	renewed := certtest.SelfSigned(&t, []string{"mx1.example.test"})
	seen := dane.Seen{Address: "192.0.2.1", Offered: true, Established: true, Chain: chainOf(&t, renewed)}
	result := records.Judge([]dane.Seen{seen}, records.Names("example.test"), time.Now())
	fmt.Println(result.Status, result.Addresses[0].Ground)
	for _, f := range result.Findings() {
		fmt.Println(f.Severity, f.Code, f.Host, f.Address)
	}
	// Output:
	// usable 3
	// fail mismatch
	// critical dane-mismatch mx1.example.test 192.0.2.1
}
