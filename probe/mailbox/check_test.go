package mailbox_test

import (
	"encoding/json"
	"slices"
	"testing"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/sasl"
	"mx_exporter/probe/talk"
)

// check holds what is true of every dialogue: closed lists stay closed, times are
// not negative, nothing secret shows.
func check(t testing.TB, d *mailbox.Dialogue) {
	t.Helper()
	if f := d.Failure; f != nil && (!slices.Contains(fact.Reasons(), f.Reason) || !slices.Contains(fact.Stages(), f.Stage)) {
		t.Errorf("failure %v is not of the closed lists", f)
	}
	seen := map[fact.Stage]bool{}
	for _, s := range d.Stages {
		if s.Took < 0 || seen[s.Stage] || !slices.Contains(fact.Stages(), s.Stage) {
			t.Errorf("stage %v of %v", s, d.Stages)
		}
		seen[s.Stage] = true
	}
	for _, w := range d.Capabilities {
		if !mailbox.Known(mailbox.IMAP, w) && !mailbox.Known(mailbox.POP3, w) {
			t.Errorf("capability %q", w)
		}
	}
	for _, m := range d.Mechanisms {
		if !slices.Contains(sasl.Mechanisms(), m) {
			t.Errorf("mechanism %q", m)
		}
	}
	if l := d.Login; l != nil && (!slices.Contains(mailbox.Methods(), l.Mechanism) || l.ReplyCode != "" && !slices.Contains(mailbox.Codes(), l.ReplyCode)) {
		t.Errorf("login %+v", l)
	}
	size := 0
	for _, l := range d.Transcript {
		size += len(l.Text)
		if len(l.Text) > talk.MaxLine {
			t.Errorf("a line of %d octets in the transcript", len(l.Text))
		}
	}
	if size > talk.MaxTranscript+talk.MaxLine {
		t.Errorf("a transcript of %d octets", size)
	}
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if err := leak(string(b)); err != nil {
		t.Error(err)
	}
	if t.Failed() {
		show(t, d.Transcript)
	}
}
