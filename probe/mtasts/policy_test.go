package mtasts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx_exporter/probe/mtasts"
)

const good = "version: STSv1\nmode: enforce\nmx: mail.example.test\nmx: *.example.net\nmax_age: 604800\n"

func TestPolicyIsReadAndWritten(t *testing.T) {
	want := &mtasts.Policy{Mode: mtasts.Enforce, MaxAge: 604800, MX: []string{"mail.example.test", "*.example.net"}, MXTotal: 2}
	for _, text := range []string{
		good,
		strings.ReplaceAll(good, "\n", "\r\n"),
		strings.TrimSuffix(good, "\n"),
		strings.ReplaceAll(good, ": ", ":"),
		strings.ReplaceAll(good, "\n", " \t\n"),
		strings.ReplaceAll(good, "mail.example.test", "Mail.Example.TEST"),
		"max_age: 604800\nmx: mail.example.test\nmode: enforce\nmx: *.example.net\nversion: STSv1\n",
	} {
		p, problems := mtasts.ParsePolicy(text)
		if d := cmp.Diff(want, p); d != "" || len(problems) > 0 {
			t.Errorf("%q: %v\n%s", text, problems, d)
			continue
		}
		again, _ := mtasts.ParsePolicy(p.String())
		if d := cmp.Diff(p, again); d != "" {
			t.Errorf("written and read again:\n%s", d)
		}
	}
}

// Row A4 of the fault catalogue: what spoils a policy, and where it stands.
func TestSpoiltPolicies(t *testing.T) {
	with := func(line string) string {
		return "version: STSv1\nmode: enforce\nmx: a.test\nmax_age: 86400\n" + line + "\n"
	}
	aged := func(v string) string { return "version: STSv1\nmode: enforce\nmx: a.test\nmax_age: " + v + "\n" }
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "it has no field version"},
		{"no version", "mode: none\nmax_age: 1\n", "it has no field version"},
		{"other version", "version: STSv2\n", `line 1: the version is "STSv2"`},
		{"no mode", "version: STSv1\nmax_age: 1\nmx: a.test\n", "it has no field mode"},
		{"other mode", "version: STSv1\nmode: Enforce\n", `line 2: the mode "Enforce" is none of enforce, testing, none`},
		{"no max_age", "version: STSv1\nmode: none\n", "it has no field max_age"},
		{"negative age", aged("-1"), `line 4: max_age is "-1"`},
		{"age as a power", aged("1e99"), `line 4: max_age is "1e99"`},
		{"age with a sign", aged("+1"), `line 4: max_age is "+1"`},
		{"age beyond ten digits", aged("99999999999"), "line 4: max_age is"},
		{"empty age", aged(""), "line 4: max_age has no value"},
		{"no mx", "version: STSv1\nmode: enforce\nmax_age: 1\n", "it has no field mx"},
		{"no mx under testing", "version: STSv1\nmode: testing\nmax_age: 1\n", "it has no field mx"},
		{"two wildcards", with("mx: *.*.x.test"), `line 5: the mx pattern "*.*.x.test" has a "*" that`},
		{"wildcard inside", with("mx: a*.x.test"), "line 5"},
		{"bare wildcard", with("mx: *"), "line 5"},
		{"empty rest", with("mx: *."), "line 5"},
		{"trailing dot", with("mx: a.test."), "ends in a dot"},
		{"letters beyond ASCII", with("mx: bücher.test"), "A-label"},
		{"underscore", with("mx: a_b.test"), "is not a host name"},
		{"empty label", with("mx: a..test"), "is not a host name"},
		{"hyphen first", with("mx: -a.test"), "is not a host name"},
		{"long label", with("mx: " + strings.Repeat("a", 64) + ".test"), "is not a host name"},
		{"long name", with("mx: " + strings.Repeat("a.", 127) + "test"), "longer than a name"},
		{"list of hosts", with("mx: a.test b.test"), "is not a host name"},
		{"no colon", with("mx a.test"), `line 5: "mx a.test" has no ":"`},
		{"indented", with(" mx: a.test"), `line 5: " mx" is not the name of a field`},
		{"blank before the colon", with("mx : a.test"), "line 5"},
		{"control character", with("x: a\x00b"), "line 5: the value of x has a control character"},
		{"carriage returns alone", strings.ReplaceAll(good, "\n", "\r"), "control character"},
		{"byte order mark", "\ufeff" + good, "line 1: it begins with a byte order mark"},
		{"other encoding", "version: STSv1\nx: \xff\n", "it is not UTF-8"},
		{"page", "<!doctype html>\n", `line 1: "<!doctype html>" has no ":"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, problems := mtasts.ParsePolicy(c.text)
			if p != nil || !fatal(problems, c.want) {
				t.Errorf("got %v, %v; want %q", p, problems, c.want)
			}
		})
	}
}

func fatal(problems []mtasts.Problem, want string) bool {
	for _, p := range problems {
		if p.Fatal && strings.Contains(p.String(), want) {
			return true
		}
	}
	return false
}

// Row A4: what is odd and taken all the same.
func TestUntidyPolicies(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"ends of lines", strings.Replace(good, "\n", "\r\n", 1), "some lines end in LF and some in CRLF"},
		{"mode twice", good + "mode: none\n", "line 6: mode stands in line 2 already; the first one counts"},
		{"mode twice, then empty", good + "mode:\n", "line 6: mode stands in line 2 already"},
		{"age twice, then garbage", good + "max_age: \x01\n", "line 6: max_age stands in line 5 already"},
		{"age twice", good + "max_age: 1\n", "line 6: max_age stands in line 5"},
		{"age over a year", strings.Replace(good, "604800", "31557601", 1), "line 5: max_age is 31557601"},
		{"empty line", good + "\n", "line 6: it is empty"},
		{"slip", good + "max-age: 5\n", `line 6: "max-age" means nothing; max_age was probably meant`},
		{"many patterns", good + strings.Repeat("mx: a.test\n", 200), "it has 202 mx patterns; the first 100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, problems := mtasts.ParsePolicy(c.text)
			if p == nil || len(problems) == 0 || !strings.Contains(problems[0].String(), c.want) {
				t.Fatalf("got %v, %v; want %q", p, problems, c.want)
			}
			if p.Mode != mtasts.Enforce || len(p.MX) > mtasts.MaxPatterns || p.MaxAge > mtasts.MaxAge || p.Cut() != (p.MXTotal > 100) {
				t.Errorf("%+v", p)
			}
		})
	}
	if p, problems := mtasts.ParsePolicy(strings.Replace(good, "604800", "31557600", 1)); p == nil || len(problems) > 0 {
		t.Errorf("a year: %v", problems)
	}
}

// Row A4: a hundred thousand lines cost little and are told briefly.
func TestMistakesOfAPolicyAreBounded(t *testing.T) {
	_, problems := mtasts.ParsePolicy(strings.Repeat("\n", 30_000) + "x\n")
	if len(problems) > 22 || !fatal(problems, `line 30001: "x" has no ":"`) {
		t.Errorf("%d mistakes told, the last is %v", len(problems), problems[len(problems)-1])
	}
}

// RFC 8461 section 4.1.
func TestMatches(t *testing.T) {
	p := mtasts.Policy{MX: []string{"mail.example.test", "*.example.net"}}
	for host, want := range map[string]bool{
		"mail.example.test":  true,
		"MAIL.example.test.": true,
		"a.example.net":      true,
		"A.Example.Net.":     true,
		"example.net":        false,
		".example.net":       false,
		"a.b.example.net":    false,
		"example.test":       false,
		"xmail.example.test": false,
		"a.example.net.evil": false,
		"":                   false,
	} {
		if p.Matches(host) != want {
			t.Errorf("%q: %v", host, !want)
		}
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add(good)
	f.Add(strings.ReplaceAll(good, "\n", "\r\n") + "x-y: ü z\r\n")
	f.Add("version: STSv1\nmode: none\nmax_age: 0\n")
	f.Add("\r\n\n\r:\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, problems := mtasts.ParsePolicy(text)
		if (p == nil) != fatal(problems, "") {
			t.Fatalf("%q: %v with %v", text, p, problems)
		}
		if p == nil {
			return
		}
		again, problems := mtasts.ParsePolicy(p.String())
		want := *p
		want.MXTotal = len(p.MX) // what was cut off is not written
		if d := cmp.Diff(&want, again); d != "" {
			t.Errorf("%q: %v\n%s", p, problems, d)
		}
		for _, mx := range p.MX {
			if host := strings.Replace(mx, "*", "a", 1); !p.Matches(host) {
				t.Errorf("%s does not match %s", mx, host)
			}
		}
	})
}

func BenchmarkParsePolicy(b *testing.B) {
	text := strings.Replace(good, "mx:", strings.Repeat("mx: a.test\nmx:", 5000), 1)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		mtasts.ParsePolicy(text)
	}
}

func ExampleParsePolicy() {
	p, problems := mtasts.ParsePolicy("version: STSv1\nmode: enforce\nmx: *.mail.example.test\nmax_age: 86400\nmode: none\n")
	fmt.Println(p.Mode, p.Matches("mx1.mail.example.test"), p.Matches("example.test"))
	fmt.Println(problems[0])
	// Output:
	// enforce true false
	// line 5: mode stands in line 2 already; the first one counts
}
