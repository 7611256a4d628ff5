package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"mx_exporter/probe/bounce"
)

func explanationOf(t testing.TB, r *bounce.Report, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := Explanation(&b, bounce.Explain(r), HTMLOptions{Home: "/mx/", Style: "/mx/style.css?1"}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func returned(t testing.TB, file string) string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "bounce", "testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := bounce.Read(f)
	return explanationOf(t, r, err)
}

func pasted(t testing.TB, text string) string {
	t.Helper()
	r, err := bounce.FromReply(text)
	return explanationOf(t, r, err)
}

func TestExplanation(t *testing.T) {
	for file, got := range map[string]string{
		"explained-reply.html":  pasted(t, "mx.example.org said: 550 5.1.1 User unknown (in reply to RCPT TO command)"),
		"explained-bounce.html": returned(t, "postfix-delay.eml"),
	} {
		golden(t, file, got)
		wellFormed(t, got)
	}
}

// The outcome is told by its colour, its sign and in words.
func TestAnExplanationBeginsWithTheOutcome(t *testing.T) {
	for name, c := range map[string]struct{ got, class, title string }{
		"final":   {pasted(t, "554 5.7.1 Relay access denied"), "compromised", "Refused for good: relay denied"},
		"later":   {pasted(t, "451 4.7.1 Greylisted, try again"), "impaired", "Not now: greylisted"},
		"taken":   {pasted(t, "250 2.0.0 OK"), "satisfactory", "Not refused: accepted"},
		"waiting": {returned(t, "postfix-delay.eml"), "impaired", "Not now: mailbox full"},
		"expired": {returned(t, "postfix-expired.eml"), "compromised", "Given up: network error"},
	} {
		if !strings.Contains(c.got, "<title>"+c.title+"</title>") || !strings.Contains(c.got, `<section class="verdict `+c.class+`"`) {
			t.Errorf("%s: want %q in the colour of %s:\n%s", name, c.title, c.class, c.got)
		}
	}
}

// S11, H13, I13
func TestHostileTextStaysTextInAnExplanation(t *testing.T) {
	for _, text := range []string{hostile, "</dd></dl></main><script>alert(1)</script>", `" onclick="alert(1)`, "<!--", "{{.Home}}", "\u2066\u2067\u061c"} {
		one := func(text string) string {
			r := &bounce.Report{
				Format: bounce.DSN, Reporter: text, To: text, Original: bounce.Original{MessageID: text, Subject: text, From: text},
				Recipients: []bounce.Recipient{
					{Address: text, Action: bounce.Failed, Class: "mailbox_not_found", Status: text, Remote: text, Diagnostic: text},
					{Address: text + "2", Action: bounce.Failed, Class: "mailbox_full", Status: text, Remote: text, Diagnostic: text},
				},
			}
			return explanationOf(t, r, nil)
		}
		got := one(text)
		wellFormed(t, got)
		for _, c := range got {
			if c != '\n' && (c == utf8.RuneError || !unicode.IsPrint(c)) {
				t.Errorf("%q stands in the page for %q", c, text)
			}
		}
		if elements(got) != elements(one("5.x")) {
			t.Errorf("%q changed the elements of the page:\n%s", text, got)
		}
	}
}
