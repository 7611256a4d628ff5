package reply

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"mx_exporter/probe/fact"
)

// known is one row of testdata/replies.tsv: a reply that a real server sends,
// and the class that a careful reader of its documentation would give it.
type known struct {
	stage  fact.Stage
	text   string
	class  Class
	source string
}

// corpus reads testdata/replies.tsv. In it, \n stands between the lines of a reply.
func corpus(t testing.TB) []known {
	t.Helper()
	f, err := os.Open("testdata/replies.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []known
	s := bufio.NewScanner(f)
	s.Scan() // heading
	for s.Scan() {
		c := strings.Split(s.Text(), "\t")
		if len(c) != 4 {
			t.Fatalf("%q has %d columns, want stage, reply, class, source", s.Text(), len(c))
		}
		rows = append(rows, known{fact.Stage(c[0]), strings.ReplaceAll(c[1], `\n`, "\n"), Class(c[2]), c[3]})
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return rows
}

func TestRealRepliesHaveTheClassOfTheirDocumentation(t *testing.T) { // S6, S21, S22
	for _, k := range corpus(t) {
		r, ok := ParseText(k.text)
		if !ok {
			t.Errorf("%q is not read as a reply", k.text)
			continue
		}
		if got := Classify(k.stage, r); got != k.class {
			t.Errorf("%s %q\n  is %s, want %s (%s)", k.stage, k.text, got, k.class, k.source)
		}
	}
}

func TestRealRepliesReadTheSameFromTheWire(t *testing.T) {
	for _, k := range corpus(t) {
		pasted, _ := ParseText(k.text)
		got, err := read(strings.ReplaceAll(k.text, "\n", "\r\n") + "\r\n")
		if err != nil || got.Code != pasted.Code || got.Enhanced != pasted.Enhanced || Classify(k.stage, got) != k.class {
			t.Errorf("%q is %+v, %v, want the same as pasted, %+v", k.text, got, err, pasted)
		}
	}
}

func TestCorpusIsSound(t *testing.T) {
	rows := corpus(t)
	if len(rows) < 170 {
		t.Errorf("%d replies, want at least 170", len(rows))
	}
	count := map[Class]int{}
	seen := map[string]bool{}
	for _, k := range rows {
		if count[k.class]++; !slices.Contains(Classes(), k.class) {
			t.Errorf("%q: no class %q", k.text, k.class)
		}
		if k.stage != "" && !slices.Contains(fact.Stages(), k.stage) {
			t.Errorf("%q: no stage %q", k.text, k.stage)
		}
		if k.source == "" {
			t.Errorf("%q has no source", k.text)
		}
		if seen[strings.ToLower(k.text)] {
			t.Errorf("%q stands there twice", k.text)
		}
		seen[strings.ToLower(k.text)] = true
	}
	for _, c := range Classes() {
		if count[c] < 3 {
			t.Errorf("%s is met %d times, want 3 or more", c, count[c])
		}
	}
}

// A phrase that is worth its place stands for a way of saying something, not for
// one server: each is met in several replies of the corpus.
func TestEveryPhraseEarnsItsPlace(t *testing.T) {
	rows := corpus(t)
	for _, m := range matchers {
		hits := 0
		for _, k := range rows {
			r, _ := ParseText(k.text)
			if !r.Positive() && m.pattern.MatchString(plain(r)) {
				hits++
			}
		}
		if hits < 2 {
			t.Errorf("%s %s is met in %d replies", m.class, m.pattern, hits)
		}
	}
}

func TestNeedlesMissNoMatch(t *testing.T) {
	for _, m := range matchers {
		if len(m.needles) == 0 || shortest(m.needles) < 2 {
			t.Errorf("%s has needles %q, too few or too short to be of use", m.pattern, m.needles)
		}
		for _, k := range corpus(t) {
			r, _ := ParseText(k.text)
			if text := plain(r); m.pattern.MatchString(text) && !m.match(text) {
				t.Errorf("%s fits %q, which has none of %q", m.pattern, text, m.needles)
			}
		}
	}
}
