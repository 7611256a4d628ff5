package reply

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write README.md anew")

// TestReadmeIsTheTables holds README.md to the tables that decide; run it with
// -update after a change of a table.
func TestReadmeIsTheTables(t *testing.T) {
	want := readme(t)
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("README.md")
	if err != nil || string(got) != want {
		t.Errorf("README.md is not what the tables say (%v); run go test ./probe/reply -run Readme -update", err)
	}
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/README.tmpl.md")
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(
		"{{classes}}", classTable(t),
		"{{advice}}", adviceTable(),
		"{{codes}}", codeTable(),
		"{{providers}}", providerTable(),
		"{{count}}", fmt.Sprint(len(corpus(t))),
	).Replace(string(text))
}

// classTable shows each class with a reply from the corpus.
func classTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| class | meaning | about us | for example |\n|---|---|---|---|\n")
	rows := corpus(t)
	for _, d := range Docs() {
		i := slices.IndexFunc(rows, func(k known) bool { return k.class == d.Class })
		if i < 0 {
			t.Fatalf("no reply of class %s", d.Class)
		}
		ours := ""
		if d.Class.Ours() {
			ours = "yes"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` |\n", d.Class, d.Meaning, ours, strings.ReplaceAll(rows[i].text, "\n", "` `"))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// adviceTable says what to do about each class.
func adviceTable() string {
	var b strings.Builder
	b.WriteString("| class | the sender | the recipient's administrator | again |\n|---|---|---|---|\n")
	for _, d := range Docs() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", d.Class, d.Sender, d.Recipient, d.Retry())
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// codeTable lists the registry in its own order.
func codeTable() string {
	codes := slices.SortedFunc(maps.Keys(registry), func(a, b [2]int) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	var b strings.Builder
	b.WriteString("| code | name | source | class |\n|---|---|---|---|\n")
	for _, at := range codes {
		fmt.Fprintf(&b, "| X.%d.%d | %s |\n", at[0], at[1], row(registry[at]))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// providerTable lists what is in no registry.
func providerTable() string {
	var b strings.Builder
	b.WriteString("| codes | name | source | class |\n|---|---|---|---|\n")
	for _, s := range providers {
		digit, last := "X", ""
		if s.digit != 0 {
			digit = fmt.Sprint(s.digit)
		}
		if s.last > s.first {
			last = fmt.Sprintf(" to %d", s.last)
		}
		fmt.Fprintf(&b, "| %s.%d.%d%s | %s |\n", digit, s.subject, s.first, last, row(s.meaning))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// row is what both tables say of a code.
func row(m meaning) string {
	class := "by the basic code"
	if m.class != "" {
		class = "`" + string(m.class) + "`"
	}
	if m.retried != "" {
		class += ", for 4.y.z `" + string(m.retried) + "`"
	}
	if m.class != "" && !m.firm {
		class += " ¹"
	}
	return m.name + " | " + m.source + " | " + class
}
