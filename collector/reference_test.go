package collector

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"testing"
	"text/template"

	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
	"mx_exporter/probe/reply"
)

//go:embed testdata/README.md.tmpl
var referenceText string

// TestReferenceIsTheTable keeps README.md what the table says.
func TestReferenceIsTheTable(t *testing.T) {
	tmpl, err := template.New("README.md").Funcs(template.FuncMap{
		"labels": func(m Metric) string { return code(m.Labels) },
		"query":  func(m Metric) string { return code([]string{strings.ReplaceAll(m.Query, "|", "\\|")}) },
	}).Parse(referenceText)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	err = tmpl.Execute(&text, map[string]any{
		"Metrics":     Reference(),
		"Verdicts":    words(fact.Verdicts()),
		"Severities":  words(fact.Severities()),
		"Stages":      words(fact.Stages()),
		"Reasons":     words(fact.Reasons()),
		"Classes":     words(reply.Classes()),
		"Roles":       words([]fact.Role{fact.Primary, fact.Backup}),
		"ListReasons": words(dnsbl.Reasons()), "ListFaults": words(dnsbl.Faults()),
		"Limits": words([]mx.Limit{
			mx.LimitRecords, mx.LimitHosts, mx.LimitAddressesPerHost, mx.LimitAddresses, "samples", "senders",
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "README.md", text.String())
}

func words[W ~string](list []W) string {
	s := make([]string, len(list))
	for i, w := range list {
		s[i] = string(w)
	}
	return code(s)
}

func code(list []string) string {
	if len(list) == 0 || list[0] == "" {
		return ""
	}
	return "`" + strings.Join(list, "`, `") + "`"
}

// Each help text is one sentence, and each query at least names its family.
func TestReferenceReadsWell(t *testing.T) {
	for _, m := range Reference() {
		if !strings.HasSuffix(m.Help, ".") || strings.Contains(m.Help, ". ") {
			t.Errorf("%s: %q is not one sentence", m.Name, m.Help)
		}
		if m.Query != "" && !strings.Contains(m.Query, m.Name) {
			t.Errorf("%s: the query %s is about another family", m.Name, m.Query)
		}
		if m.Type != "gauge" {
			t.Errorf("%s is a %s", m.Name, m.Type)
		}
	}
}

// Every scrape carries HELP, so what explains further stands behind a semicolon.
func TestHelpIsShort(t *testing.T) {
	const most = 100
	for i := range table {
		if f := &table[i]; len(f.short) > most || !strings.HasPrefix(f.help, strings.TrimSuffix(f.short, ".")) {
			t.Errorf("%s: HELP has %d octets, want at most %d before the first semicolon: %q", f.name, len(f.short), most, f.short)
		}
	}
}

func ExampleReference() {
	m := Reference()[0]
	fmt.Println(m.Name, m.Type, m.Query)
	// Output: probe_success gauge probe_success == 0
}
