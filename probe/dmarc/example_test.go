package dmarc_test

import (
	"fmt"

	"mx_exporter/probe/dmarc"
)

func ExampleParse() {
	record, problems := dmarc.Parse("v=DMARC1; p=reject; subpolicy=none; rua=mailto:dmarc@example.org")
	p, sub, np, ok := record.Applied()
	fmt.Println(p, sub, np, ok)
	fmt.Println(problems[0])
	// Output:
	// reject reject reject true
	// octet 21: "subpolicy" is a tag that nobody knows
}
