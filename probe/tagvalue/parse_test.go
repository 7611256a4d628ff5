package tagvalue

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lines is what was told, one line for each mistake.
func lines(ps []Problem) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = string(p.Kind) + " " + p.String()
	}
	return out
}

func TestTagsComeWithTheirPlaces(t *testing.T) {
	got, ps := Parse("v=DMARC1;  p = none ;rua=mailto:a@x.test , mailto:b@x.test; n=; ")
	want := List{
		{Name: "v", Value: "DMARC1", Column: 1, ValueColumn: 3},
		{Name: "p", Value: "none", Column: 12, ValueColumn: 16, Spaced: true},
		{Name: "rua", Value: "mailto:a@x.test , mailto:b@x.test", Column: 22, ValueColumn: 26},
		{Name: "n", Value: "", Column: 61, ValueColumn: 63},
	}
	if d := cmp.Diff(want, got); d != "" || len(ps) > 0 {
		t.Errorf("%s\nproblems %q", d, lines(ps))
	}
}

func TestMistakesAreToldAndTheRestIsRead(t *testing.T) {
	for _, tc := range []struct {
		in, list string
		want     []string
	}{
		{"", "", nil},
		{" \t", "", nil},
		{";", "", []string{`empty_part octet 1: nothing stands before this ";"`}},
		{"a=1;; b=2", "a=1; b=2", []string{`empty_part octet 5: nothing stands before this ";"`}},
		{"a=1; oops; b=2", "a=1; b=2", []string{`no_equals octet 6: "oops" has no "="`}},
		{"=1; b=2", "b=2", []string{`no_name octet 1: nothing stands before "="`}},
		{"a-b=1", "a-b=1", []string{`bad_name octet 2: "a-b" is not the name of a tag: letters, digits and "_" make one`}},
		{"1a=1", "1a=1", []string{`bad_name octet 1: "1a" is not the name of a tag: letters, digits and "_" make one`}},
		{"a=x\x80y", "a=x\x80y", []string{`bad_octet octet 4: the value of "a" has an octet outside of visible ASCII`}},
		{"a=1; a=2", "a=1; a=2", []string{`duplicate octet 6: "a" stands here for the second time`}},
		{"A=1; a=2", "A=1; a=2", nil},
	} {
		l, ps := Parse(tc.in)
		if d := cmp.Diff(tc.want, lines(ps)); l.String() != tc.list || d != "" && len(tc.want)+len(ps) > 0 {
			t.Errorf("%q: list %q, want %q\n%s", tc.in, l.String(), tc.list, d)
		}
	}
}

func TestFirstOfSeveralIsFound(t *testing.T) {
	l, _ := Parse("a=1; a=2")
	if got := l.Value("a"); got != "1" {
		t.Errorf("value %q", got)
	}
	if tag, ok := l.Find("b"); ok || l.Value("b") != "" {
		t.Errorf("found %v", tag)
	}
}

// N21: a list of any length costs a bounded report.
func TestEndlessListIsBounded(t *testing.T) {
	l, ps := Parse(strings.Repeat("a=;", 20000))
	if len(l) != maxTags || len(ps) != maxProblems {
		t.Errorf("%d tags, %d problems", len(l), len(ps))
	}
	l, ps = Parse(strings.Repeat("x;", 20000))
	if len(l) != 0 || len(ps) != maxProblems {
		t.Errorf("%d tags, %d problems", len(l), len(ps))
	}
}

func TestNearestForgivesOneSlip(t *testing.T) {
	known := []string{"none", "quarantine", "reject", "rua", "p"}
	for word, want := range map[string]string{
		"NONE": "none", "non": "none", "nome": "none", "nnoe": "none", "nonee": "none", "quarantinee": "quarantine",
		"rejct": "reject", "ru": "rua", "P": "p", "q": "", "": "", "accept": "", "rejcet2": "", strings.Repeat("n", 99): "",
	} {
		got, ok := Nearest(word, known...)
		if got != want || ok != (want != "") {
			t.Errorf("Nearest(%q) = %q, %v; want %q", word, got, ok, want)
		}
	}
}

func TestPlacesForReports(t *testing.T) {
	for _, tc := range []struct {
		in    string
		uris  []URI
		wrong []string
	}{
		{"mailto:a@x.test", []URI{{Text: "mailto:a@x.test", Scheme: "mailto", Domain: "x.test", Column: 5}}, nil},
		{
			"MAILTO:a@X.Test.!10m , https://x.test:8443/in?a=b",
			[]URI{
				{Text: "MAILTO:a@X.Test.", Scheme: "mailto", Domain: "x.test", Size: "10m", Column: 5},
				{Text: "https://x.test:8443/in?a=b", Scheme: "https", Domain: "x.test", Column: 28},
			},
			nil,
		},
		{"mailto:a%2Cb@x.test?subject=x", nil, []string{`bad_uri octet 5: "mailto:a%2Cb@x.test?subject=x" is not an address that reports can be sent to`}},
		{"a@x.test", nil, []string{`no_scheme octet 5: "a@x.test" lacks "mailto:" in front`}},
		{"mailto:a@x.test mailto:b@x.test", nil, []string{`bad_uri octet 5: "mailto:a@x.test mailto:b@x.test" has an octet that an address cannot have; commas stand between addresses`}},
		{"https://192.0.2.1/", nil, []string{`bad_uri octet 5: "https://192.0.2.1/" is not an address that reports can be sent to`}},
		{"x.test", nil, []string{`no_scheme octet 5: "x.test" is no address; one is written as "mailto:reports@example.org"`}},
		{"", nil, []string{"no_uri octet 5: no address stands here"}},
		{"mailto:a@x.test,", []URI{{Text: "mailto:a@x.test", Scheme: "mailto", Domain: "x.test", Column: 5}}, []string{"no_uri octet 21: no address stands here"}},
		{"ftp://x.test/", nil, []string{`bad_scheme octet 5: "ftp://x.test/" has a scheme that reports are not sent by; want mailto or https`}},
		{"mailto:a@localhost", nil, []string{`bad_uri octet 5: "mailto:a@localhost" is not an address that reports can be sent to`}},
		{"mailto:@x.test", nil, []string{`bad_uri octet 5: "mailto:@x.test" is not an address that reports can be sent to`}},
		{"mailto:a@x..test", nil, []string{`bad_uri octet 5: "mailto:a@x..test" is not an address that reports can be sent to`}},
		{"https:///x", nil, []string{`bad_uri octet 5: "https:///x" is not an address that reports can be sent to`}},
		{
			"mailto:a@x.test!ten",
			[]URI{{Text: "mailto:a@x.test", Scheme: "mailto", Domain: "x.test", Column: 5}},
			[]string{`bad_size octet 5: "!ten" is no size; one is written as "!10m"`},
		},
	} {
		uris, ps := URIs(Tag{Name: "rua", Value: tc.in, Column: 1, ValueColumn: 5}, "mailto", "https")
		if d := cmp.Diff(tc.uris, uris); d != "" {
			t.Errorf("%q: %s", tc.in, d)
		}
		if d := cmp.Diff(tc.wrong, lines(ps)); d != "" && len(tc.wrong)+len(ps) > 0 {
			t.Errorf("%q: %s", tc.in, d)
		}
	}
}

// N21: so is a list of places.
func TestEndlessPlacesAreBounded(t *testing.T) {
	uris, ps := URIs(Tag{Name: "rua", Value: strings.Repeat("mailto:a@x.test,", 3000)}, "mailto")
	if len(uris) != maxURIs || len(ps) != 1 || ps[0].Kind != TooMany {
		t.Errorf("%d places, %q", len(uris), lines(ps))
	}
}

func TestKindsAreAllDifferent(t *testing.T) {
	seen := map[Kind]bool{}
	for _, k := range Kinds() {
		if seen[k] || k == "" {
			t.Errorf("kind %q twice, or empty", k)
		}
		seen[k] = true
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"v=DMARC1; p=none", "a = b ; ;c", "a=b=c; a=\x00", ";;;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, ps := Parse(s)
		if len(l) > maxTags || len(ps) > maxProblems {
			t.Fatalf("%d tags, %d problems", len(l), len(ps))
		}
		for _, p := range ps {
			if p.Column < 1 || p.Column > len(s)+1 {
				t.Fatalf("octet %d of %d: %v", p.Column, len(s), p)
			}
		}
		for _, tag := range l {
			if at := tag.ValueColumn - 1; s[at:at+len(tag.Value)] != tag.Value || !strings.HasPrefix(s[tag.Column-1:], tag.Name) {
				t.Fatalf("%q is not where it is said to be: %+v", s, tag)
			}
		}
		again, _ := Parse(l.String())
		if again.String() != l.String() {
			t.Fatalf("%q became %q", l.String(), again.String())
		}
	})
}
