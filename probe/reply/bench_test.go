package reply

import (
	"strings"
	"testing"

	"mx_exporter/probe/fact"
)

// endless gives the same reply again and again.
type endless struct {
	reply string
	at    int
}

func (e *endless) Read(b []byte) (int, error) {
	n := copy(b, e.reply[e.at:])
	e.at = (e.at + n) % len(e.reply)
	return n, nil
}

func BenchmarkReader(b *testing.B) {
	for _, bb := range []struct{ name, reply string }{
		{"one line", "250 2.1.0 Ok\r\n"},
		{"ehlo", "250-mx.example.org\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250-ETRN\r\n250-STARTTLS\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250-SMTPUTF8\r\n250 CHUNKING\r\n"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			r := NewReader(&endless{reply: bb.reply}, Limits{TotalBytes: 1 << 60})
			b.SetBytes(int64(len(bb.reply)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkClassify(b *testing.B) {
	for _, bb := range []struct{ name, text string }{
		{"accepted", "250 2.1.5 Ok"},
		{"by enhanced code", "550 5.1.1 <a@example.org>: Recipient address rejected: User unknown in local recipient table"},
		{"by an early phrase", "450 4.2.0 <a@example.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html"},
		{"by no phrase", "550 5.7.1 " + strings.Repeat("words that say nothing at all ", 6)},
		{"hostile text", "550 5.7.1 " + strings.Repeat("mailbox user recipient ", 1000)},
	} {
		r, _ := ParseText(bb.text)
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Classify(fact.Rcpt, r)
			}
		})
	}
}

func BenchmarkParseText(b *testing.B) {
	for _, bb := range []struct{ name, text string }{
		{"a reply", "550 5.1.1 <a@example.org>: Recipient address rejected: User unknown"},
		{"a log line", "status=bounced (host mx[192.0.2.1]:25 said: 550 no such user (in reply to RCPT TO command))"},
		{"hostile text", strings.Repeat("said: 55\n", 4000)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ParseText(bb.text)
			}
		})
	}
}
