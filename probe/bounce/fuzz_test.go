package bounce_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"mx_exporter/probe/bounce"
	"mx_exporter/probe/reply"
)

// FuzzRead holds for whatever comes: no panic, no limit passed, and an
// explanation that a terminal can show.
func FuzzRead(f *testing.F) {
	for _, k := range corpus(f) {
		f.Add(source(f, k.file))
	}
	f.Fuzz(func(t *testing.T, src string) {
		r, err := bounce.Read(strings.NewReader(src))
		if err != nil {
			checkError(t, r, err)
			return
		}
		checkReport(t, r)
		var text strings.Builder
		if err := bounce.Explain(r).Text(&text, 80); err != nil {
			t.Error(err)
		}
		if at := strings.IndexFunc(text.String(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); at >= 0 {
			t.Errorf("the text has %q", text.String()[at:min(at+8, text.Len())])
		}
	})
}

func checkError(t *testing.T, r *bounce.Report, err error) {
	t.Helper()
	var no *bounce.NotBounceError
	if r != nil || !errors.As(err, &no) || no.Error() == "" {
		t.Errorf("%+v with error %v", r, err)
	}
}

func checkReport(t *testing.T, r *bounce.Report) {
	t.Helper()
	if n := len(r.Recipients); n == 0 || n > 100 {
		t.Fatalf("%d recipients", n)
	}
	for _, one := range r.Recipients {
		if !slices.Contains(reply.Classes(), one.Class) || !slices.Contains(bounce.Actions(), one.Action) {
			t.Errorf("class %q, action %q", one.Class, one.Action)
		}
		for _, s := range []string{one.Address, one.Original, one.Remote, one.Diagnostic, one.Status, r.Reporter, r.To, r.Original.Subject, r.Original.MessageID} {
			if len(s) > 1024 || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
				t.Errorf("value %.80q of %d octets", s, len(s))
			}
		}
	}
}

// FuzzFromReply holds for what somebody pastes.
func FuzzFromReply(f *testing.F) {
	for _, s := range []string{"550 5.1.1 User unknown", "hello", "", "250 ok", "host mx[192.0.2.1] said: 450-4.2.0 a 450 4.2.0 b", "5.1.1 x", "999 x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := bounce.FromReply(s)
		if err != nil {
			checkError(t, r, err)
			return
		}
		checkReport(t, r)
		if err := bounce.Explain(r).Text(io.Discard, 0); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for _, file := range []string{"postfix-nobody.eml", "qmail-two.eml", "exchange-html-5-1-10.eml"} {
		src := source(b, file)
		b.Run(strings.TrimSuffix(file, ".eml"), func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := bounce.Read(strings.NewReader(src)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
