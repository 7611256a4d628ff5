package reply

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestEveryClassIsExplained(t *testing.T) {
	docs := Docs()
	if len(docs) != len(Classes()) || len(explanations) != len(Classes()) {
		t.Errorf("%d explanations and %d texts for %d classes", len(docs), len(explanations), len(Classes()))
	}
	for i, d := range docs {
		if d.Class != Classes()[i] {
			t.Errorf("%s is explained in the place of %s", d.Class, Classes()[i])
		}
		for _, s := range []string{d.Meaning, d.Sender, d.Recipient} {
			if !strings.HasSuffix(s, ".") || strings.Contains(s, "|") || strings.Count(s, ". ") > 0 {
				t.Errorf("%s: %q is not one plain sentence", d.Class, s)
			}
		}
	}
}

func TestWhatPassesByItselfIsWorthAnotherTry(t *testing.T) {
	for _, c := range Classes() {
		if c.Temporary() && c.Doc().Wait == 0 {
			t.Errorf("%s is temporary, and its advice is not to try again", c)
		}
	}
	for c, want := range map[Class]string{
		Accepted:        "nothing to retry",
		Greylisted:      "try again in an hour",
		MailboxFull:     "try again in a day",
		BlockedUs:       "try again in a week",
		MailboxNotFound: "retrying does not help until something is changed",
	} {
		if got := c.Doc().Retry(); got != want {
			t.Errorf("%s: %q, want %q", c, got, want)
		}
	}
}

func TestOursAreAnswersAboutTheSender(t *testing.T) {
	var ours []Class
	for _, c := range Classes() {
		if c.Ours() {
			ours = append(ours, c)
		}
	}
	if want := []Class{Greylisted, RateLimited, BlockedUs, AccessDenied, Policy, ContentRejected, SenderRejected, TLSRequired}; !slices.Equal(ours, want) {
		t.Errorf("%v, want %v", ours, want)
	}
}

func TestExplanationIsJSON(t *testing.T) {
	b, err := json.Marshal(MailboxFull.Doc())
	if err != nil || !strings.Contains(string(b), `"class":"mailbox_full"`) || !strings.Contains(string(b), `"wait_seconds":86400`) {
		t.Errorf("%s, %v", b, err)
	}
}
