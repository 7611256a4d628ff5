package reply

import (
	"errors"
	"io"
	"net"
	"os"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"mx_exporter/probe/fact"
)

// read gives the first reply of a stream.
func read(stream string) (Reply, error) {
	return NewReader(strings.NewReader(stream), Limits{}).Read()
}

// reason is the reason of a failed read; empty for none.
func reason(err error) fact.Reason {
	var e *Error
	if !errors.As(err, &e) {
		return ""
	}
	return e.Reason
}

func TestWhatServersSendIsReadAsOneReply(t *testing.T) {
	for _, tt := range []struct {
		name, stream string
		want         Reply
	}{
		{"one line", "220 mx.example.org ESMTP\r\n", Reply{Code: 220, Lines: []string{"mx.example.org ESMTP"}}},
		{"S8 bare code", "250\r\n", Reply{Code: 250, Lines: []string{""}}},
		{"S8 bare code as the last of several", "250-a\r\n250\r\n", Reply{Code: 250, Lines: []string{"a", ""}}},
		{"code and space alone", "250 \r\n", Reply{Code: 250, Lines: []string{""}}},
		{"several lines", "250-mx\r\n250-SIZE 1000\r\n250 STARTTLS\r\n", Reply{Code: 250, Lines: []string{"mx", "SIZE 1000", "STARTTLS"}}},
		{"S9 bare LF", "250-a\n250 b\r\n", Reply{Code: 250, Lines: []string{"a", "b"}, BareLF: true}},
		{"S9 bare code with bare LF", "250\n", Reply{Code: 250, Lines: []string{""}, BareLF: true}},
		{"S9 CR inside a line is data", "250 a\rb\r\r\n", Reply{Code: 250, Lines: []string{"a\rb\r"}}},
		{"S11 any octet is text", "554 \x00\x1b[31m\xff\xe2\x80\xae\"}\t<script>\r\n", Reply{Code: 554, Lines: []string{"\x00\x1b[31m\xff\xe2\x80\xae\"}\t<script>"}}},
		{"empty line between two lines", "250-a\r\n\r\n250 b\r\n", Reply{Code: 250, Lines: []string{"a", "b"}, EmptyLine: true}},
		{"line over 512 octets", "250 " + strings.Repeat("x", 600) + "\r\n", Reply{Code: 250, Lines: []string{strings.Repeat("x", 600)}, Overlong: true}},
		{"line of 512 octets", "250 " + strings.Repeat("x", 506) + "\r\n", Reply{Code: 250, Lines: []string{strings.Repeat("x", 506)}}},
		{"lowest and highest code", "599 x\r\n", Reply{Code: 599, Lines: []string{"x"}}},
		{"enhanced code", "250 2.1.0 Ok\r\n", Reply{Code: 250, Enhanced: "2.1.0", Lines: []string{"2.1.0 Ok"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := read(tt.stream)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%+v, %v\nwant %+v", got, err, tt.want)
			}
		})
	}
}

func TestWhatIsNoReplyIsRefusedByItsFirstOctets(t *testing.T) { // S7, without waiting for a line end
	for _, stream := range []string{
		"2200 x\r\n", "22 x\r\n", "220_x\r\n", "abc\r\n", "HTTP/1.1 400 Bad Request\r\n", "SSH-2.0-OpenSSH_9.2",
		"\x16\x03\x01\x02\x00\x01", "\x15\x03\x01\x00\x02\x02\x46", "\r\n", "\n", "-220 x\r\n", " 220 x\r\n",
		"199 x\r\n", "600 x\r\n", "000 x\r\n", "* OK IMAP4 ready\r\n", "+OK POP3 ready\r\n", "\x00", "220\rx\r\n", "250-a\r\n\rb",
	} {
		r := NewReader(io.MultiReader(strings.NewReader(stream), iotest.ErrReader(errors.New("read on"))), Limits{})
		if _, err := r.Read(); reason(err) != fact.ReplyInvalid {
			t.Errorf("%q: %v, want reply_invalid", stream, err)
		}
	}
}

func TestBrokenRuleEndsTheReading(t *testing.T) {
	long := strings.Repeat("x", 4096)
	for _, tt := range []struct {
		name, stream string
		limits       Limits
		want         fact.Reason
	}{
		{"S1 endless lines", strings.Repeat("220-x\r\n", 200), Limits{}, fact.ReplyTooManyLines},
		{"S1 more octets than a reply may have", strings.Repeat("220-"+long[:1000]+"\r\n", 50), Limits{}, fact.ReplyTooManyLines},
		{"S2 endless line", "220 " + long, Limits{}, fact.ReplyLineTooLong},
		{"S2 line one octet too long", "250 " + long[:2043] + "\r\n", Limits{}, fact.ReplyLineTooLong},
		{"S10 two codes", "250-a\r\n550 b\r\n", Limits{}, fact.ReplyCodeMismatch},
		{"S13 5000 extensions", strings.Repeat("250-X-FOO\r\n", 5000) + "250 X\r\n", Limits{}, fact.ReplyTooManyLines},
		{"S26 connection over its octets", "250-aaaaaaaa\r\n250 b\r\n", Limits{TotalBytes: 16}, fact.LimitExceeded},
		{"one line more than asked for", "250-a\r\n250-b\r\n250 c\r\n", Limits{Lines: 2}, fact.ReplyTooManyLines},
		{"empty lines count", "250-a\r\n" + strings.Repeat("\r\n", 100), Limits{}, fact.ReplyTooManyLines},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src := &counter{r: strings.NewReader(tt.stream)}
			r := NewReader(src, tt.limits)
			_, err := r.Read()
			if reason(err) != tt.want {
				t.Fatalf("%v, want %s", err, tt.want)
			}
			at := src.n
			if _, again := r.Read(); !errors.Is(again, err) || src.n != at {
				t.Errorf("reading on gives %v after %d more octets, want the same error and none", again, src.n-at)
			}
			if at > DefaultLimits().ReplyBytes+DefaultLimits().LineBytes {
				t.Errorf("read %d octets", at)
			}
		})
	}
}

// counter counts what is read through it.
type counter struct {
	r io.Reader
	n int
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += n
	return n, err
}

func TestLineOfExactlyTheLimitIsRead(t *testing.T) {
	l := DefaultLimits().LineBytes
	if _, err := read("250 " + strings.Repeat("x", l-len("250 \r\n")) + "\r\n"); err != nil {
		t.Error(err)
	}
}

func TestConnectionErrorsKeepTheirKind(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want fact.Reason
	}{
		{io.EOF, fact.EOF},
		{io.ErrClosedPipe, fact.EOF},
		{net.ErrClosed, fact.EOF},
		{syscall.ECONNRESET, fact.Reset},
		{errors.New("tls: bad record MAC"), fact.Reset},
		{os.ErrDeadlineExceeded, fact.StageTimeout},
		{&net.OpError{Op: "read", Err: syscall.ETIMEDOUT}, fact.StageTimeout},
		{syscall.ENETUNREACH, fact.Unreachable},
		{syscall.ENOBUFS, fact.LocalFD},
		{syscall.ENETDOWN, fact.LocalNetwork},
	} {
		_, err := NewReader(io.MultiReader(strings.NewReader("250-a\r\n25"), iotest.ErrReader(tt.err)), Limits{}).Read()
		if reason(err) != tt.want || !errors.Is(err, tt.err) && tt.want != fact.StageTimeout {
			t.Errorf("%v is %v, want %s and the error itself", tt.err, err, tt.want)
		}
	}
}

func TestSourceThatGivesNothingIsBroken(t *testing.T) {
	if _, err := NewReader(idle{}, Limits{}).Read(); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("%v, want %v", err, io.ErrNoProgress)
	}
}

// idle returns no octets and no error.
type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestSlowGreetingIsOneReplyWithBothTimes(t *testing.T) { // S4, S5: postscreen's teaser, then silence, then the rest
	synctest.Test(t, func(t *testing.T) {
		server, client := net.Pipe()
		defer client.Close()
		go func() {
			defer server.Close()
			time.Sleep(time.Second)
			say(t, server, "220-mx.example.org\r\n")
			time.Sleep(6 * time.Second)
			say(t, server, "220 mx.example.org ESMTP\r\n")
		}()
		begin := time.Now()
		r := NewReader(client, Limits{})
		got, err := r.Read()
		if err != nil || len(got.Lines) != 2 {
			t.Fatalf("%+v, %v", got, err)
		}
		if first, last := r.FirstByte().Sub(begin), r.LastByte().Sub(begin); first != time.Second || last != 7*time.Second {
			t.Errorf("first octet after %v and last after %v, want 1s and 7s", first, last)
		}
	})
}

// say writes for the server.
func say(t *testing.T, w io.Writer, s string) {
	if _, err := io.WriteString(w, s); err != nil {
		t.Error(err)
	}
}

func TestTarpitCostsTheDeadlineAndNoMore(t *testing.T) { // S3: one octet a second
	synctest.Test(t, func(t *testing.T) {
		server, client := net.Pipe()
		var tarpit sync.WaitGroup
		tarpit.Go(func() {
			defer server.Close()
			for _, c := range []byte("220-welcome to the tarpit\r\n") {
				time.Sleep(time.Second)
				if _, err := server.Write([]byte{c}); err != nil {
					return
				}
			}
		})
		defer tarpit.Wait()
		defer client.Close()
		begin := time.Now()
		if err := client.SetReadDeadline(begin.Add(10*time.Second + time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		r := NewReader(client, Limits{})
		_, err := r.Read()
		if !errors.Is(err, os.ErrDeadlineExceeded) || reason(err) != fact.StageTimeout {
			t.Errorf("%v, want the deadline", err)
		}
		if got := r.Partial(); !reflect.DeepEqual(got, []string{"220-welcom"}) || r.FirstByte().Sub(begin) != time.Second {
			t.Errorf("partial %q, first octet after %v", got, r.FirstByte().Sub(begin))
		}
	})
}
