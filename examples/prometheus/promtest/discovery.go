package promtest

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
)

// discovery adds what mx_sd shows on /metrics. Its reference is read, which a test
// beside it holds to the program.
func (m Metrics) discovery(t testing.TB) {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	b, err := os.ReadFile(filepath.Join(filepath.Dir(here), "../../../cmd/mx_sd/METRICS.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `(mx_\\w+)` \\| \\w+ \\| (.*?) \\|").FindAllStringSubmatch(string(b), -1)
	for _, row := range rows {
		m[row[1]] = nil
		for _, l := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(row[2], -1) {
			m[row[1]] = append(m[row[1]], l[1])
		}
	}
	if len(rows) < 20 {
		t.Fatalf("only %d metrics of mx_sd were found", len(rows))
	}
}
