package main

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
