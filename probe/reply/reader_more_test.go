package reply

import (
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"mx_exporter/probe/fact"
)

func TestSurplusOctetsAreCounted(t *testing.T) { // S15, S17: what nobody asked for can be seen
	r := NewReader(strings.NewReader("220 go\r\n250 injected\r\n"), Limits{})
	if r.Buffered() != 0 {
		t.Errorf("%d octets before anything is read", r.Buffered())
	}
	if _, err := r.Read(); err != nil || r.Buffered() != len("250 injected\r\n") {
		t.Fatalf("%v, %d octets buffered", err, r.Buffered())
	}
	first := r.LastByte()
	if got, err := r.Read(); err != nil || got.Lines[0] != "injected" || r.Buffered() != 0 || r.FirstByte() != first {
		t.Errorf("%+v, %v, %d octets buffered, first octet at %v, want %v", got, err, r.Buffered(), r.FirstByte(), first)
	}
}

func TestResetForgetsWhatCameInClear(t *testing.T) { // S17, S19
	r := NewReader(strings.NewReader("220 go\r\n250 injected\r\n"), Limits{TotalBytes: 40})
	if _, err := r.Read(); err != nil {
		t.Fatal(err)
	}
	r.Reset(strings.NewReader("250 over TLS\r\n250 too much\r\n"))
	if got, err := r.Read(); err != nil || got.Lines[0] != "over TLS" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := r.Read(); reason(err) != fact.LimitExceeded {
		t.Errorf("%v, want the octets before TLS to count", err)
	}
}

func TestReadGoesOnAfterADeadline(t *testing.T) { // S25: QUIT is still answered
	src := io.MultiReader(strings.NewReader("250-a\r\n25"), &once{err: os.ErrDeadlineExceeded}, strings.NewReader("0 b\r\n221 bye\r\n"))
	r := NewReader(src, Limits{})
	if _, err := r.Read(); reason(err) != fact.StageTimeout {
		t.Fatal(err)
	}
	for _, want := range []int{250, 221} {
		if got, err := r.Read(); err != nil || got.Code != want {
			t.Errorf("%+v, %v, want %d", got, err, want)
		}
	}
}

// once fails once.
type once struct{ err error }

func (o *once) Read([]byte) (int, error) {
	err := o.err
	o.err = io.EOF
	return 0, err
}

func TestErrorBesideOctetsWaitsForThem(t *testing.T) {
	r := NewReader(iotest.DataErrReader(strings.NewReader("221 bye\r\n")), Limits{})
	if got, err := r.Read(); err != nil || got.Code != 221 {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := r.Read(); reason(err) != fact.EOF {
		t.Errorf("%v, want eof", err)
	}
}

func TestTranscriptHasWhatCame(t *testing.T) {
	for _, tt := range []struct {
		name, stream string
		want         []string
	}{
		{"whole reply and not the next", "250-a\r\n250 b\r\n250 c\r\n", []string{"250-a", "250 b"}},
		{"lines before the connection ended", "250-a\r\n250-b\r\n250", []string{"250-a", "250-b", "250"}},
		{"the line that broke a rule", "250-a\r\n550 b\r\n", []string{"250-a", "550 b"}},
		{"what was no reply", "SSH-2.0-OpenSSH_9.2\r\nmore", []string{"SSH-2.0-OpenSSH_9.2"}},
		{"nothing", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := NewReader(strings.NewReader(tt.stream), Limits{})
			if _, err := r.Read(); err != nil && reason(err) == "" {
				t.Fatal(err)
			}
			if got := r.Partial(); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestErrorTextQuotesLittleOfWhatCame(t *testing.T) { // S11
	_, err := read("\x1b[2J<script>" + strings.Repeat("x", 1000))
	if s := err.Error(); strings.ContainsRune(s, '\x1b') || len(s) > 200 {
		t.Errorf("%q", s)
	}
}

func TestEnhancedCodeIsFoundWhereServersPutIt(t *testing.T) {
	for _, tt := range []struct{ name, stream, want string }{
		{"every line", "550-5.1.1 a\r\n550 5.1.1 b\r\n", "5.1.1"},
		{"last line only", "550-a\r\n550 5.1.1 b\r\n", "5.1.1"},
		{"first of two", "550-5.1.1 a\r\n550 5.1.2 b\r\n", "5.1.1"},
		{"alone on its line", "550 5.1.1\r\n", "5.1.1"},
		{"three digits", "550 5.7.606 Access denied\r\n", "5.7.606"},
		{"colon after it", "550 5.1.1: unknown\r\n", "5.1.1"},
		{"full stop after it", "550 5.1.1. Unknown\r\n", "5.1.1"},
		{"IronPort", "550 #5.1.0 Address rejected.\r\n", "5.1.0"},
		{"qmail", "553 sorry, not here. (#5.7.1)\r\n", "5.7.1"},
		{"class of another code", "450 5.1.1 a\r\n", ""},
		{"right class on a later line", "450-5.1.1 a\r\n450 4.1.1 b\r\n", "4.1.1"},
		{"3yz has none", "354 2.0.0 go\r\n", ""},
		{"leading zero", "550 5.01.1 a\r\n", ""},
		{"four digits", "550 5.1.1000 a\r\n", ""},
		{"an address", "550 5.1.1.9 is blocked\r\n", ""},
		{"a version", "250 2.0.0rc1 ready\r\n", ""},
		{"in the middle of a line", "550 unknown 5.1.1\r\n", ""},
		{"two parts", "550 5.1 a\r\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := read(tt.stream); err != nil || got.Enhanced != tt.want {
				t.Errorf("%q, %v, want %q", got.Enhanced, err, tt.want)
			}
		})
	}
}

func TestReplyKnowsItsKind(t *testing.T) {
	for code, want := range map[int][3]bool{220: {true}, 354: {true}, 421: {1: true}, 554: {2: true}} {
		r := Reply{Code: code}
		if got := [3]bool{r.Positive(), r.Temporary(), r.Permanent()}; got != want {
			t.Errorf("%d: %v, want %v", code, got, want)
		}
	}
	if got := (Reply{Lines: []string{"a", "b"}}).Text(); got != "a\nb" {
		t.Errorf("%q", got)
	}
}
