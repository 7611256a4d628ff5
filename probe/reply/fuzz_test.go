package reply

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"mx_exporter/probe/fact"
)

// pieces gives a stream in pieces whose lengths follow from seed.
type pieces struct {
	rest string
	seed uint32
}

func (p *pieces) Read(b []byte) (int, error) {
	if p.rest == "" {
		return 0, io.EOF
	}
	p.seed = p.seed*1664525 + 1013904223
	n := min(1+int(p.seed>>24)%40, len(b), len(p.rest))
	copy(b, p.rest[:n])
	p.rest = p.rest[n:]
	return n, nil
}

// drain reads all replies of a stream, and the reason why it ended.
func drain(r *Reader) (replies []Reply, end fact.Reason, retained int) {
	for {
		got, err := r.Read()
		n := r.Buffered()
		for _, l := range r.current.raw {
			n += len(l)
		}
		retained = max(retained, n)
		var e *Error
		if errors.As(err, &e) {
			return replies, e.Reason, retained
		}
		replies = append(replies, got)
	}
}

// recorded is what Postfix, Exim and OpenSMTPD said in examples/realservers.
func recorded(f *testing.F) (all []string) {
	f.Helper()
	files, err := filepath.Glob("../../examples/realservers/testdata/recorded/*.txt")
	if err != nil || len(files) < 20 {
		f.Fatalf("%d recordings, %v", len(files), err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, string(b))
	}
	return all
}

func FuzzReader(f *testing.F) {
	for _, s := range []string{
		"220 mx.example.org ESMTP\r\n", "250\r\n", "250-a\r\n250 b\r\n", "250-a\n\r\n250 b\r\n", "250-a\r\n550 b\r\n",
		"2200 x\r\n", "22 x\r\n", "220_x\r\n", "abc\r\n", "HTTP/1.1 400\r\n", "SSH-2.0-x\r\n", "\x16\x03\x01", "\r\n", "-220\r\n",
		"550-5.1.1 a\r\n550 5.1.1 b\r\n", "553 sorry (#5.7.1)\r\n", "250 a\rb\r\r\n221\n", strings.Repeat("220-x\r\n", 20), "250 " + strings.Repeat("y", 200),
	} {
		f.Add(s, uint32(1))
	}
	for _, k := range corpus(f) {
		f.Add(strings.ReplaceAll(k.text, "\n", "\r\n")+"\r\n", uint32(2))
	}
	for _, said := range recorded(f) {
		f.Add(said, uint32(3))
	}
	limits := Limits{LineBytes: 128, Lines: 8, ReplyBytes: 256, TotalBytes: 1024}
	f.Fuzz(func(t *testing.T, stream string, seed uint32) {
		whole, end, retained := drain(NewReader(strings.NewReader(stream), limits))
		if retained > limits.ReplyBytes+limits.LineBytes {
			t.Errorf("kept %d octets", retained)
		}
		split, splitEnd, _ := drain(NewReader(&pieces{stream, seed}, limits))
		if !reflect.DeepEqual(whole, split) || end != splitEnd {
			t.Errorf("%q in pieces gives %+v and %s, want %+v and %s", stream, split, splitEnd, whole, end)
		}
		for _, r := range whole {
			checkReply(t, r)
		}
	})
}

// checkReply holds for every reply that a reader gave: it is rendered as a reply
// that reads as the same one, and it has a class of the list.
func checkReply(t *testing.T, r Reply) {
	t.Helper()
	again, err := read(strings.ReplaceAll(r.String(), "\n", "\r\n") + "\r\n")
	again.BareLF, again.EmptyLine = r.BareLF, r.EmptyLine
	if err != nil || !reflect.DeepEqual(again, r) {
		t.Errorf("%+v is rendered as %q and read as %+v, %v", r, r.String(), again, err)
	}
	if c := Classify(fact.Rcpt, r); c.Doc().Meaning == "" {
		t.Errorf("%+v has class %q", r, c)
	}
}
