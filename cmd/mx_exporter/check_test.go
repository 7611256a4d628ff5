package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// seeing is a program whose probes find the verdict that the first label of the
// domain names.
func seeing(stdout, stderr io.Writer) *program {
	return &program{
		stdin: strings.NewReader(""), stdout: stdout, stderr: stderr, env: &probe.Env{DNS: nobody{}},
		probe: func(_ context.Context, t probe.Target, m config.Module) (*probe.Result, error) {
			verdict, _, _ := strings.Cut(t.Domain, ".")
			return &probe.Result{Target: t, Module: m.Name, Verdict: fact.Verdict(verdict), Why: "as told", Timeout: fact.Elapsed(m.Timeout)}, nil
		},
	}
}

// nobody is a resolver in whose world there are no names, so that a program
// which looks at itself sends nothing.
type nobody struct{}

func (nobody) Exchange(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
	return new(dns.Msg).SetRcode(q, dns.RcodeNameError), nil
}

func TestTheExitCodeIsThatOfTheWorst(t *testing.T) {
	for _, c := range []struct {
		targets string
		code    int
	}{
		{"satisfactory.example", 0},
		{"impaired.example", 1},
		{"compromised.example", 2},
		{"unknown.example", 3},
		{"satisfactory.example impaired.example", 1},
		{"unknown.example impaired.example", 3},
		{"unknown.example compromised.example satisfactory.example", 2},
	} {
		var out, errs bytes.Buffer
		if code := seeing(&out, &errs).run(t.Context(), append([]string{"check"}, strings.Fields(c.targets)...)); code != c.code {
			t.Errorf("%s: exit code %d, want %d (%s)", c.targets, code, c.code, &errs)
		}
	}
}

func TestACheckThatIsAskedWronglyIsUnknownToNagios(t *testing.T) {
	for _, args := range [][]string{{"check"}, {"check", "localhost"}, {"check", "--nope", "example.org"}, {"check", "--module=x", "example.org"}} {
		var out, errs bytes.Buffer
		if code := seeing(&out, &errs).run(t.Context(), args); code != 3 || out.Len() != 0 || errs.Len() == 0 {
			t.Errorf("%q: exit code %d, output %q, error %q", args, code, &out, &errs)
		}
	}
}

func TestResultsComeInTheOrderOfTheTargets(t *testing.T) {
	var out bytes.Buffer
	targets := []string{"unknown.example", "impaired.example", "satisfactory.example"}
	seeing(&out, io.Discard).run(t.Context(), append([]string{"check", "-o", "json"}, targets...))
	var all []struct{ Target probe.Target }
	if err := json.Unmarshal(out.Bytes(), &all); err != nil || len(all) != len(targets) {
		t.Fatalf("%v, %d results", err, len(all))
	}
	for i, want := range targets {
		if all[i].Target.Domain != want {
			t.Errorf("%s, want %s", all[i].Target.Domain, want)
		}
	}
}

func TestOneTargetIsAnObjectAndAListIsAnArray(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"satisfactory.example"}, "{"},
		{[]string{"satisfactory.example", "impaired.example"}, "["},
		{[]string{"--file", listOf(t, "satisfactory.example")}, "["},
	} {
		var out bytes.Buffer
		seeing(&out, io.Discard).run(t.Context(), append([]string{"check", "-o", "json"}, c.args...))
		if !strings.HasPrefix(out.String(), c.want) || !json.Valid(out.Bytes()) {
			t.Errorf("%q: want %s and one JSON document, got\n%s", c.args, c.want, &out)
		}
	}
}

func TestAMailboxOnTheCommandLineIsTheOperatorsOwn(t *testing.T) {
	p := seeing(io.Discard, io.Discard)
	var seen probe.Target
	inner := p.probe
	p.probe = func(ctx context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
		seen = target
		return inner(ctx, target, m)
	}
	p.run(t.Context(), []string{"check", "root@satisfactory.example"})
	if !seen.Trusted || seen.Recipient != "root@satisfactory.example" {
		t.Errorf("probed %+v", seen)
	}
}

func TestTimeoutReplacesTheModules(t *testing.T) {
	p := seeing(io.Discard, io.Discard)
	var seen time.Duration
	inner := p.probe
	p.probe = func(ctx context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
		seen = time.Duration(m.Timeout)
		return inner(ctx, target, m)
	}
	p.run(t.Context(), []string{"check", "--timeout=45s", "satisfactory.example"})
	if seen != 45*time.Second {
		t.Errorf("the probe had %v", seen)
	}
}

func TestAProbeThatCannotStartIsUnknown(t *testing.T) {
	var errs bytes.Buffer
	p := seeing(io.Discard, &errs)
	p.probe = func(context.Context, probe.Target, config.Module) (*probe.Result, error) {
		return nil, errors.New("no roots")
	}
	if code := p.run(t.Context(), []string{"check", "example.org"}); code != 3 || !strings.Contains(errs.String(), "example.org: no roots") {
		t.Errorf("exit code %d, %q", code, &errs)
	}
}

func TestAnInterruptedCheckIsUnknown(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var errs bytes.Buffer
	if code := seeing(io.Discard, &errs).run(ctx, []string{"check", "satisfactory.example"}); code != 3 {
		t.Errorf("exit code %d", code)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestAReaderThatLeftIsAnError(t *testing.T) {
	for _, output := range []string{"text", "json", "jsonl", "csv", "nagios"} {
		var errs bytes.Buffer
		if code := seeing(brokenPipe{}, &errs).run(t.Context(), []string{"check", "-o", output, "satisfactory.example"}); code != 3 || errs.Len() == 0 {
			t.Errorf("%s: exit code %d, %q", output, code, &errs)
		}
	}
}
