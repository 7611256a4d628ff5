package bounce_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"mx_exporter/probe/bounce"
)

const head = "From: MAILER-DAEMON@mail.example.net\nTo: sender@example.net\nSubject: failure notice\nMIME-Version: 1.0\n"

// hostile are messages made to cost time or memory. None is over a few MiB, since
// no more is read than a limit anyway.
func hostile() map[string]string {
	nested := func(n int, kind string) string {
		var b strings.Builder
		b.WriteString(head)
		for i := range n {
			fmt.Fprintf(&b, "Content-Type: %s; boundary=b%d\n\n--b%d\n", kind, i, i)
		}
		return b.String() + "Content-Type: text/plain\n\n550 5.1.1 deep\n"
	}
	enclosed := strings.Repeat("From: a@example.org\nContent-Type: message/rfc822\n\n", 5000)
	report := head + "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
	return map[string]string{
		"depth of 1000 parts":            nested(1000, "multipart/mixed"),
		"depth of 5000 messages":         enclosed,
		"100000 parts":                   head + "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 100_000),
		"100000 parts without an end":    head + "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n", 100_000),
		"boundary that never comes":      head + "Content-Type: multipart/mixed; boundary=zzz\n\n" + strings.Repeat("--b\nx\n", 100_000),
		"boundary nearly met":            head + "Content-Type: multipart/mixed; boundary=" + strings.Repeat("b", 60) + "\n\n" + strings.Repeat("\n--"+strings.Repeat("b", 59)+"x", 20_000),
		"base64 without an end":          head + "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat(base64.StdEncoding.EncodeToString([]byte("550 5.1.1 no such user and so on")), 40_000),
		"quoted-printable without sense": head + "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("=\n=3", 200_000),
		"unknown charset":                head + "Content-Type: text/plain; charset=x-bomb\n\n" + strings.Repeat("\xff\xfe", 400_000),
		"encoded words":                  "From: MAILER-DAEMON\nSubject: failure notice " + strings.Repeat("=?utf-8?b?eA==?= ", 3_500) + "\n\n550 5.1.1 no\n",
		"Content-Type of 60 KiB":         "From: a@example.org\nContent-Type: multipart/report; " + strings.Repeat("a*0=b; ", 8_000) + "\n\n550 no\n",
		"part with a Content-Type of 1 MiB": head + "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: text/plain; " +
			strings.Repeat("a*0=b; ", 140_000) + "\n\n550 no\n--b--\n",
		"part with 100000 fields":    head + "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + strings.Repeat("a:b\n", 100_000) + "\n550 no\n--b--\n",
		"part with folded fields":    head + "Content-Type: multipart/mixed; boundary=b\n\n--b\na: b\n" + strings.Repeat(" c\n", 200_000) + "\n550 no\n--b--\n",
		"status field of 1 MiB":      report + "Final-Recipient: rfc822; user@example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 " + strings.Repeat("no ", 300_000) + "\n--b--\n",
		"folded status field":        report + "Final-Recipient: rfc822; user@example.org\nAction: failed\nDiagnostic-Code: smtp; 550 no\n" + strings.Repeat(" no\n", 200_000) + "\n--b--\n",
		"100000 recipients":          report + strings.Repeat("Final-Recipient: rfc822; user@example.org\nAction: failed\nStatus: 5.1.1\n\n", 15_000) + "\n--b--\n",
		"100000 recipients in prose": head + "\nHi. This is the qmail-send program at mail.example.net.\n" + strings.Repeat("<u@example.org>:\n550 no\n", 40_000),
		"each recipient another":     head + "\nHi. This is the qmail-send program at mail.example.net.\n" + many("<u%d@example.org>:\nno\n", 2_000),
		"one line of 1 MiB":          head + "\nThis is the qmail-send program " + strings.Repeat("550 5.1.1 a@b.example ", 45_000),
		"at signs":                   head + "\nThis is the qmail-send program\n" + strings.Repeat("@", 30_000),
		"addresses without an end":   head + "\nThis is the qmail-send program\n" + strings.Repeat(strings.Repeat("a", 1_990)+"@\n", 16),
		"HTML without an end":        head + "Content-Type: text/html\n\n" + strings.Repeat("<div a=", 140_000),
		"HTML tags":                  head + "Content-Type: text/html\n\n" + strings.Repeat("<p>550 ", 140_000),
		"HTML style without an end":  head + "Content-Type: text/html\n\n<style>" + strings.Repeat("<p>550 ", 140_000),
		"blanks":                     head + "\nThis is the qmail-send program\n" + strings.Repeat(" ", 900_000),
		"empty lines":                report + strings.Repeat("\n", 900_000),
	}
}

func many(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestHostileMessagesCostNeitherTimeNorMemory(t *testing.T) { // I13
	for name, src := range hostile() {
		t.Run(name, func(t *testing.T) {
			var r *bounce.Report
			var err error
			if took := quickest(func() { r, err = bounce.Read(strings.NewReader(src)) }); took > bound {
				t.Errorf("took %v", took)
			}
			if err != nil {
				checkError(t, r, err)
				return
			}
			checkReport(t, r)
		})
	}
}

const letter = "From: a@example.org\nSubject: Hello\n\n"

// endless is a mail that never ends, and counts what is taken from it.
type endless struct{ taken int }

func (e *endless) Read(b []byte) (int, error) {
	n := copy(b, letter[min(e.taken, len(letter)):])
	for i := n; i < len(b); i++ {
		b[i] = '\n'
	}
	e.taken += len(b)
	return len(b), nil
}

func TestNoMoreIsReadThanTheLimit(t *testing.T) { // I13
	var e endless
	if _, err := bounce.Read(&e); err == nil {
		t.Error("a mail without words is taken for a bounce")
	}
	if e.taken > 4<<20 {
		t.Errorf("%d octets were read", e.taken)
	}
}

func TestALimitThatIsMetIsSaid(t *testing.T) { // I13
	for _, name := range []string{"100000 recipients", "each recipient another"} {
		r, err := bounce.Read(strings.NewReader(hostile()[name]))
		if err != nil || !r.Truncated || len(r.Recipients) != 100 && name != "100000 recipients" {
			t.Errorf("%s: %v, %+.200v", name, err, r)
		}
	}
	long := head + "\nThis is the qmail-send program\n<user@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n" + strings.Repeat("x\n", 1<<20)
	r, err := bounce.Read(strings.NewReader(long))
	if err != nil || !r.Truncated || r.Recipients[0].Address != "user@example.org" {
		t.Errorf("a bounce with a long original is %+v, %v", r, err)
	}
}

func TestWhatIsNoBounceIsNamed(t *testing.T) {
	multipart := func(kind string) string {
		return "From: a@example.org\nSubject: Report\nContent-Type: multipart/report; report-type=" + kind + "; boundary=b\n\n--b\n\nHello\n--b--\n"
	}
	for src, want := range map[string]bounce.Kind{
		"":            bounce.Empty,
		" \r\n\r\n":   bounce.Empty,
		"hello world": bounce.NoMessage,
		"From: a@example.org\nX: " + strings.Repeat("x", 70_000) + "\n\nhello":                           bounce.TooLong,
		"From: a@example.org\nSubject: Lunch\n\nAt noon?\n":                                              bounce.OtherMail,
		"From: a@example.org\nSubject: Our server\n\nIt says 550 5.1.1 User unknown. Why?\n":             bounce.OtherMail,
		"From: a@example.org\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nBack on Monday.\n": bounce.AutoReply,
		multipart("disposition-notification"):                                                            bounce.Receipt,
		multipart("feedback-report"):                                                                     bounce.Complaint,
	} {
		r, err := bounce.Read(strings.NewReader(src))
		var no *bounce.NotBounceError
		if !errors.As(err, &no) || no.Kind != want || r != nil {
			t.Errorf("%.40q is %+v, %v; want %s", src, r, err, want)
		}
	}
	broken := errors.New("the disk is gone")
	if _, err := bounce.Read(io.MultiReader(strings.NewReader(head), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("a reader that fails gives %v", err)
	}
}
