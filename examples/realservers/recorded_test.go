//go:build real

package realservers

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var record = flag.Bool("record", false, "write what the servers say to testdata/recorded")

// repliesAreAsRecorded holds one conversation with each product and compares
// codes and lines with what is recorded. The files are seeds for the fuzzers of
// probe/reply and probe/smtp, which shall start from what servers really say.
func repliesAreAsRecorded(t *testing.T, l *lab) {
	l.postfix(t, "postfix.trio.test", "trio.test")
	l.exim(t, "exim.trio.test", "trio.test")
	l.opensmtpd(t)
	for product, host := range map[string]string{
		"postfix": "postfix.trio.test", "exim": "exim.trio.test", "opensmtpd": "mx.starttls.test",
	} {
		t.Run(product, func(t *testing.T) {
			for name, reply := range l.converse(t, host) {
				recorded(t, product+"-"+name, reply)
			}
		})
	}
}

// converse says everything that the exporter may say, and some more, and returns
// the replies by the name of their stage.
func (l *lab) converse(t *testing.T, host string) map[string]string {
	t.Helper()
	domain := host[strings.Index(host, ".")+1:]
	said := map[string]string{
		"banner":   l.says(t, host),
		"helo":     l.says(t, host, "HELO monitor.test"),
		"starttls": l.says(t, host, "EHLO monitor.test", "STARTTLS"),
	}
	c := l.dial(t, host)
	c.Hear(t)
	for _, turn := range []struct{ stage, line string }{
		{"ehlo", "EHLO monitor.test"},
		{"mail", "MAIL FROM:<postmaster@monitor.test>"},
		{"rcpt", "RCPT TO:<postmaster@" + domain + ">"},
		{"rcpt-unknown", "RCPT TO:<nobody@" + domain + ">"},
		{"rcpt-relay", "RCPT TO:<postmaster@example.org>"},
		{"unknown", "XYZZY"},
		{"help", "HELP"},
		{"quit", "QUIT"},
	} {
		said[turn.stage] = c.Ask(t, turn.line)
	}
	return said
}

// recorded holds a reply against the file of that name, or writes the file when
// recording.
func recorded(t *testing.T, name, reply string) {
	t.Helper()
	file := filepath.Join("testdata", "recorded", name+".txt")
	if *record {
		if err := os.WriteFile(file, []byte(reply), 0o644); err != nil { // a file of the source tree
			t.Fatal(err)
		}
		return
	}
	if got, want := shape(reply), shape(string(read(t, file))); got != want {
		t.Errorf("%s: the server now says\n%s\nwhich is recorded as\n%s", file, got, want)
	}
}

// shape is a reply without what differs from one time to the next: names, dates
// and sizes.
func shape(reply string) string {
	var b strings.Builder
	for line := range strings.Lines(reply) {
		code, text := line[:min(4, len(line))], line[min(4, len(line)):]
		word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
		if code == "220-" || code == "220 " {
			word = "…" // the greeting's name and date
		}
		b.WriteString(code + word + "\n")
	}
	return b.String()
}
