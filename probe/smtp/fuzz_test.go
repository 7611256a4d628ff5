package smtp

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
)

// deaf is a connection that says what it was made with, a piece at a time, and
// takes whatever comes.
type deaf struct {
	say   []byte
	piece int
	wrote int
}

func (d *deaf) Read(p []byte) (int, error) {
	if len(d.say) == 0 {
		return 0, io.EOF
	}
	n := copy(p, d.say[:min(len(d.say), d.piece)])
	d.say = d.say[n:]
	return n, nil
}

func (d *deaf) Write(p []byte) (int, error) {
	d.wrote += len(p)
	return len(p), nil
}

func (d *deaf) Close() error                     { return nil }
func (d *deaf) LocalAddr() net.Addr              { return &net.UnixAddr{} }
func (d *deaf) RemoteAddr() net.Addr             { return &net.UnixAddr{} }
func (d *deaf) SetDeadline(time.Time) error      { return nil }
func (d *deaf) SetReadDeadline(time.Time) error  { return nil }
func (d *deaf) SetWriteDeadline(time.Time) error { return nil }

// scripts is what each server in testdata says.
func scripts(f *testing.F) (servers [][]byte) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatalf("no scripts: %v", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		var said []byte
		for l := range strings.Lines(string(b)) {
			if text, ok := strings.CutPrefix(l, "S: "); ok {
				said = append(said, strings.TrimSpace(text)+"\r\n"...)
			}
		}
		servers = append(servers, said)
	}
	return servers
}

// FuzzDialogue: whatever a server sends, the conversation ends, within its
// bounds, with reasons and classes of the closed lists.
// recorded joins what a real server said in examples/realservers to a
// conversation.
func recorded(f *testing.F, product string, parts ...string) (said []byte) {
	f.Helper()
	for _, part := range parts {
		b, err := os.ReadFile("../../examples/realservers/testdata/recorded/" + product + "-" + part + ".txt")
		if err != nil {
			f.Fatal(err)
		}
		said = append(said, b...)
	}
	return said
}

func FuzzDialogue(f *testing.F) {
	for _, server := range scripts(f) {
		f.Add(server, byte(0), byte(255))
	}
	f.Add([]byte("220 mx\r\n250-mx\r\n250 PIPELINING\r\n250 ok\r\n250 ok\r\n221 bye\r\n"), byte(0), byte(7))
	f.Add([]byte("220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n\x16\x03\x03\x00\x02\x02\x00"), byte(1), byte(1))
	f.Add([]byte("220 mx\r\n502 no\r\n250 mx\r\n354 go\r\n"), byte(2), byte(200))
	f.Add([]byte("220-a\r\n554 b\r\n"), byte(3), byte(0))
	for _, product := range []string{"postfix", "exim", "opensmtpd"} {
		f.Add(recorded(f, product, "banner", "ehlo", "mail", "rcpt", "quit"), byte(0), byte(255))
		f.Add(recorded(f, product, "banner", "unknown", "helo", "mail", "rcpt-unknown", "quit"), byte(0), byte(40))
	}
	f.Add([]byte("\x15\x03\x01\x00\x02\x02\x28"), byte(4), byte(0))
	f.Fuzz(func(t *testing.T, server []byte, mode, piece byte) {
		conn := &deaf{say: server, piece: int(piece) + 1}
		d := Run(t.Context(), conn, Options{
			Host: "mx.example.test", Name: "probe.test", MailFrom: "a@probe.test", Recipients: []string{"b@example.test", "c@example.test"},
			Pipelining:  mode&1 != 0,
			ImplicitTLS: mode&4 != 0,
			StartTLS:    [...]StartTLS{WhenOffered, Required, Never, WhenOffered}[mode&3],
		})
		if d.Failure != nil && !slices.Contains(fact.Reasons(), d.Failure.Reason) {
			t.Errorf("reason %q is not of the closed list", d.Failure.Reason)
		}
		if len(d.Stages) > len(fact.Stages()) {
			t.Errorf("%d stages", len(d.Stages))
		}
		for _, s := range d.Stages {
			if s.Reply != nil && !slices.Contains(reply.Classes(), s.Class) {
				t.Errorf("class %q is not of the closed list", s.Class)
			}
		}
		size := 0
		for _, l := range d.Transcript {
			size += len(l.Text)
		}
		if size > MaxTranscript+MaxTranscriptLine || conn.wrote > 16<<10 {
			t.Errorf("the transcript has %d octets, and %d were sent", size, conn.wrote)
		}
	})
}

// FuzzShared: whatever a server sends, each who asks is given an answer of its own
// or none, the first always one, and the one who asks first is told what it would
// be told alone.
func FuzzShared(f *testing.F) {
	for _, s := range scripts(f) {
		f.Add(s, byte(0))
	}
	f.Add([]byte("220 a\r\n250 a\r\n250 m\r\n250 r\r\n250 rset\r\n250 m\r\n550 r\r\n250 rset\r\n421 m\r\n"), byte(20))
	f.Add([]byte("220 a\r\n250-a\r\n250 PIPELINING\r\n250 m\r\n250 r\r\n250 rset\r\n250 m\r\n550 r\r\n"), byte(1))
	f.Fuzz(func(t *testing.T, server []byte, mode byte) {
		o := Options{Name: "probe.test", MailFrom: "a@probe.test", StartTLS: Never, Pipelining: mode&1 != 0}
		s := OpenShared(t.Context(), &deaf{say: server, piece: int(mode>>1) + 1}, o)
		asked := 0
		for ; s.More() && asked < 5; asked++ {
			a := s.Ask(t.Context(), []string{"b@example.test"}, 0)
			if a == nil && (asked == 0 || s.More()) {
				t.Fatalf("no answer to transaction %d, more %t", asked+1, s.More())
			}
			if a == nil {
				break
			}
			if d := a.Dialogue; len(d.Recipients) > 1 || d.Failure == nil && len(d.Recipients) == 0 || d.Received > len(server) {
				t.Errorf("transaction %d: %+v", asked+1, d)
			}
			if asked > 0 || o.Pipelining {
				continue
			}
			o.Recipients = []string{"b@example.test"}
			alone := Run(t.Context(), &deaf{say: server, piece: int(mode>>1) + 1}, o)
			if x, y := alone.Failure, a.Dialogue.Failure; (x == nil) != (y == nil) || x != nil && *x != *y {
				t.Errorf("alone %v, shared %v", x, y)
			}
		}
		s.Close()
		if s.More() {
			t.Error("more after the end")
		}
	})
}

// FuzzEHLO: extensions are words in upper case, each once, and never more than
// the lines after the first.
func FuzzEHLO(f *testing.F) {
	f.Add("mx\nSIZE 10\nstarttls\nAUTH=LOGIN\nAUTH PLAIN")
	f.Add("STARTTLS")
	f.Add("mx\n \n=\nSIZE 99999999999999999999\nSIZE\t5")
	f.Add("mx\n\xff\xfe\n\u0130\nx\x00y")
	for _, product := range []string{"postfix", "exim", "opensmtpd"} {
		f.Add(string(recorded(f, product, "ehlo")))
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Split(text, "\n")
		d := Dialogue{Extensions: extensions(reply.Reply{Code: 250, Lines: lines})}
		if len(d.Extensions) > len(lines)-1 {
			t.Errorf("%d extensions of %d lines", len(d.Extensions), len(lines))
		}
		seen := map[string]bool{}
		for _, e := range d.Extensions {
			if e.Keyword == "" || seen[e.Keyword] || strings.ContainsAny(e.Keyword, " \t=abcdefghijklmnopqrstuvwxyz") {
				t.Errorf("keyword %q", e.Keyword)
			}
			seen[e.Keyword] = true
		}
		if n, ok := d.MaxSize(); !ok && n != 0 {
			t.Errorf("a size of %d that is none", n)
		}
	})
}
