package tlsrpt_test

import (
	"fmt"

	"mx_exporter/probe/tlsrpt"
)

func ExampleParse() {
	record, problems := tlsrpt.Parse("v=TLSRPTv1; rua=mailto:tls@example.org,reports@example.org")
	fmt.Println(record.Reports[0].Domain)
	fmt.Println(problems[0])
	// Output:
	// example.org
	// octet 40: "reports@example.org" lacks "mailto:" in front
}
