package bounce_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mx_exporter/probe/bounce"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
)

func read(t testing.TB, file string) *bounce.Report {
	t.Helper()
	r, err := bounce.Read(strings.NewReader(source(t, file)))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return r
}

func TestAReportIsReadWhole(t *testing.T) { // I13
	got := read(t, "postfix-delay.eml")
	at := func(day, hour, minute, second int) time.Time {
		return time.Date(2026, time.March, day, hour, minute, second, 0, time.UTC)
	}
	want := &bounce.Report{
		Format: bounce.DSN, Reporter: "mail.example.net", To: "sender@example.net", Date: at(3, 9, 15, 0), Arrived: at(3, 5, 14, 58),
		Recipients: []bounce.Recipient{{
			Address: "user@example.org", Action: bounce.Delayed, Status: "4.2.2", Class: reply.MailboxFull, Stage: fact.Rcpt,
			Reply:  &reply.Reply{Code: 452, Enhanced: "4.2.2", Lines: []string{"4.2.2 Over quota"}},
			Remote: "mx.example.org", Diagnostic: "452 4.2.2 Over quota", When: at(3, 9, 15, 0), RetryUntil: at(8, 5, 14, 58),
		}},
		Original: bounce.Original{
			MessageID: "<o1@example.net>", Subject: "Minutes of Monday", From: "sender@example.net", To: "user@example.org", Date: at(3, 9, 14, 55),
		},
		Hints: []bounce.Hint{bounce.SentHere},
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(bounce.Recipient{}, bounce.Original{})); d != "" {
		t.Error(d)
	}
}

func TestProseNamesTheServerAndTheStage(t *testing.T) {
	for file, want := range map[string][2]string{
		"exim-prose.eml": {"mx.example.org", "rcpt"}, "qmail-remote-rcpt.eml": {"192.0.2.25", "rcpt"}, "postfix-prose.eml": {"mx.example.org", ""},
		"sendmail-5.eml": {"mx.example.org", "rcpt"}, "gmail-old.eml": {"mx.example.org", ""}, "courier.eml": {"mx.example.org", "rcpt"},
		"exchange-2003-prose.eml": {"mail.example.org", ""}, "gmx.eml": {"mx.example.org", "rcpt"}, "hmailserver.eml": {"192.0.2.25", "rcpt"},
		"exchange-html-5-4-1.eml": {"mx.example.org", ""},
	} {
		one := read(t, file).Recipients[0]
		if one.Remote != want[0] || string(one.Stage) != want[1] {
			t.Errorf("%s: remote %q, stage %q; want %q", file, one.Remote, one.Stage, want)
		}
	}
}

func TestAFailureAfterDaysOfNotNowIsNotPermanent(t *testing.T) {
	for file, want := range map[string]bool{
		"postfix-expired.eml": false, "qmail-no-connection.eml": false, "exim-later.eml": false, "qmail-no-mailbox.eml": true, "rfc3464-no-diagnostic.eml": true,
		"domino.eml": true, "domino-hops.eml": true,
	} {
		if w := read(t, file).Worst(); w.Action != bounce.Failed || w.Permanent() != want {
			t.Errorf("%s: %s, permanent %v; want failed, %v", file, w.Action, w.Permanent(), want)
		}
	}
}

func TestTheWorstRecipientComesFirst(t *testing.T) {
	r := read(t, "rfc3464-e2.eml")
	slices.Reverse(r.Recipients)
	if w := r.Worst(); w.Address != "person@example.org" {
		t.Errorf("worst is %s", w.Address)
	}
	r.Recipients = r.Recipients[1:2]
	if w := r.Worst(); w.Action != bounce.Delayed {
		t.Errorf("worst is %s", w.Action)
	}
	if w := new(bounce.Report).Worst(); w.Class != "" {
		t.Errorf("nobody is %+v", w)
	}
}

func TestBackscatterIsToldBySigns(t *testing.T) { // S6
	for file, want := range map[string]bounce.Backscatter{
		"backscatter.eml": bounce.Likely, "exim-prose.eml": bounce.Unlikely, "courier.eml": bounce.Undetermined, "postfix-nobody.eml": bounce.Unlikely,
	} {
		if r := read(t, file); r.Backscatter() != want {
			t.Errorf("%s: %s by %q, want %s", file, r.Backscatter(), r.Hints, want)
		}
	}
}

func TestFromReplyReadsWhatIsPasted(t *testing.T) {
	for text, want := range map[string]struct {
		code   int
		class  reply.Class
		action bounce.Action
	}{
		"550 5.1.1 User unknown": {550, reply.MailboxNotFound, bounce.Failed},
		"host mx.example.org[192.0.2.1] said: 450 4.2.0 <a@example.org>: Greylisted (in reply to RCPT TO command)": {450, reply.Greylisted, bounce.Delayed},
		"250 2.1.5 Ok":                        {250, reply.Accepted, bounce.Delivered},
		"5.2.2 Mailbox full":                  {550, reply.MailboxFull, bounce.Failed},
		"smtp; 554 5.7.1 Relay access denied": {554, reply.RelayDenied, bounce.Failed},
	} {
		r, err := bounce.FromReply(text)
		if err != nil || r.Worst().Code() != want.code || r.Worst().Class != want.class || r.Worst().Action != want.action || r.Format != bounce.Pasted {
			t.Errorf("%q is %+v, %v; want %+v", text, r, err, want)
		}
	}
	for text, want := range map[string]bounce.Kind{"": bounce.Empty, " \n": bounce.Empty, "User unknown": bounce.NoReply, "call 555-1234": bounce.NoReply} {
		_, err := bounce.FromReply(text)
		var no *bounce.NotBounceError
		if !errors.As(err, &no) || no.Kind != want {
			t.Errorf("%q gives %v, want %s", text, err, want)
		}
	}
}

// Scripts read these keys; a new one may come, none may go.
func TestExplanationsKeepTheirKeys(t *testing.T) {
	for _, file := range []string{"exim-prose.eml", "rfc3464-e4.eml", "rfc3464-delivered.eml"} {
		b, err := json.Marshal(bounce.Explain(read(t, file)))
		if err != nil {
			t.Fatal(err)
		}
		var keys map[string]any
		if err := json.Unmarshal(b, &keys); err != nil {
			t.Fatal(err)
		}
		for _, k := range []string{"class", "permanent", "code", "enhanced", "meaning", "advice", "summary", "retry", "recipients_advice", "backscatter", "report"} {
			if _, ok := keys[k]; !ok {
				t.Errorf("%s: no key %s in %s", file, k, b)
			}
		}
	}
}

func TestEveryBounceIsExplained(t *testing.T) { // S6
	for _, k := range corpus(t) {
		e := bounce.Explain(read(t, k.file))
		for name, s := range map[string]string{"summary": e.Summary, "meaning": e.Meaning, "advice": e.Advice, "retry": e.Retry, "recipient's advice": e.RecipientsAdvice} {
			if s == "" || !strings.HasSuffix(s, ".") || strings.ToUpper(s[:1]) != s[:1] {
				t.Errorf("%s: the %s is %q", k.file, name, s)
			}
		}
		if bad := e.Class != reply.Accepted; bad != (e.Everything != "") || bad != (e.NotYours != "") {
			t.Errorf("%s: advice for everything %q, for strangers' mail %q", k.file, e.Everything, e.NotYours)
		}
		if len(e.Others) != len(k.recipients)-1 {
			t.Errorf("%s: %d others of %d", k.file, len(e.Others), len(k.recipients))
		}
	}
}

func ExampleFromReply() {
	r, err := bounce.FromReply("550 5.7.25 The IP address sending this message does not have a PTR record")
	if err != nil {
		fmt.Println(err)
		return
	}
	e := bounce.Explain(r)
	fmt.Println(e.Class, e.Permanent)
	fmt.Println(e.Advice)
	// Output:
	// policy true
	// Put right what the reply names: most often a missing reverse name, or a sending server that is not in the SPF record.
}

func TestASendmailReasonEndsWithItsLine(t *testing.T) {
	if w := read(t, "sendmail-reason.eml").Worst(); w.Diagnostic != "5.2.2 Over quota" {
		t.Errorf("it said %q", w.Diagnostic)
	}
}

// A program of the same machine leaves no name of a server behind, which is no sign
// of a stranger.
func TestOwnMailThroughQmailIsNotCalledForged(t *testing.T) {
	if r := read(t, "qmail-own.eml"); r.Backscatter() != bounce.Undetermined {
		t.Errorf("%s by the signs %v", r.Backscatter(), r.Hints)
	}
}
