package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/cmd/terminal"
	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// listOf writes a list of targets into a file.
func listOf(t *testing.T, targets ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "domains.txt")
	if err := os.WriteFile(file, []byte(strings.Join(targets, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// watched is output that is looked at while it is written.
type watched struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// The first is the slowest, and still the first that is written; what is there
// is written before the last probe has ended.
func TestAListIsWrittenInItsOrderAsItComes(t *testing.T) {
	file := listOf(t, "d3.example", "d1.example", "d2.example", "d9.example")
	synctest.Test(t, func(t *testing.T) {
		var out watched
		var mu sync.Mutex
		written := map[time.Duration]int{}
		began := time.Now()
		p := seeing(&out, io.Discard)
		p.probe = func(_ context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
			n, _ := strconv.Atoi(target.Domain[1:2])
			time.Sleep(time.Duration(n) * time.Second)
			return &probe.Result{Target: target, Prober: m.Prober, Verdict: fact.Satisfactory}, nil
		}
		for _, at := range []time.Duration{2500 * time.Millisecond, 3500 * time.Millisecond} {
			time.AfterFunc(at, func() {
				mu.Lock()
				defer mu.Unlock()
				written[at] = strings.Count(out.String(), "\n")
			})
		}
		if code := p.run(t.Context(), []string{"check", "--file", file, "-o", "jsonl"}); code != 0 {
			t.Errorf("exit code %d", code)
		}
		if took := time.Since(began); took != 9*time.Second {
			t.Errorf("it took %v, want the time of the slowest", took)
		}
		mu.Lock()
		defer mu.Unlock()
		if written[2500*time.Millisecond] != 0 || written[3500*time.Millisecond] != 3 {
			t.Errorf("lines written by then: %v", written)
		}
		for i, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
			var r probe.Result
			if err := json.Unmarshal([]byte(line), &r); err != nil || r.Target.Domain != []string{"d3.example", "d1.example", "d2.example", "d9.example"}[i] {
				t.Errorf("line %d: %v %s", i+1, err, line)
			}
		}
	})
}

func TestNoMoreThanABoundAreLookedAtAtOnce(t *testing.T) {
	var targets []string
	for i := range 5 * atOnce {
		targets = append(targets, "satisfactory.n"+strconv.Itoa(i)+".example")
	}
	file := listOf(t, targets...)
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		p := seeing(io.Discard, io.Discard)
		inner := p.probe
		p.probe = func(ctx context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
			most.Store(max(most.Load(), now.Add(1)))
			defer now.Add(-1)
			time.Sleep(time.Second)
			return inner(ctx, target, m)
		}
		began := time.Now()
		p.run(t.Context(), []string{"check", "--file", file})
		if most.Load() != atOnce || time.Since(began) != 5*time.Second {
			t.Errorf("%d at once, over %v", most.Load(), time.Since(began))
		}
	})
}

func TestAListEndsWithATableTheWorstFirst(t *testing.T) {
	var out, errs bytes.Buffer
	file := listOf(t, "satisfactory.example", "unknown.example", "", "# none", "compromised.example # why", "impaired.example")
	if code := seeing(&out, &errs).run(t.Context(), []string{"check", "--file", file}); code != 2 {
		t.Errorf("exit code %d", code)
	}
	want := `compromised   compromised.example   as told
unknown       unknown.example       as told
impaired      impaired.example      as told
satisfactory  satisfactory.example  as told

4 targets: 1 satisfactory, 1 impaired, 1 compromised, 1 unknown
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", &out, want)
	}
	if n := strings.Count(errs.String(), " of 4: "); n != 4 {
		t.Errorf("progress: %s", &errs)
	}
}

func TestCSVIsReadAsItWasMeant(t *testing.T) {
	var out bytes.Buffer
	p := seeing(&out, io.Discard)
	p.probe = func(_ context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
		return &probe.Result{Target: target, Module: m.Name, Verdict: fact.Impaired, Why: "it said \"a, b\"\nand c", Hosts: []probe.Host{{State: probe.Up}, {State: probe.Down}}}, nil
	}
	p.run(t.Context(), []string{"check", "-o", "csv", "example.org", "example.net"})
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%v, %d rows", err, len(rows))
	}
	got := map[string]string{}
	for i, column := range rows[0] {
		got[column] = rows[2][i]
	}
	for column, want := range map[string]string{"target": "example.net", "verdict": "impaired", "hosts": "2", "hosts_up": "1", "why": `it said "a, b"\nand c`} {
		if got[column] != want {
			t.Errorf("%s is %q, want %q", column, got[column], want)
		}
	}
}

func TestTheBarFitsTheTerminal(t *testing.T) {
	for _, width := range []int{1, 20, 40, 60, 80, 200} {
		var out bytes.Buffer
		p := &progress{out: &out, width: width, total: 3}
		for _, v := range []fact.Verdict{fact.Satisfactory, fact.Impaired, fact.Satisfactory} {
			p.add(&probe.Result{Target: probe.Target{Domain: "a-rather-long-name.example.org"}, Verdict: v})
			line := strings.TrimSuffix(out.String()[strings.LastIndex(out.String(), "\r")+1:], terminal.ClearLine)
			if len(line) >= width && width > 1 || strings.Contains(line, "\n") {
				t.Errorf("width %d: %q", width, line)
			}
		}
		p.end()
		if !strings.HasSuffix(out.String(), "\r"+terminal.ClearLine) {
			t.Errorf("the bar stays: %q", out.String())
		}
	}
	var out bytes.Buffer
	p := &progress{out: &out, width: 80, total: 2}
	p.add(&probe.Result{Target: probe.Target{Domain: "example.org"}, Verdict: fact.Impaired})
	if want := "\r[###############...............] 1 of 2, 1 not satisfactory  example.org" + terminal.ClearLine; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// interrupted checks four targets, and interrupts when the second and the fourth
// are there and the others hang.
func interrupted(t *testing.T, second string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	file := listOf(t, "satisfactory.a.example", second, "impaired.c.example", "impaired.d.example")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		time.AfterFunc(time.Minute, cancel)
		var out, errs watched
		p := seeing(&out, &errs)
		inner := p.probe
		p.probe = func(c context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
			if target.Domain != second && target.Domain != "impaired.d.example" {
				<-c.Done()
			}
			return inner(c, target, m)
		}
		code = p.run(ctx, append([]string{"check", "--file", file}, args...))
		stdout, stderr = out.String(), errs.String()
	})
	return code, stdout, stderr
}

func TestAnInterruptedListShowsWhatIsThere(t *testing.T) {
	const second = "satisfactory.b.example"
	for output, want := range map[string][]string{
		"text":   {"impaired      impaired.d.example", "satisfactory  satisfactory.b.example", "2 targets: 1 satisfactory, 1 impaired", "\n2 more were not looked at.\n"},
		"json":   {"[{", `"domain": "satisfactory.b.example"`, `"domain": "impaired.d.example"`, "\n]\n"},
		"jsonl":  {`"domain":"satisfactory.b.example"`, `"domain":"impaired.d.example"`},
		"csv":    {"\nsatisfactory.b.example,", "\nimpaired.d.example,"},
		"nagios": {"MX UNKNOWN - satisfactory.a.example unknown: nobody looked", "impaired.c.example unknown: nobody looked", "satisfactory.b.example satisfactory", "impaired.d.example impaired"},
	} {
		t.Run(output, func(t *testing.T) {
			code, out, errs := interrupted(t, second, "-o", output)
			if code != 3 || !strings.Contains(errs, "interrupted: 2 of 4 targets were not looked at") {
				t.Errorf("exit code %d, error %q", code, errs)
			}
			for _, part := range want {
				if !strings.Contains(out, part) {
					t.Errorf("lacks %q:\n%s", part, out)
				}
			}
			if output == "json" && !json.Valid([]byte(out)) {
				t.Errorf("no JSON:\n%s", out)
			}
		})
	}
}

func TestAnInterruptedListIsAsBadAsWhatWasSeen(t *testing.T) {
	if code, out, _ := interrupted(t, "compromised.b.example"); code != 2 {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

func TestAListInterruptedAtItsBeginningIsAnEmptyArray(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	if code := seeing(&out, &errs).run(ctx, []string{"check", "-o", "json", "satisfactory.example", "impaired.example"}); code != 3 {
		t.Errorf("exit code %d", code)
	}
	if out.String() != "[]\n" || !strings.Contains(errs.String(), "2 of 2") {
		t.Errorf("output %q, error %q", &out, &errs)
	}
}
