package config

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "write README.md anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wants gives what the first lines of a file say of it: "# want: …" for each
// error and "# warn: …" for each warning, in the order of the file.
func wants(b []byte, mark string) []string {
	var out []string
	for line := range strings.Lines(string(b)) {
		if w, ok := strings.CutPrefix(line, "# "+mark+": "); ok {
			out = append(out, strings.TrimSuffix(w, "\n"))
		}
	}
	return out
}

func glance(t testing.TB, pattern string, least int) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) < least {
		t.Fatalf("%d files match %s, at least %d are wanted (%v)", len(paths), pattern, least, err)
	}
	out := make(map[string][]byte)
	for _, p := range paths {
		if out[p], err = os.ReadFile(p); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// errorsIn takes a joined error apart; every part has to be an Error.
func errorsIn(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	parts := []error{err}
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		parts = j.Unwrap()
	}
	var out []string
	for _, p := range parts {
		var e *Error
		if !errors.As(p, &e) {
			t.Errorf("%T is not an *Error: %v", p, p)
		}
		out = append(out, p.Error())
	}
	return out
}

// Rows C1 to C8 and B14: each bad file says in its first lines what it is refused for,
// and the names of the files begin with the row.
func TestBadFilesAreRefusedWithPlaceAndReason(t *testing.T) {
	rows := make(map[string]bool)
	for path, b := range glance(t, "testdata/*.bad.yml", 40) {
		name := strings.TrimSuffix(filepath.Base(path), ".bad.yml")
		row, _, _ := strings.Cut(name, "_")
		rows[row] = true
		t.Run(name, func(t *testing.T) {
			c, err := catalogue.Parse(b, "testdata")
			if c != nil {
				t.Error("a configuration was given beside the error")
			}
			want := wants(b, "want")
			if len(want) == 0 {
				t.Fatal("the file does not say what is wrong with it")
			}
			if diff := cmp.Diff(want, errorsIn(t, err)); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			// All secrets here begin with canary, which is a word of selftest, too.
			if err != nil && strings.Contains(strings.ReplaceAll(err.Error(), "required, canary, skip", ""), "canary") {
				t.Errorf("the error repeats a secret: %v", err)
			}
		})
	}
	for _, row := range []string{"c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "b14", "i2", "i3"} {
		if !rows[row] {
			t.Errorf("no bad file for row %s", row)
		}
	}
}

func TestGoodFilesLoadWithTheWarningsTheyName(t *testing.T) {
	for path, b := range glance(t, "testdata/*.good.yml", 5) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			c, err := catalogue.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, w := range c.Warnings {
				if w.File != path {
					t.Errorf("warning of file %q: %v", w.File, w)
				}
				w := *w
				w.File = ""
				got = append(got, w.Error())
			}
			if diff := cmp.Diff(wants(b, "warn"), got); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			roundTrip(t, c)
		})
	}
}

// roundTrip shows a configuration, loads what is shown and expects the same.
func roundTrip(t *testing.T, c *Config) {
	t.Helper()
	b, err := c.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(b, "")
	for _, m := range c.Modules {
		if m.SMTP.TLS.Key != "" || !m.Password.Empty() {
			if err == nil || !strings.Contains(err.Error(), errMasked.Error()) {
				t.Errorf("a masked key was taken for a key: %v", err)
			}
			return
		}
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	if diff := cmp.Diff(c.Modules, again.Modules, cmp.Comparer(sameNetwork)); diff != "" {
		t.Errorf("what is shown is not what holds (-want +got):\n%s\n%s", diff, b)
	}
	if diff := cmp.Diff(c.RoundTrips, again.RoundTrips, cmp.Comparer(sameNetwork)); diff != "" {
		t.Errorf("what is shown is not what holds (-want +got):\n%s\n%s", diff, b)
	}
	if diff := cmp.Diff(c.BlockLists, again.BlockLists); diff != "" {
		t.Errorf("what is shown is not what holds (-want +got):\n%s\n%s", diff, b)
	}
}

func sameNetwork(a, b Network) bool { return a == b }

func TestErrorNamesTheFile(t *testing.T) {
	_, err := Load("testdata/c1_unknown_key.bad.yml")
	want := "testdata/c1_unknown_key.bad.yml:4:5: modules.mx.probers: unknown key: did you mean prober?"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	_, err = Load("testdata/missing.yml")
	want = "testdata/missing.yml: open: no such file or directory"
	if err == nil || err.Error() != want || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, want %s", err, want)
	}
	_, err = Load("testdata")
	if want = "testdata: read: is a directory"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestErrorsBeyondTheMostAreCounted(t *testing.T) {
	_, err := Parse([]byte("modules: {mx: {\n"+strings.Repeat("x: 1,\n", 1)+manyKeys(30)+"}}"), "")
	got := errorsIn(t, err)
	if len(got) != MaxErrors+1 || got[MaxErrors] != "and 11 more" {
		t.Errorf("%d errors, the last is %q", len(got), got[len(got)-1])
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("k", i+1) + ": 1,\n")
	}
	return b.String()
}
