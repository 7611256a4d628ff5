package probe

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"testing"
)

var update = flag.Bool("update", false, "write the references anew")

func TestCatalogExplainsEachCodeOnce(t *testing.T) {
	seen := map[string]bool{}
	kebab := regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	for _, d := range Catalog() {
		if !kebab.MatchString(string(d.Code)) {
			t.Errorf("%q is not kebab-case", d.Code)
		}
		if seen[string(d.Code)] {
			t.Errorf("%s stands twice in the catalog", d.Code)
		}
		seen[string(d.Code)] = true
		if d.Meaning == "" || d.Effect == "" || d.Mend == "" || d.Check == "" {
			t.Errorf("%s is not explained: %+v", d.Code, d)
		}
	}
}

func TestFindingsReferenceIsCurrent(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("# Findings\n\nWhat a probe can find, what it does to mail, and how to mend it. " +
		"Each finding is one series of `mx_finding{check,code,severity,host,address}`; severity `warning` or worse makes a verdict at least `impaired`.\n\n" +
		"This page is written from the table in the code: `go test ./probe -run Reference -update`.\n")
	check := ""
	for _, d := range Catalog() {
		if string(d.Check) != check {
			check = string(d.Check)
			fmt.Fprintf(&b, "\n## %s\n", check)
		}
		fmt.Fprintf(&b, "\n### `%s`\n\n%s\n\n- **What happens to mail:** %s\n- **What to do:** %s\n", d.Code, d.Meaning, d.Effect, d.Mend)
	}
	const file = "FINDINGS.md"
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, b.Bytes()) {
		t.Errorf("%s does not say what the catalog says; run the test with -update", file)
	}
}
