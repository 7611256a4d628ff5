package tagvalue_test

import (
	"fmt"

	"mx_exporter/probe/tagvalue"
)

func ExampleParse() {
	list, problems := tagvalue.Parse("v=DMARC1; p=reject; pct; rua=mailto:reports@example.org")
	fmt.Println(list.Value("p"))
	fmt.Println(problems[0])
	// Output:
	// reject
	// octet 21: "pct" has no "="
}
