package mailbox

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	wire "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mx_exporter/probe/fact"
)

func TestEveryCodeHasItsReason(t *testing.T) {
	for _, code := range Codes() {
		label, reason := refused(strings.ToLower(code))
		if label != code || !slices.Contains(fact.Reasons(), reason) {
			t.Errorf("%s: %s, %s", code, label, reason)
		}
	}
	if label, reason := refused(""); label != "" || reason != fact.LoginFailed {
		t.Errorf("no code: %q, %s", label, reason)
	}
}

func TestWordsAreUpperCaseAndOnce(t *testing.T) {
	for _, words := range [][]string{imapWords(), pop3Words(), Codes(), Methods()} {
		for i, w := range words {
			if slices.Contains(words[:i], w) || w != strings.ToUpper(w) && w != "other" {
				t.Errorf("%q", w)
			}
		}
	}
}

func TestStatusResponses(t *testing.T) {
	for in, want := range map[string]string{
		"OK [CAPABILITY A B] text ] more": "OK CAPABILITY|A B|text ] more",
		"no [alert]x":                     "NO ALERT||x",
		"BAD":                             "BAD ||",
		"OK []":                           "OK ||",
		"BYE [unended":                    "BYE ||[unended",
	} {
		r, ok := parseStatus(in)
		if got := fmt.Sprintf("%s %s|%s|%s", r.word, r.code, r.args, r.text); !ok || got != want {
			t.Errorf("%q: %q, %v; want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "FETCH", "OKAY", "[OK]"} {
		if r, ok := parseStatus(in); ok {
			t.Errorf("%q is taken for %+v", in, r)
		}
	}
}

func TestLiteralsAreReadWhateverTheirSize(t *testing.T) {
	for in, want := range map[string]string{
		"{0}": "0 true", "{310}": "310 true", "{310+}": "310 true", "{1001}": "1001 true", "{99999999999999999999999}": "1001 true",
		"{99999999999999999999999999999999999}": "1001 true", "{}": "0 false", "{-1}": "0 false", "{1": "0 false", "{+}": "0 false", "{1a}": "0 false",
	} {
		n, ok := literal([]byte(in[:min(len(in), maxAnnounce)]), 1000)
		if got := fmt.Sprint(n, " ", ok); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// RFC 6154 comes first; where no folder is marked, the usual names count.
func TestJunkFolderByUseThenByName(t *testing.T) {
	junk := []wire.MailboxAttr{wire.MailboxAttrJunk}
	for _, c := range []struct {
		list []*wire.ListData
		want string
	}{
		{nil, "[{INBOX inbox}]"},
		{[]*wire.ListData{{Mailbox: "Spam"}, {Mailbox: "Trash", Attrs: junk}}, "[{INBOX inbox} {Trash junk} {Spam other}]"},
		{[]*wire.ListData{{Mailbox: "A/Spam", Delim: '/'}, {Mailbox: "INBOX.Junk", Delim: '.'}, {Mailbox: "Spam/A", Delim: '/'}}, "[{INBOX inbox} {A/Spam junk} {INBOX.Junk junk} {Spam/A other}]"},
		{[]*wire.ListData{{Mailbox: "Junk", Attrs: []wire.MailboxAttr{wire.MailboxAttrNoSelect}}, {Mailbox: "INBOX"}}, "[{INBOX inbox}]"},
		{[]*wire.ListData{{Mailbox: "UNERWÜNSCHT"}}, "[{INBOX inbox} {UNERWÜNSCHT junk}]"},
	} {
		if got := fmt.Sprint(folders(c.list)); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
	many := make([]*wire.ListData, 5000)
	for i := range many {
		many[i] = &wire.ListData{Mailbox: fmt.Sprint(i)}
	}
	many[4999].Mailbox = "Junk"
	if fs := folders(many); len(fs) != MaxFolders || fs[1].Kind != Junk {
		t.Errorf("%d folders, the second is %+v", len(fs), fs[1])
	}
}

func TestFieldsAreUnfoldedAndBounded(t *testing.T) {
	for in, want := range map[string]string{
		"A: 1\r\nX: v\r\n\r\nX: body\r\n": "[v]",
		"x : v\r\n":                       "[v]",
		"X:\r\n v1\r\n\tw\r\n":            "[v1\tw]",
		"X: 1\nX: 2\nX: 3\n":              "[1 2]",
		"XX: 1\r\nA: X: 2\r\n X: 3\r\n":   "[]",
		" X: 1\r\n":                       "[]",
		"":                                "[]",
	} {
		if got := fmt.Sprint(fields([]byte(in), "X")); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	long := fields([]byte("X: a\r\n"+strings.Repeat(" b\r\n", 100_000)), "X")
	if len(long) != 1 || len(long[0]) > maxValue+2 {
		t.Errorf("%d values, the first of %d octets", len(long), len(long[0]))
	}
}

func TestFullestRootOfAQuota(t *testing.T) {
	root := func(kind wire.QuotaResourceType, used, limit int64) imapclient.QuotaData {
		return imapclient.QuotaData{Resources: map[wire.QuotaResourceType]imapclient.QuotaResourceData{kind: {Usage: used, Limit: limit}}}
	}
	q := quotaOf([]imapclient.QuotaData{
		root(wire.QuotaResourceStorage, 1, 10), root(wire.QuotaResourceStorage, 9, 10), root(wire.QuotaResourceStorage, 5, 10), root(wire.QuotaResourceMessage, 3, 0),
	})
	if q == nil || *q.UsedBytes != 9*1024 || *q.LimitBytes != 10*1024 || *q.UsedMessages != 3 || *q.LimitMessages != 0 {
		t.Errorf("%+v", q)
	}
	if q := quotaOf([]imapclient.QuotaData{root(wire.QuotaResourceStorage, -1, 10), root("OTHER", 1, 2)}); q != nil {
		t.Errorf("%+v", q)
	}
}
