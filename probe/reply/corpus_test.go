package reply

import (
	"bufio"
	"os"
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

func TestRealRepliesHaveTheClassOfTheirDocumentation(t *testing.T) { // S21, S22
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
