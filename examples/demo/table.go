package main

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"slices"
	"text/tabwriter"

	"mx_exporter/examples/maillab"
)

// usualModule is the module that a probe has which names none.
const usualModule = "mx"

// order is that in which the verdicts are shown.
var order = []maillab.Verdict{maillab.Satisfactory, maillab.Impaired, maillab.Compromised, maillab.Unknown}

// table prints what there is to ask, by verdict.
func table(out io.Writer, base string, scenarios []maillab.Scenario) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "A mail internet of %d domains runs inside this process, and an exporter that probes them:\n\n", domains(scenarios))
	fmt.Fprintf(&b, "  %s/                           a page with a form\n", base)
	fmt.Fprintf(&b, "  curl -s '%s' | grep mx_verdict\n", probeURL(base, "good.test"))
	fmt.Fprintf(&b, "  curl -s '%s&debug=true'       what was said, and what follows from it\n", probeURL(base, "backup-hangs.test"))
	for _, v := range order {
		fmt.Fprintf(&b, "\n%s\n\n", v)
		w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		for _, s := range scenarios {
			if s.Verdict == v {
				rows(w, base, s)
			}
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	fmt.Fprintf(&b, "\nround trips\n\n  %s/metrics has all of them; a message of each leaves every %v\n\n", base, usualPace)
	for _, s := range scenarios {
		for _, t := range s.Trips {
			fmt.Fprintf(&b, "  %-10s %s/report?roundtrip=%s\n", t.Name, base, url.QueryEscape(t.Name))
		}
	}
	b.WriteString("\nEnd it with Ctrl-C.\n")
	_, err := out.Write(b.Bytes())
	return err
}

func rows(w io.Writer, base string, s maillab.Scenario) {
	for _, target := range targets(s) {
		address := probeURL(base, target)
		switch m := s.Module(); {
		case s.Bound(): // the module knows its server, and takes no other
			address = base + "/probe?module=" + url.QueryEscape(m)
		case m != usualModule:
			address += "&module=" + url.QueryEscape(m)
		}
		fmt.Fprintf(w, "  %s\t%s\tcurl '%s'\n", target, s.Title, address)
	}
}

// targets are the scenario's domains as people write them.
func targets(s maillab.Scenario) []string {
	return slices.Concat([]string{s.Target}, s.Domains()[1:])
}

func domains(scenarios []maillab.Scenario) int {
	n := 0
	for _, s := range scenarios {
		n += len(s.Domains())
	}
	return n
}

func probeURL(base, target string) string {
	return base + "/probe?target=" + url.QueryEscape(target)
}
