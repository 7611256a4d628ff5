//go:build real

package browser

import (
	"net/url"
	"os"
	"strings"
	"testing"
)

// A bounce of the corpus without a tab, which in a form is a key that leaves it.
const pasted = "../../../probe/bounce/testdata/postfix-prose.eml"

// hostileReply is what a server would say that wants to be more than read.
const hostileReply = "550 5.1.1 <script>alert(1)</script><img src=x onerror=alert(2)> \u202egnihton \x1b[31mred " +
	"averylongwordwithoutanyplacetobreakit.averylongwordwithoutanyplacetobreakit.averylongwordwithoutanyplacetobreakit"

// explained is an address that leads to what the form leads to.
func explained(site, text string) string {
	return site + "/explain?" + url.Values{"reply": {text}}.Encode()
}

func bounceMail(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(pasted)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// formExplains pastes what people have in their hands, and reads the answer.
func formExplains(t *testing.T, b *Browser, site string) {
	for name, c := range map[string]struct{ text, outcome, why string }{
		"a reply":      {"550 5.1.1 User unknown", "Refused for good", "refused"},
		"a log's line": {"to=<u@example.org>, relay=mx.example.org[192.0.2.1]:25, status=deferred (host mx.example.org[192.0.2.1] said: 452 4.2.2 Over quota)", "Not now", "mx.example.org"},
		"a bounce":     {bounceMail(t), "Refused for good", "was not delivered"},
	} {
		t.Run(name, func(t *testing.T) {
			b.Open(t, site+"/")
			b.Type(t, "#reply", c.text)
			b.Click(t, ".paste button")
			if got := b.Text(t, ".verdict h1"); !strings.HasPrefix(got, c.outcome) {
				t.Errorf("the heading is %q, want %q", got, c.outcome)
			}
			if got := b.Text(t, ".verdict .why"); !strings.Contains(got, c.why) {
				t.Errorf("the first sentence is %q, want %q in it", got, c.why)
			}
			b.Click(t, ".meta a")
			if got := b.Text(t, "#explain-title"); got != "Explain a reply" {
				t.Errorf("the way back leads to %q", got)
			}
		})
	}
	b.Open(t, site+"/")
	b.Type(t, "#reply", "hello")
	b.Click(t, ".paste button")
	if got := b.Text(t, "#unexplained"); !strings.Contains(got, "no SMTP reply code") {
		t.Errorf("what is no reply gets %q", got)
	}
}
