//go:build real

package realservers

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/examples/realservers/server"
	"mx_exporter/probe"
	"mx_exporter/probe/roundtrip"
)

// example gives the path of a copy of an example's file in which only addresses,
// trust and names' servers are those of the lab, and what else the caller replaces.
func (l *mailboxLab) example(t *testing.T, name string, words map[string]string) string {
	t.Helper()
	dir := server.Folder(t, "roundtrip")
	for _, file := range []string{"office.password", "probe.password"} {
		put(t, filepath.Join(dir, file), mailboxPassword+"\n")
	}
	b := read(t, "../roundtrips/"+name+".yml")
	if len(words) > 0 {
		b = fill(t, "../roundtrips/"+name+".yml", words)
	}
	trust := fmt.Sprintf("\n      tls_config: {ca_file: %q}", l.authority.File)
	b = []byte(strings.NewReplacer(
		"    send:", fmt.Sprintf("    allow_networks: [127.0.0.0/8]\n    dns: {servers: [%q]}\n    send:%s", l.resolver, trust),
		"    fetch:", "    fetch:"+trust,
		"example.org", "home.test",
		"example.net", "outside.test",
	).Replace(string(b)))
	file := filepath.Join(dir, name+".yml")
	put(t, file, string(b))
	return file
}

// trip reads a round trip of a file and shortens its times, which the file may not.
func trip(t *testing.T, file, name string, change func(*config.RoundTrip)) config.RoundTrip {
	t.Helper()
	c, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	r, ok := c.RoundTrips[name]
	if !ok {
		t.Fatalf("%s has no round trip %s", file, name)
	}
	r.Fetch.Poll = config.Duration(time.Second)
	change(&r)
	return r
}

// direct is the first of the ways to an account of the lab.
func (l *mailboxLab) direct(t *testing.T, account string, change func(*config.RoundTrip)) config.RoundTrip {
	t.Helper()
	return trip(t, l.example(t, "direct", map[string]string{"office@": account + "@"}), "direct", change)
}

// once makes one run within the test's process.
func once(t *testing.T, r config.RoundTrip) *roundtrip.Run {
	t.Helper()
	env := &probe.Env{Hostname: "monitor.test"}
	defer env.Close()
	run, err := roundtrip.New(roundtrip.Options{Env: env}).Once(t.Context(), r.Name, r, func(e roundtrip.Event) {
		t.Logf("%6.1f s  %s", e.At.Seconds(), e.Text)
	})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// command makes one run on the command line.
func (l *mailboxLab) command(t *testing.T, file, name string) (run roundtrip.Run, code int) {
	t.Helper()
	c := exec.CommandContext(t.Context(), l.exporter.Program, "roundtrip", name, "--config.file="+file, "--output=json")
	var steps strings.Builder
	c.Stderr = &steps
	out, err := c.Output()
	exit := new(exec.ExitError)
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	t.Logf("%s", &steps)
	if err := json.Unmarshal(out, &run); err != nil {
		t.Fatalf("%v; it printed %q", err, out)
	}
	return run, c.ProcessState.ExitCode()
}

// runner makes round trips within the test's process until the test ends.
func runner(t *testing.T, trips map[string]config.RoundTrip) *roundtrip.Runner {
	t.Helper()
	env := &probe.Env{Hostname: "monitor.test"}
	r := roundtrip.New(roundtrip.Options{Env: env, Warn: func(name, text string) { t.Logf("%s: %s", name, text) }})
	r.Start(t.Context(), trips)
	t.Cleanup(func() {
		r.Stop(roundtrip.StopTime)
		env.Close()
	})
	return r
}

// status is how the one round trip of a runner stands.
func status(r *roundtrip.Runner) roundtrip.Status { return r.Snapshot()[0] }

func brief(s roundtrip.Status) string {
	return fmt.Sprintf("%d runs, %d pending, %v, lost %d, late %d, problem %q", s.Counts.Runs, s.Pending, s.Counts.Outcomes, s.Counts.Lost, s.Counts.Late, s.Problem)
}

// empty fails where an account has messages left.
func (l *mailboxLab) empty(t *testing.T, account string) {
	t.Helper()
	server.Eventually(t, 5*time.Second, "the mailbox of "+account+" is empty", func() (bool, string) {
		left := l.dovecot.Holds(t, account)
		return len(left) == 0, strconv.Itoa(len(left)) + " messages"
	})
}

// put writes a file that only its owner can read, as files with passwords have to be.
func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
