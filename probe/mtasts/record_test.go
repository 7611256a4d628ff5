package mtasts_test

import (
	"strings"
	"testing"

	"mx_exporter/probe/mtasts"
	"mx_exporter/probe/tagvalue"
)

// Row A1 of the fault catalogue: what spoils a record.
func TestRecord(t *testing.T) {
	id := strings.Repeat("a", 32)
	for _, c := range []struct {
		text string
		want string        // as String has it
		kind tagvalue.Kind // of the first mistake
		at   int           // its column
	}{
		{text: "v=STSv1; id=20160831085700Z;", want: "v=STSv1; id=20160831085700Z;"},
		{text: "v=STSv1;id=1", want: "v=STSv1; id=1;"},
		{text: "v=STSv1; id=1 ; ", want: "v=STSv1; id=1;"},
		{text: "v=STSv1; id=" + id, want: "v=STSv1; id=" + id + ";"},
		{text: "v=STSv1; x-y.z=a,b; id=1; 1a=b", want: "v=STSv1; id=1; x-y.z=a,b; 1a=b;"},
		{text: "v=STSv1; a=1; a=2; id=1", want: "v=STSv1; id=1; a=1; a=2;"},
		{text: "v=STSv1; idx=x; id=2026;", want: "v=STSv1; id=2026; idx=x;"},
		{text: "v=STSv1; ID=x; id=2026;", want: "v=STSv1; id=2026; ID=x;"},
		{text: "v=STSv1; id=1; id=2", want: "v=STSv1; id=1; id=2;"},
		{text: "v=STSv1; id=1; a=1; id=2-2", want: "v=STSv1; id=1; a=1; id=2-2;"},
		{text: "", kind: mtasts.BadVersion, at: 1},
		{text: "v=STSv1", kind: mtasts.BadVersion, at: 1},
		{text: "v=stsv1; id=1", kind: mtasts.BadVersion, at: 1},
		{text: "v=STSv1 ; id=1", kind: mtasts.BadVersion, at: 1},
		{text: "v=STSv2; id=1", kind: mtasts.BadVersion, at: 1},
		{text: " v=STSv1; id=1", kind: mtasts.BadVersion, at: 1},
		{text: "id=1; v=STSv1;", kind: mtasts.BadVersion, at: 1},
		{text: "v=STSv1;", kind: mtasts.NoID},
		{text: "v=STSv1; ID=1", kind: mtasts.NoID, at: 10},
		{text: "v=STSv1; id=", kind: mtasts.BadID, at: 13},
		{text: "v=STSv1; id=2026-01-01", kind: mtasts.BadID, at: 13},
		{text: "v=STSv1; id=1" + id, kind: mtasts.BadID, at: 13},
		{text: "v=STSv1; id = 1", kind: mtasts.Spaced, at: 10},
		{text: "v=STSv1; idx=2", kind: mtasts.NoID, at: 10},
		{text: "v=STSv1;; id=1", kind: tagvalue.EmptyPart, at: 9},
		{text: "v=STSv1; 20260101", kind: tagvalue.NoEquals, at: 10},
		{text: "v=STSv1; id=1; x=", kind: mtasts.BadField, at: 18},
		{text: "v=STSv1; id=1; x=a b", kind: mtasts.BadField, at: 18},
		{text: "v=STSv1; id=1; -x=a", kind: mtasts.BadField, at: 16},
		{text: "v=STSv1; id=1\\;", kind: mtasts.BadID, at: 13},
	} {
		r, problems := mtasts.ParseRecord(c.text)
		switch {
		case c.want != "":
			if r == nil || r.String() != c.want || len(problems) > 0 {
				t.Errorf("%q: %v %v, want %q", c.text, r, problems, c.want)
			}
		case r != nil || len(problems) == 0 || problems[0].Kind != c.kind || problems[0].Column != c.at:
			t.Errorf("%q: %v %+v, want %s in column %d", c.text, r, problems, c.kind, c.at)
		}
	}
}

func FuzzRecord(f *testing.F) {
	for _, s := range []string{"v=STSv1; id=1;", "v=STSv1;id=1; a-b=c;", "v=STSv1; id=1; id=2", "v=STSv1;;", "v=STSv1;\x00=\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, problems := mtasts.ParseRecord(text)
		if (r == nil) == (len(problems) == 0) {
			t.Fatalf("%q: %v with %v", text, r, problems)
		}
		if r == nil {
			return
		}
		again, problems := mtasts.ParseRecord(r.String())
		if again == nil || again.String() != r.String() {
			t.Errorf("%q became %v: %v", r, again, problems)
		}
	})
}
