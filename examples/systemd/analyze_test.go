//go:build dist

package systemd_test

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestAnalyzeFindsAnExposureOfAtMostTwo: systemd-analyze counts in tenths here.
func TestAnalyzeFindsAnExposureOfAtMostTwo(t *testing.T) {
	units, err := filepath.Glob("*.service")
	if err != nil || len(units) < 2 {
		t.Fatalf("%v, %q", err, units)
	}
	for _, u := range units {
		out, err := exec.CommandContext(t.Context(), "systemd-analyze", "security", "--offline=true", "--threshold=20", u).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v: %s", u, err, out)
		}
	}
}
