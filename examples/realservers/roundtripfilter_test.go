//go:build real

package realservers

import (
	"testing"

	"mx_exporter/config"
	"mx_exporter/probe/roundtrip"
	"mx_exporter/probe/roundtrip/arrival"
)

// filtersAreSeen has three ways with a virus: ClamAV refuses the message, altermime
// takes everything off that is attached, and a system without a filter delivers it.
// ClamAV knows the test file of EICAR by a signature of our own, since the half of a
// gigabyte of others is not downloaded here.
func filtersAreSeen(t *testing.T, l *mailboxLab) {
	const size = 5000
	asReader := func(r *config.RoundTrip) { // users' mail does not go through ClamAV
		r.Send.Via, r.Send.Server, r.Send.TLS = config.ViaSMTP, "mail.home.test", config.ConnStartTLS
		r.Send.From, r.Send.Credentials = "reader@home.test", r.Fetch.Credentials
		r.Send.Username = "reader@home.test"
	}
	for _, c := range []struct {
		name, account string
		change        func(*config.RoundTrip)
		outcome       roundtrip.Outcome
		attachment    arrival.State
		eicar         config.EICAR
	}{
		{"an attachment passes ClamAV", "attached", func(*config.RoundTrip) {}, roundtrip.Arrived, arrival.Intact, ""},
		{"ClamAV refuses a virus", "infected", func(r *config.RoundTrip) { r.EICAR = config.EICARRefused }, roundtrip.Refused, "", config.EICARRefused},
		{"a virus is taken off", "stripped", func(r *config.RoundTrip) {
			asReader(r)
			r.EICAR = config.EICARStripped
		}, roundtrip.Arrived, arrival.Missing, config.EICARStripped},
		{"a virus is delivered", "tolerant", func(r *config.RoundTrip) {
			asReader(r)
			r.EICAR = config.EICARDelivered
		}, roundtrip.Arrived, arrival.Intact, config.EICARDelivered},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			run := once(t, l.direct(t, c.account, func(r *config.RoundTrip) {
				r.Window, r.Attachment.Size = seconds(30), size
				c.change(r)
			}))
			if run.Outcome != c.outcome || !run.Success() {
				t.Fatalf("%s, success is %v: %+v, %s", run.Outcome, run.Success(), run.Failure, run.Reply)
			}
			if c.attachment != "" && run.Arrival.Attachment != c.attachment {
				t.Errorf("the attachment is %q, want %q", run.Arrival.Attachment, c.attachment)
			}
			if c.eicar != "" && (run.EICAR == nil || run.EICAR.Outcome != c.eicar) {
				t.Errorf("the virus is %+v, want %q", run.EICAR, c.eicar)
			}
			l.empty(t, c.account)
		})
	}
}
