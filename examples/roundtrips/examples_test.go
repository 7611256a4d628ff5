// Package roundtrips holds example configurations; this test loads each.
package roundtrips

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx_exporter/config"
)

// ways is what each file shows.
var ways = map[string]struct {
	via      config.Via
	protocol config.MailboxProtocol
	away     bool // read elsewhere than where it is sent to
}{
	"direct":    {config.ViaMX, config.FetchIMAP, false},
	"forwarded": {config.ViaMX, config.FetchIMAP, true},
	"relay":     {config.ViaSMTP, config.FetchIMAP, false},
	"sendmail":  {config.ViaSendmail, config.FetchIMAP, false},
	"between":   {config.ViaSMTP, config.FetchPOP3, true},
}

func TestEachFileShowsItsWay(t *testing.T) {
	files, err := filepath.Glob("*.yml")
	if err != nil || len(files) != len(ways) {
		t.Fatalf("%d files for %d ways: %v", len(files), len(ways), err)
	}
	dir := t.TempDir()
	for _, name := range []string{"office.password", "probe.password"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("secret\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			name := strings.TrimSuffix(file, ".yml")
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, err := config.Parse(b, dir)
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Warnings) > 0 {
				t.Errorf("it warns: %v", c.Warnings)
			}
			r, ok := c.RoundTrips[name]
			if !ok || len(c.RoundTrips) != 1 {
				t.Fatalf("its one round trip should be called %s", name)
			}
			_, home, _ := strings.Cut(r.Send.To, "@")
			_, box, _ := strings.Cut(r.Fetch.Username, "@")
			want := ways[name]
			if r.Send.Via != want.via || r.Fetch.Protocol != want.protocol || (home != box) != want.away {
				t.Errorf("it sends via %s to %s and reads %s by %s", r.Send.Via, home, box, r.Fetch.Protocol)
			}
		})
	}
}
