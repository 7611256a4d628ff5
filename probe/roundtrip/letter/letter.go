package letter

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"mx_exporter/probe/roundtrip/token"
)

// DigestHeader carries the SHA-256 of the harmless attachment, in hexadecimal.
const DigestHeader = "X-MX-Exporter-Attachment"

// Letter is what is to be said. Addresses have no brackets and no display names.
type Letter struct {
	Token      token.Token
	Trip       string // name of the round trip
	From, To   string
	Attachment int  // octets of the harmless file; 0: none
	EICAR      bool // with the test file of virus scanners
}

// Message is the whole message, with CRLF at the end of each line and no line
// over 78 octets but those that hold a token.
func (l Letter) Message() []byte {
	var b bytes.Buffer
	l.header(&b)
	if l.Attachment <= 0 && !l.EICAR {
		b.WriteString("Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n")
		l.body(&b)
		return b.Bytes()
	}
	boundary := "mx-exporter-" + l.Token.Random
	fmt.Fprintf(&b, "Content-Type: multipart/mixed;\r\n boundary=\"%s\"\r\n\r\n", boundary)
	part := func(kind, rest string) { fmt.Fprintf(&b, "--%s\r\nContent-Type: %s\r\n%s\r\n", boundary, kind, rest) }
	part("text/plain; charset=us-ascii", "Content-Transfer-Encoding: 7bit\r\n")
	l.body(&b)
	if l.Attachment > 0 {
		part("text/csv; name=\""+FileName+"\"", attached(FileName))
		encode(&b, Content(l.Token, l.Attachment))
	}
	if l.EICAR {
		part("application/octet-stream; name=\""+eicarName+"\"", attached(eicarName))
		encode(&b, EICAR())
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	return b.Bytes()
}

func (l Letter) header(b *bytes.Buffer) {
	line := func(name, value string) { fmt.Fprintf(b, "%s: %s\r\n", name, value) }
	line("Date", l.Token.Sent.Format(time.RFC1123Z))
	line("From", "\"mx_exporter round trip\" <"+l.From+">")
	line("To", "<"+l.To+">")
	// A bounce that keeps nothing but the subject is matched by it.
	line("Subject", "mx_exporter round trip test\r\n "+l.Token.String())
	line("Message-ID", "<"+l.Token.String()+"@"+domain(l.From)+">")
	line(token.Header, l.Token.String())
	line("Auto-Submitted", "auto-generated") // RFC 3834 section 5
	line("Precedence", "bulk")
	line("X-Auto-Response-Suppress", "All") // Exchange
	if l.Attachment > 0 {
		line(DigestHeader, "sha256="+Digest(Content(l.Token, l.Attachment)))
	}
	line("MIME-Version", "1.0")
}

func (l Letter) body(b *bytes.Buffer) {
	lines := []string{
		"This is a test message. A monitoring program called mx_exporter sent it",
		"to see whether mail arrives, and how long that takes. Nobody wrote it,",
		"and nobody waits for an answer.",
		"",
		"The program looks for this message in the mailbox and deletes it. If you",
		"can read this, the message was lost on its way there, or the program has",
		"not come to it yet. You may delete it; nothing will break.",
		"",
	}
	if l.EICAR {
		lines = append(lines,
			"The file "+eicarName+" with it is the harmless test file of EICAR",
			"(www.eicar.org), to see what the virus scanner does.",
			"")
	}
	lines = append(lines,
		"Round trip: "+l.Trip,
		"Sent by:    "+l.Token.Instance,
		"Sent at:    "+l.Token.Sent.Format(time.RFC1123Z),
		"")
	b.WriteString(strings.Join(lines, "\r\n"))
}

// maxLocal is the longest local part (RFC 5321 section 4.5.3.1.1).
const maxLocal = 64

// Sender is the envelope's sender of a message. It is the address itself, since
// servers that ask for a login allow few senders, and since greylisting knows a
// sender again by it. Where its local part has a "+" already, as in
// probe+test@example.org, the system there knows subaddresses (RFC 5233), and
// each message has a sender of its own, to which a bounce comes back.
func Sender(from string, t token.Token) string {
	local, host, ok := strings.Cut(from, "@")
	if !ok || !strings.Contains(local, "+") || len(local)+1+len(t.Random) > maxLocal {
		return from
	}
	return local + "." + t.Random + "@" + host
}

// Returned is the random part of the token for which [Sender] made an address,
// empty where it made none.
func Returned(from, address string) string {
	local, host, ok := strings.Cut(from, "@")
	rest, own := strings.CutPrefix(strings.ToLower(address), strings.ToLower(local)+".")
	random, at, _ := strings.Cut(rest, "@")
	if !ok || !own || !strings.Contains(local, "+") || !strings.EqualFold(at, host) {
		return ""
	}
	return random
}

func domain(address string) string {
	if _, d, ok := strings.Cut(address, "@"); ok && d != "" {
		return d
	}
	return "localhost"
}
