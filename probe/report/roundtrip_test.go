package report

import (
	"strings"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/bounce"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/roundtrip"
	"mx_exporter/probe/roundtrip/arrival"
	"mx_exporter/probe/talk"
)

const evil = "<script>alert(1)</script>\x1b[31m\u202e"

func inSeconds(s float64) *fact.Elapsed {
	e := fact.Elapsed(s * float64(time.Second))
	return &e
}

// travelled is a run with everything in it, and every word from outside hostile.
func travelled() *roundtrip.Run {
	sent := time.Date(2026, 11, 21, 13, 0, 0, 0, time.UTC)
	spam, score := true, 7.5
	return &roundtrip.Run{
		Trip: "office", ID: "abcdefgh", Sent: sent, Finished: sent.Add(9 * time.Second), Window: *inSeconds(120), Outcome: roundtrip.Arrived,
		Host: "mx1.example.org", Attempts: 2, Class: reply.Greylisted, Delivery: inSeconds(9), Folder: mailbox.Junk, Name: evil, Copies: 2,
		Stages: []roundtrip.Timing{{Stage: roundtrip.StageSend, Took: *inSeconds(1)}}, Deleted: true,
		EICAR: &roundtrip.EICAR{Declared: config.EICARStripped, Outcome: config.EICARDelivered},
		Arrival: &arrival.Arrival{
			MX:             "mx1.example.org",
			Hops:           []arrival.Hop{{By: evil, From: evil, With: evil, At: sent.Add(3 * time.Second), Delay: inSeconds(3)}, {By: "b", Delay: inSeconds(0), Skewed: true}, {By: "c"}},
			Authentication: &arrival.Authentication{By: evil, Results: []arrival.Result{{Method: arrival.MethodSPF, Verdict: arrival.Fail, Detail: evil}}},
			DKIM:           []arrival.Signature{{Domain: evil, Status: fact.Fail, Detail: evil}},
			Spam:           []arrival.Spam{{Filter: arrival.Rspamd, Spam: &spam, Score: &score, Detail: evil}},
			Attachment:     arrival.Missing,
		},
		Talk: []talk.Line{{From: talk.Server, Text: evil}},
	}
}

func cameBack() *roundtrip.Run {
	return &roundtrip.Run{
		Outcome: roundtrip.Bounced, Trip: "office", Bounce: &roundtrip.Bounce{Class: reply.MailboxFull, Action: bounce.Failed, Code: 552, Said: evil, Meaning: evil, Advice: evil},
	}
}

func clean(t *testing.T, what, text string) {
	t.Helper()
	for _, bad := range []string{"<script", "\x1b", "\u202e"} {
		if strings.Contains(text, bad) && (what == "page" || bad != "<script") { // a terminal runs no script
			t.Errorf("%s: %q is in it:\n%s", what, bad, text)
		}
	}
}

func TestPageOfARoundTripShowsItsWayAndEscapesIt(t *testing.T) {
	now := time.Date(2026, 11, 21, 13, 10, 0, 0, time.UTC)
	run := travelled()
	s := &roundtrip.Status{
		Name: "office", Via: config.ViaMX, Protocol: config.FetchIMAP, To: "test@example.org", Problem: "told: " + evil,
		Last: run, Recent: []*roundtrip.Run{run, cameBack()}, Pending: 1, Oldest: now.Add(-time.Minute),
		Backoff: &probe.Backoff{Failures: 3, Until: now.Add(time.Hour)}, SendBackoff: &probe.Backoff{Failures: 4, Until: now.Add(time.Hour)},
	}
	var b strings.Builder
	if err := RoundTrip(&b, s, now, HTMLOptions{Home: "/", Style: "/style.css"}); err != nil {
		t.Fatal(err)
	}
	clean(t, "page", b.String())
	for _, want := range []string{
		`class="verdict impaired"`, "The message was in the junk folder after 9.00 s.", `class="waterfall"`, "mx1.example.org", "after 3.00 s",
		"its clock, or the one before it, is wrong", "when is not told", "is to be stripped", "score 7.5", "refused 3 times", "to send was refused 4 times", "mailbox full, 552",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page lacks %q:\n%s", want, b.String())
		}
	}
	b.Reset()
	if err := RoundTrip(&b, &roundtrip.Status{Name: "new"}, now, HTMLOptions{}); err != nil || !strings.Contains(b.String(), "No message has made the round yet.") {
		t.Errorf("%v:\n%s", err, b.String())
	}
}

func TestTextOfARunSaysTheSame(t *testing.T) {
	for _, r := range []*roundtrip.Run{travelled(), cameBack(), {Outcome: roundtrip.Lost, Failure: &roundtrip.Failure{Stage: roundtrip.StageDeliver, Reason: roundtrip.ReasonLost, Detail: evil}}} {
		var b strings.Builder
		if err := RunText(&b, r, Options{}); err != nil {
			t.Fatal(err)
		}
		clean(t, "text", b.String())
		if !strings.Contains(b.String(), string(r.Outcome)) || !strings.Contains(b.String(), RunWhy(r)) {
			t.Errorf("%s:\n%s", r.Outcome, b.String())
		}
	}
}

func TestEachOutcomeHasItsVerdictAndItsWords(t *testing.T) {
	want := map[roundtrip.Outcome]fact.Verdict{
		roundtrip.Arrived: fact.Satisfactory, roundtrip.Late: fact.Impaired, roundtrip.Lost: fact.Compromised, roundtrip.Bounced: fact.Compromised,
		roundtrip.Refused: fact.Compromised, roundtrip.Unsent: fact.Compromised, roundtrip.Unread: fact.Unknown, roundtrip.Unknown: fact.Unknown,
	}
	for _, o := range roundtrip.Outcomes() {
		r := &roundtrip.Run{Outcome: o, Folder: mailbox.Inbox, Failure: &roundtrip.Failure{Stage: roundtrip.StageSend, Reason: fact.LocalFD}}
		if got := RunVerdict(r); got != want[o] {
			t.Errorf("%s is %s, want %s", o, got, want[o])
		}
		if outcomeMeaning(r) == "" || RunWhy(r) == "" {
			t.Errorf("%s has no words", o)
		}
	}
	for name, r := range map[string]*roundtrip.Run{
		"junk":       {Outcome: roundtrip.Arrived, Folder: mailbox.Junk},
		"virus":      {Outcome: roundtrip.Arrived, EICAR: &roundtrip.EICAR{Declared: config.EICARStripped, Outcome: config.EICARDelivered}},
		"attachment": {Outcome: roundtrip.Arrived, Arrival: &arrival.Arrival{Attachment: arrival.Missing}},
	} {
		if got := RunVerdict(r); got != fact.Impaired {
			t.Errorf("%s is %s", name, got)
		}
	}
	kept := &roundtrip.Run{Outcome: roundtrip.Refused, EICAR: &roundtrip.EICAR{Declared: config.EICARRefused, Outcome: config.EICARRefused}}
	if got := RunVerdict(kept); got != fact.Satisfactory {
		t.Errorf("a virus that is refused as declared is %s", got)
	}
}

// Folders that are looked into only when a window has ended give no time of ours.
func TestEstimatedTimeIsSaidToBeOne(t *testing.T) {
	const word = "an estimate"
	run := travelled()
	if why := RunWhy(run); strings.Contains(why, word) {
		t.Errorf("a time that was measured: %s", why)
	}
	run.Estimated = true
	s := &roundtrip.Status{Name: "office", Last: run, Recent: []*roundtrip.Run{run}}
	var page, text strings.Builder
	if err := RoundTrip(&page, s, time.Now(), HTMLOptions{Home: "/", Style: "/style.css"}); err != nil {
		t.Fatal(err)
	}
	if err := RunText(&text, run, Options{}); err != nil {
		t.Fatal(err)
	}
	for where, shown := range map[string]string{"page": page.String(), "terminal": text.String()} {
		if !strings.Contains(shown, word) {
			t.Errorf("the %s does not say it:\n%s", where, shown)
		}
	}
}
