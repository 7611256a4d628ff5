package spf_test

import (
	"fmt"

	"mx_exporter/probe/spf"
)

func ExampleParse() {
	record, problems := spf.Parse("v=spf1 mx ip4:192.0.2.0/33 inlcude:_spf.example.org -all")
	for _, p := range problems {
		fmt.Println(p)
	}
	fmt.Println(record)
	// Output:
	// term 2, octet 24: "/33" is no prefix length here; want /0 to /32
	// term 3, octet 28: "inlcude:_spf.example.org" is no mechanism; "include" was probably meant
	// v=spf1 mx -all
}
