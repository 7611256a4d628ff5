package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"mx_exporter/cmd/mx_sd/discovery"
	"mx_exporter/cmd/mx_sd/web"
	"mx_exporter/probe/crawl"
	"mx_exporter/probe/mailaddr"
)

// word is a constant of a closed list with the comment beside it.
type word struct{ value, comment string }

// words reads the string constants of a type, or those whose name begins with
// prefix where typ is empty, from a source file, in its order.
func words(t *testing.T, file, typ, prefix string) (all []word) {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		s, ok := n.(*ast.ValueSpec)
		if !ok || len(s.Values) != 1 {
			return true
		}
		kind, _ := s.Type.(*ast.Ident)
		if typ != "" && (kind == nil || kind.Name != typ) || !strings.HasPrefix(s.Names[0].Name, prefix) {
			return true
		}
		value := s.Values[0]
		if sum, ok := value.(*ast.BinaryExpr); ok {
			value = sum.Y // meta + "name"
		}
		if l, ok := value.(*ast.BasicLit); ok && l.Kind == token.STRING {
			text, _ := strconv.Unquote(l.Value)
			all = append(all, word{text, strings.TrimSpace(s.Comment.Text())})
		}
		return true
	})
	return all
}

// table writes words as rows; a word without a meaning fails the test.
func table(t *testing.T, head string, all []word) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | meaning |\n|---|---|\n", head)
	for _, w := range all {
		if w.comment == "" {
			t.Errorf("%q has no comment to say what it means", w.value)
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", w.value, strings.ReplaceAll(w.comment, "|", `\|`))
	}
	return b.String()
}

// listed compares what was read from the source with what the program lists.
func listed[T ~string](t *testing.T, all []T, read []word) {
	t.Helper()
	var got []string
	for _, w := range read {
		got = append(got, w.value)
	}
	var want []string
	for _, w := range all {
		want = append(want, string(w))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the source has %q, the list %q", got, want)
	}
}

// between writes a table into a page, between its marks.
func between(t *testing.T, page, name, table string) string {
	t.Helper()
	begin, end := "<!-- "+name+": begin (make golden) -->\n", "<!-- "+name+": end -->\n"
	before, rest, ok := strings.Cut(page, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("README.md has no place for %s", name)
	}
	return before + begin + "\n" + table + "\n" + end + after
}

// Every label of a target, every reason of an address and of a page, and every
// limit stands in README.md, with the meaning that the source gives it.
func TestTheReferenceHasEveryWord(t *testing.T) {
	labels := words(t, "discovery/document.go", "", "label")
	for i := range labels {
		labels[i].value = "__meta_mx_" + labels[i].value
	}
	config := shipped(t, "config/sd/README.md")
	for _, l := range labels {
		if name := strings.TrimPrefix(l.value, "__meta_mx_"); !strings.Contains(config, "`"+name+"`") && !strings.Contains(config, "`"+name+"=") {
			t.Errorf("the reference of the configuration does not say which targets have %s", l.value)
		}
	}
	addresses := words(t, "../../probe/mailaddr/reason.go", "Reason", "")
	pages := words(t, "../../probe/crawl/result.go", "Reason", "")
	limits := words(t, "../../probe/crawl/limits.go", "Limit", "")
	listed(t, mailaddr.Reasons(), addresses)
	listed(t, crawl.Reasons(), pages)
	listed(t, crawl.AllLimits(), limits)
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := string(b)
	for name, rows := range map[string]string{
		"labels": table(t, "label", labels), "addresses": table(t, "reason", addresses),
		"pages": table(t, "reason", pages), "limits": table(t, "limit", limits),
	} {
		want = between(t, want, name, rows)
	}
	golden(t, "README.md", want)
}

// golden holds a page to what it ought to be, or writes it.
func golden(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("%s is not what the program says (%v): make golden", file, err)
	}
}

const metricsHead = `# The metrics of mx_sd serve

What ` + "`/metrics`" + ` shows beside the metrics of the Go runtime and of the process (` + "`go_*`, `process_*`" + `). No address and no domain that was found is a
label: they are counted. This page is written from the program by ` + "`make golden`" + `; a test compares the two. Absent is not zero: what is not known
yet has no series.

| name | type | labels | meaning |
|---|---|---|---|
`

// Every metric stands in METRICS.md, and nothing else does.
func TestTheMetricsStandInTheirReference(t *testing.T) {
	kinds, described := metricKinds(t), map[string]string{}
	ch := make(chan *prometheus.Desc)
	go func() {
		web.Metrics(discovery.New(nil, nil)).Describe(ch)
		close(ch)
	}()
	desc := regexp.MustCompile(`fqName: "(\w+)", help: "(.*?)"(?:, unit: "[^"]*")?, constLabels: \{\}, variableLabels: \{(.*?)\}\}`)
	for d := range ch {
		m := desc.FindStringSubmatch(d.String())
		if m == nil {
			t.Fatalf("cannot read %s", d)
		}
		kind := "gauge"
		if strings.HasSuffix(m[1], "_total") {
			kind = "counter"
		}
		described[m[1]] = fmt.Sprintf("| `%s` | %s | `%s` | %s |\n", m[1], kind, strings.ReplaceAll(m[3], ",", "`, `"), m[2])
	}
	for name, row := range kinds {
		kind := strings.Split(row, " | ")[1]
		if described[name] == "" {
			described[name] = row
		} else if !strings.Contains(described[name], "| "+kind+" |") {
			t.Errorf("%s is a %s: %s", name, kind, described[name])
		}
	}
	var b strings.Builder
	b.WriteString(metricsHead)
	for _, name := range slices.Sorted(maps.Keys(described)) {
		b.WriteString(described[name])
	}
	if len(described) < 20 {
		t.Fatalf("only %d metrics were found", len(described))
	}
	golden(t, "METRICS.md", b.String())
}

// metricKinds is a row for each metric that a running mx_sd shows.
func metricKinds(t *testing.T) map[string]string {
	t.Helper()
	file := t.TempDir() + "/mx_sd.yml"
	if err := os.WriteFile(file, []byte("domains: {x: {list: [example.org]}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, askFor := serving(t, labWorld(t, nil, expandZone), file)
	_, text := askFor("/metrics")
	rows := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^# HELP (mx_\w+) (.*)\n# TYPE \w+ (\w+)$`).FindAllStringSubmatch(text, -1) {
		labels := ""
		if series := regexp.MustCompile(`(?m)^` + m[1] + `\{(.*)\}`).FindStringSubmatch(text); series != nil {
			labels = "`" + strings.Join(regexp.MustCompile(`\w+="`).FindAllString(series[1], -1), "`, `") + "`"
		}
		rows[m[1]] = fmt.Sprintf("| `%s` | %s | %s | %s |\n", m[1], m[3], strings.ReplaceAll(labels, `="`, ""), m[2])
	}
	return rows
}
