package collector

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// crowd is a domain with n hosts of one address each, and the findings of
// everything.
func crowd(n int, name string) *probe.Result {
	r := everything()
	r.Hosts = nil
	ip := netip.MustParseAddr("198.18.0.0")
	for i := range n {
		ip = ip.Next()
		r.Hosts = append(r.Hosts, mxHost(fmt.Sprintf("mx%d.%s", i, name), 10, fact.Primary, accepts(ip.String())))
	}
	return r
}

// H11: at most 10,000 samples and 1 MiB; what belongs to single addresses goes
// first.
func TestSamplesAreCapped(t *testing.T) {
	long := strings.Repeat(strings.Repeat("a", 60)+".", 3) + "example.org"
	findings := crowd(1, "example.org")
	for i := range 12_000 {
		findings.Findings = append(findings.Findings, fact.Finding{Check: "mx", Code: fact.Code(fmt.Sprint("code-", i)), Severity: fact.Info})
	}
	for name, tt := range map[string]struct {
		r       *probe.Result
		trimmed bool
	}{
		"as many as fit":       {crowd(200, "example.org"), false},
		"too many addresses":   {crowd(400, "example.org"), true},
		"too many octets":      {crowd(200, long), true},
		"too many of the rest": {findings, true},
	} {
		t.Run(name, func(t *testing.T) {
			text := expose(t, New(tt.r))
			if n := len(gather(tt.r).samples); n > maxSamples {
				t.Errorf("%d samples", n)
			}
			if len(text) > maxBytes+len(table)*300 {
				t.Errorf("%d octets", len(text))
			}
			if got := strings.Contains(text, `mx_limit_exceeded{limit="samples"} 1`); got != tt.trimmed {
				t.Errorf("limit said: %v, want %v", got, tt.trimmed)
			}
			if got := strings.Contains(text, `address="1`); got == tt.trimmed {
				t.Errorf("single addresses: %v, want %v", got, !tt.trimmed)
			}
			for _, line := range []string{`mx_limit_exceeded{limit="mx_hosts"} 1`, "probe_success 0", "mx_records 1000"} {
				if !strings.Contains(text, line+"\n") {
					t.Errorf("no line %s", line)
				}
			}
		})
	}
}

func TestHostsAreKeptWhereAddressesAreNot(t *testing.T) {
	text := expose(t, New(crowd(400, "example.org")))
	for _, line := range []string{
		`mx_host_up{host="mx399.example.org",role="primary"} 1`,
		`mx_finding{address="",check="smtp",code="no-host-accepts",host="",severity="critical"} 1`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
}

// Every row gives as many values as it has labels, and every label is one that
// design.md knows. The golden files would show a swap; this shows a new word.
func TestLabelsAreOfTheClosedList(t *testing.T) {
	known := []string{
		"address", "check", "cipher", "class", "code", "enhanced", "extension", "host", "limit", "list", "domain", "meaning", "capability", "mechanism", "method", "mode", "policy", "reason",
		"role", "selector", "severity", "stage", "status", "type", "verdict", "version",
	}
	for _, m := range Reference() {
		for _, l := range m.Labels {
			if !slices.Contains(known, l) {
				t.Errorf("%s has the label %s", m.Name, l)
			}
		}
	}
}
