package dkim_test

import (
	"fmt"

	"mx_exporter/probe/dkim"
)

func ExampleParse() {
	// The key of RFC 8463 appendix A.2.
	key, problems := dkim.Parse("v=DKIM1; k=ed25519; t=y; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
	fmt.Println(key.Type, key.Bits, key.Testing, len(problems))
	// Output:
	// ed25519 256 true 0
}
