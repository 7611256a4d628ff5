package main

import (
	"maps"
	"slices"
)

// Colours by what they tell, not by taste: green is well, red is now.
const (
	well   = "green"
	notice = "yellow"
	bad    = "red"
	untold = "purple"
)

func number(f float64) *float64 { return &f }

// from is the colours of a value: the first for what lies below all limits.
func from(first string, more ...step) *thresholds {
	return &thresholds{"absolute", append([]step{{first, nil}}, more...)}
}

func at(limit float64, color string) step { return step{color, &limit} }

// verdictNumber is the verdict of each domain as a number that sorts: worst is
// highest.
const verdictNumber = `max by (instance) (mx_verdict{verdict="impaired"} or 2 * mx_verdict{verdict="unknown"} or 3 * mx_verdict{verdict="compromised"})`

func verdicts() []mapping {
	return []mapping{{"value", map[string]shown{
		"0": {"satisfactory", well, 0}, "1": {"impaired", notice, 1}, "2": {"unknown", untold, 2}, "3": {"compromised", bad, 3},
	}}}
}

// either is a mapping for what is 0 or 1.
func either(zero, zeroColor, one, oneColor string) []mapping {
	return []mapping{{"value", map[string]shown{"0": {zero, zeroColor, 0}, "1": {one, oneColor, 1}}}}
}

func upOrDown() []mapping { return either("down", bad, "up", well) }

// colored makes a column's cells speak by their background.
func colored(m []mapping) []property {
	return []property{
		{"mappings", m},
		{"custom.cellOptions", map[string]any{"type": "color-background", "mode": "basic"}},
		{"color", map[string]any{"mode": "thresholds"}},
	}
}

func unit(u string) property { return property{"unit", u} }

// drill leads from a domain's name to its dashboard and to the exporter's page.
func drill() property {
	return property{"links", []link{
		{Title: "Dashboard of ${__value.text}", URL: "/d/mx-domain?var-instance=${__value.text}&${datasource:queryparam}&${exporter_url:queryparam}&${__url_time_range}"},
		{Title: "Report of the exporter", URL: "${exporter_url}/report?target=${__value.text}", TargetBlank: true},
	}}
}

// as gives series of these names fixed colours, so that a verdict has the same
// one in every panel.
func (p *panel) as(colors map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(colors)) {
		p.column(name, property{"color", map[string]any{"mode": "fixed", "fixedColor": colors[name]}})
	}
}

func verdictColors() map[string]string {
	return map[string]string{"satisfactory": well, "impaired": notice, "unknown": untold, "compromised": bad}
}

func severityColors() map[string]string {
	return map[string]string{"info": "blue", "warning": notice, "critical": bad}
}

// severityNumber is the domain's findings by how bad they are, as a number that sorts.
func severityNumber() string {
	return `mx_finding{severity="info", ` + here + `} or 2 * mx_finding{severity="warning", ` + here + `} or 3 * mx_finding{severity="critical", ` + here + `}`
}

func severities() []mapping {
	return []mapping{{"value", map[string]shown{"1": {"info", "blue", 0}, "2": {"warning", notice, 1}, "3": {"critical", bad, 2}}}}
}

// statusNumber is the state of a check of the domain as a number.
func statusNumber(metric string) string {
	return `max by (instance) (` + metric + `{status="pass", ` + here + `} or 2 * ` + metric + `{status="error", ` + here + `} or 3 * ` + metric + `{status="fail", ` + here + `})`
}

func statuses() []mapping {
	return []mapping{{"value", map[string]shown{
		"0": {"none", "text", 0}, "1": {"pass", well, 1}, "2": {"error: could not be told", untold, 2}, "3": {"fail", bad, 3},
	}}}
}
