package bounce_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"mx_exporter/probe/bounce"
)

func text(t *testing.T, e *bounce.Explanation, width int) string {
	t.Helper()
	var b strings.Builder
	if err := e.Text(&b, width); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestLinesAreBrokenAtTheWidth(t *testing.T) {
	for _, k := range corpus(t) {
		e := bounce.Explain(read(t, k.file))
		for _, width := range []int{40, 80, 200} {
			for line := range strings.SplitSeq(text(t, e, width), "\n") {
				if n := utf8.RuneCountInString(line); n > width && len(strings.Fields(line)) > 2 {
					t.Errorf("%s: %q has %d columns, want %d", k.file, line, n, width)
				}
			}
		}
	}
}

func TestRemoteWordsAreShownEscapedAndCut(t *testing.T) {
	src := "From: MAILER-DAEMON@mail.example.net\nTo: sender@example.net\nSubject: failure notice\nContent-Type: multipart/report; boundary=b\n\n--b\n" +
		"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mail\x1b[2J.example.net\n\nFinal-Recipient: rfc822; user@example.org\nAction: failed\n" +
		"Remote-MTA: dns; mx\u202eexample\nDiagnostic-Code: smtp; 550 5.1.1 \x07red \u200b" + strings.Repeat("long ", 1000) + "\n\n--b\n" +
		"Content-Type: message/rfc822\n\nSubject: =?utf-8?Q?=1B]0;x=07?=\nMessage-ID: <\u2066@x>\n\n--b--\n"
	r, err := bounce.Read(strings.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	got := text(t, bounce.Explain(r), 80)
	if strings.ContainsAny(got, "\x1b\x07\u202e\u200b\u2066") || len(got) > 4096 {
		t.Errorf("%d octets: %q", len(got), got)
	}
	if !strings.Contains(got, `"mx\u202eexample"`) || !strings.Contains(got, "…") {
		t.Errorf("nothing is escaped or cut in %q", got)
	}
}

func TestTheFirstSentenceSaysWhoRefusedWhomAndWhen(t *testing.T) { // S6
	for file, want := range map[string]string{
		"sendmail-nosuch.eml":   "The mail to x@nosuch.example was not delivered: so the mail server mail.example.net reported on Saturday, 21 November 2026, 12:55 GMT.",
		"postfix-prose.eml":     "The mail to user@example.org was not delivered: the mail server mx.example.org refused it on Tuesday, 3 March 2026, 09:15 UTC.",
		"qmail-no-host.eml":     "The mail to user@example.invalid was not delivered: so the mail server mail.example.net reported on Tuesday, 3 March 2026, 09:15 UTC.",
		"exim-warning.eml":      "The mail to user@example.org has not arrived yet and is still being tried: so the mail server mail.example.net reported on Tuesday, 3 March 2026, 09:15 UTC.",
		"rfc3464-e1.eml":        "The mail to user@example.org was not delivered, and is no longer being tried: a mail server did not take it, as the mail server cs.example.net reported on Thursday, 7 July 1994, 17:15 -0400.",
		"rfc3464-delivered.eml": "The mail to user@example.org has arrived: so the mail server mx.example.org reported on Tuesday, 3 March 2026, 09:15 UTC.",
		"rfc3464-relayed.eml":   "The mail to user@example.org was passed on, and nothing more will be heard of it: the mail server mx.example.org took it on Tuesday, 3 March 2026, 09:15 UTC.",
	} {
		if got := bounce.Explain(read(t, file)).Summary; got != want {
			t.Errorf("%s:\n%s, want\n%s", file, got, want)
		}
	}
}

func TestWaitingIsSaidInWords(t *testing.T) { // S6
	for file, want := range map[string]string{
		"postfix-delay.eml": "The sending server keeps trying by itself until Sunday, 8 March 2026, 05:14 UTC; do not send it again before.",
		"rfc3464-e4.eml":    "The sending server keeps trying by itself; if nothing has arrived by then, try again in an hour.",
		"yahoo.eml":         "Try again in a week.",
		"gmail-old.eml":     "Try again in a day.",
		"exim-nobody.eml":   "Retrying does not help until something is changed.",
	} {
		if got := bounce.Explain(read(t, file)).Retry; got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}
