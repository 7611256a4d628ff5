package mailbox_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/talk/talktest"
)

// tape is a server that says what it has to say, whatever it hears, and a line at
// a time, so that it is not known by speaking too soon.
type tape struct {
	mu   sync.Mutex
	says []byte
	said bytes.Buffer
	gone bool
}

func (t *tape) Read(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone {
		return 0, net.ErrClosed
	}
	if len(t.says) == 0 {
		return 0, io.EOF
	}
	line := t.says
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i+1]
	}
	n := copy(p, line)
	t.says = t.says[n:]
	return n, nil
}

func (t *tape) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone {
		return 0, io.ErrClosedPipe
	}
	return t.said.Write(p)
}

func (t *tape) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.gone = true
	return nil
}

func (t *tape) heard() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.said.String()
}

func (*tape) LocalAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 40000} }

func (*tape) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 143} }
func (*tape) SetDeadline(time.Time) error      { return nil }
func (*tape) SetReadDeadline(time.Time) error  { return nil }
func (*tape) SetWriteDeadline(time.Time) error { return nil }

// seeds are what the servers of testdata say, TLS and repetitions left out.
func seeds(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatalf("no scripts: %v", err)
	}
	for _, name := range files {
		var b strings.Builder
		for _, st := range talktest.Read(f, name).Steps {
			if st.Word == "S" {
				b.WriteString(st.Rest + "\r\n")
			}
		}
		f.Add([]byte(b.String()))
	}
}

func fuzzOptions(p mailbox.Protocol) mailbox.Options {
	return mailbox.Options{
		Protocol: p, Host: serverName, Security: mailbox.Clear, Login: user(), Loopback: true,
		Limits: mailbox.Limits{Line: 4096, Literal: 8192, Untagged: 100, Total: 64 << 10},
	}
}

// fuzzProbe holds whatever a server says to what is true of every dialogue.
func fuzzProbe(f *testing.F, p mailbox.Protocol) {
	seeds(f)
	f.Fuzz(func(t *testing.T, says []byte) {
		conn := &tape{says: says}
		d := mailbox.Probe(context.Background(), conn, fuzzOptions(p))
		check(t, d)
		if d.Received > len(says) {
			t.Errorf("%d octets received of %d", d.Received, len(says))
		}
		if d.Login != nil && d.Login.OK && !strings.Contains(conn.heard(), "\r\n") {
			t.Error("logged in without a word")
		}
		for line := range strings.Lines(conn.heard()) {
			if !strings.HasSuffix(line, "\r\n") || strings.ContainsAny(strings.TrimSuffix(line, "\r\n"), "\r\n\x00") {
				t.Errorf("the client said %q", line)
			}
		}
	})
}

func FuzzIMAP(f *testing.F) { fuzzProbe(f, mailbox.IMAP) }
func FuzzPOP3(f *testing.F) { fuzzProbe(f, mailbox.POP3) }

// fuzzSession lets a server say anything once we are logged in. Whatever it says,
// nothing is deleted that was not found, and there is no plain EXPUNGE.
func fuzzSession(f *testing.F, p mailbox.Protocol, in string) {
	f.Fuzz(func(t *testing.T, says []byte) {
		conn := &tape{says: append([]byte(in), says...)}
		s, d, err := mailbox.Open(context.Background(), conn, fuzzOptions(p))
		check(t, d)
		if err != nil {
			return
		}
		ctx := context.Background()
		_, _ = s.Folders(ctx)
		found, err := s.Find(ctx, "INBOX", ours())
		for _, m := range found {
			if m.Value != ours().Value || err != nil {
				t.Errorf("found %+v, %v", m, err)
			}
			_, _ = s.Fetch(ctx, m, 100)
		}
		_ = s.Delete(ctx, found)
		_ = s.Close()
		said := conn.heard()
		if strings.Contains(strings.ReplaceAll(said, "UID EXPUNGE", ""), "EXPUNGE") {
			t.Errorf("the client said EXPUNGE: %q", said)
		}
		if len(found) == 0 && (strings.Contains(said, "STORE") || strings.Contains(said, "DELE")) {
			t.Errorf("the client deleted what was not found: %q", said)
		}
	})
}

func FuzzIMAPSession(f *testing.F) {
	const in = "* OK\r\n* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\r\nA1 OK\r\nA2 OK [CAPABILITY IMAP4rev1 UIDPLUS SPECIAL-USE LIST-EXTENDED] in\r\n"
	const list = "* LIST (\\Junk) \"/\" Spam\r\nT1 OK\r\n* 3 EXISTS\r\n* OK [UIDVALIDITY 1]\r\nT2 OK\r\n"
	const message = "* 1 FETCH (UID 5 RFC822.SIZE 9 BODY[HEADER.FIELDS (\"X-Token\")] {19}\r\nX-Token: v1.a.1\r\n\r\n)\r\n"
	for _, s := range []string{
		"", list, list + "* SEARCH 5\r\nT3 OK\r\n" + message + "T4 OK\r\n* 1 FETCH (UID 5 BODY[]<0> {3}\r\nabc)\r\nT5 OK\r\nT6 OK\r\n* 1 EXPUNGE\r\nT7 OK\r\n* BYE\r\nT8 OK\r\n",
		list + "* ESEARCH (TAG \"T3\") UID ALL 1:4294967295\r\nT3 OK\r\n", list + "* SEARCH 0 4294967295\r\nT3 OK\r\n" + message + "T4 OK\r\n",
		list + "* OK [CLOSED] x\r\n* 5 EXPUNGE\r\n* 1 EXISTS\r\nT3 NO [INUSE] no\r\n", "* LIST () NIL \"&Jjo-\"\r\nT1 OK\r\n", "+ x\r\n", "* 1 FETCH (BODYSTRUCTURE ((((((",
	} {
		f.Add([]byte(s))
	}
	fuzzSession(f, mailbox.IMAP, in)
}

func FuzzPOP3Session(f *testing.F) {
	const in = "+OK\r\n+OK\r\nSASL PLAIN\r\nTOP\r\n.\r\n+OK in\r\n"
	for _, s := range []string{
		"", "+OK 1 9\r\n+OK\r\nX-Token: v1.a.1\r\n\r\n.\r\n+OK 1 9\r\n+OK\r\nX-Token: v1.a.1\r\n\r\n..\r\n.\r\n+OK\r\nX-Token: v1.a.1\r\n\r\n.\r\n+OK\r\n+OK\r\n",
		"+OK 1000000 1\r\n-ERR\r\n-ERR\r\n", "+OK 2 2\r\n+OK\r\n.", "-ERR [IN-USE] x\r\n",
	} {
		f.Add([]byte(s))
	}
	fuzzSession(f, mailbox.POP3, in)
}
