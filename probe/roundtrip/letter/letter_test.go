package letter

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mx_exporter/probe/roundtrip/token"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func mark(t *testing.T) token.Token {
	t.Helper()
	k, err := token.NewKey([]byte("a key of more than sixteen octets"))
	if err != nil {
		t.Fatal(err)
	}
	return token.NewSigner(k, "monitor.example.net", "office").New(time.Date(2026, 11, 21, 13, 14, 15, 0, time.UTC))
}

func plain(t *testing.T) Letter {
	return Letter{Token: mark(t), Trip: "office", From: "probe@monitor.example.net", To: "test@example.org"}
}

func parse(t *testing.T, raw []byte) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// I12: nobody answers a message that says that a machine wrote it.
func TestMessageSaysThatNobodyIsToAnswer(t *testing.T) {
	l := plain(t)
	m := parse(t, l.Message())
	for name, want := range map[string]string{
		"Auto-Submitted": "auto-generated", "Precedence": "bulk", "X-Auto-Response-Suppress": "All",
		"Date": "Sat, 21 Nov 2026 13:14:15 +0000", "MIME-Version": "1.0",
		token.Header: l.Token.String(), "Message-ID": "<" + l.Token.String() + "@monitor.example.net>",
		"From": `"mx_exporter round trip" <probe@monitor.example.net>`, "To": "<test@example.org>",
		"Subject": "mx_exporter round trip test " + l.Token.String(),
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if _, err := m.Header.Date(); err != nil {
		t.Error(err)
	}
	body, _ := io.ReadAll(m.Body)
	for _, want := range []string{"mx_exporter", "You may delete it", "Round trip: office", "monitor-example-net"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the body lacks %q:\n%s", want, body)
		}
	}
}

func TestMessageGoesThroughAnyServer(t *testing.T) {
	l := plain(t)
	l.Attachment, l.EICAR = 5000, true
	for line := range bytes.SplitAfterSeq(l.Message(), []byte("\n")) {
		switch {
		case len(line) == 0:
			continue
		case !bytes.HasSuffix(line, []byte("\r\n")) || bytes.ContainsAny(line[:len(line)-2], "\r\n"):
			t.Errorf("a bare line end: %q", line)
		case len(line) > 80 && !bytes.Contains(line, []byte(l.Token.String())) && !bytes.HasPrefix(line, []byte(DigestHeader)):
			t.Errorf("%d octets: %q", len(line), line)
		case len(line) > 300:
			t.Errorf("%d octets: %q", len(line), line)
		}
		for _, c := range line {
			if c >= 0x7f || c < ' ' && c != '\r' && c != '\n' {
				t.Fatalf("octet %#x in %q", c, line)
			}
		}
	}
}

func TestAttachmentIsWhatTheDigestSays(t *testing.T) {
	l := plain(t)
	l.Attachment = 10_000
	m := parse(t, l.Message())
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" {
		t.Fatal(kind, err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	var files []string
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.FileName() == "" {
			continue
		}
		content, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, p))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, p.FileName())
		if len(content) != l.Attachment || "sha256="+Digest(content) != m.Header.Get(DigestHeader) {
			t.Errorf("%s has %d octets and digest %s; the header says %s", p.FileName(), len(content), Digest(content), m.Header.Get(DigestHeader))
		}
	}
	if len(files) != 1 || files[0] != FileName {
		t.Errorf("files %v", files)
	}
}

func TestContentDiffersFromMessageToMessage(t *testing.T) {
	one, two := mark(t), mark(t)
	if bytes.Equal(Content(one, 100), Content(two, 100)) {
		t.Error("two messages have the same file")
	}
	if !bytes.Equal(Content(one, 100), Content(one, 100)) {
		t.Error("a process that was restarted makes another file")
	}
	for _, size := range []int{0, 1, 11, 12, 13, 4096} {
		if n := len(Content(one, size)); n != size {
			t.Errorf("%d octets, want %d", n, size)
		}
	}
}

// The digest is the one that eicar.org and every scanner's documentation give.
func TestEICARIsTheTestFile(t *testing.T) {
	if got := Digest(EICAR()); got != "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f" {
		t.Errorf("digest %s", got)
	}
}

// A scanner that finds the test file in the program deletes the program.
func TestNeitherSourceNorProgramHoldsTheTestFile(t *testing.T) {
	files, err := filepath.Glob("*")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(files, program) {
		content, err := os.ReadFile(name)
		if err != nil {
			continue // a folder
		}
		if bytes.Contains(content, EICAR()) {
			t.Errorf("%s holds the test file", name)
		}
	}
}

func TestSenderIsUniqueWhereSubaddressesAreInUse(t *testing.T) {
	mark := mark(t)
	for from, want := range map[string]string{
		"probe@example.net":                         "probe@example.net",
		"probe+rt@example.net":                      "probe+rt." + mark.Random + "@example.net",
		strings.Repeat("x", 40) + "+rt@example.net": strings.Repeat("x", 40) + "+rt@example.net", // would be too long
	} {
		got := Sender(from, mark)
		if got != want {
			t.Errorf("sender %s, want %s", got, want)
		}
		random := ""
		if got != from {
			random = mark.Random
		}
		if back := Returned(from, strings.ToUpper(got)); back != random {
			t.Errorf("%s came back as %q, want %q", got, back, random)
		}
	}
	for _, address := range []string{"", "probe+rt@example.net", "probe+rt.x@example.org", "other+rt.x@example.net"} {
		if got := Returned("probe+rt@example.net", address); got != "" {
			t.Errorf("%q came back as %q", address, got)
		}
	}
}
