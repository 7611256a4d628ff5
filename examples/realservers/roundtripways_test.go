//go:build real

package realservers

import (
	"slices"
	"strings"
	"testing"

	"mx_exporter/config"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/roundtrip"
	"mx_exporter/probe/roundtrip/arrival"
)

// fiveWays runs the example files of examples/roundtrips, each once and by the
// command line, as a person does.
func fiveWays(t *testing.T, l *mailboxLab) {
	for _, way := range []struct {
		name    string
		words   map[string]string
		account string   // that is read
		hops    []string // servers that note the message, in order; Dovecot is the last
	}{
		{"direct", map[string]string{"office@": "way1@"}, "way1", []string{"mail.home.test"}},
		{"forwarded", map[string]string{"forward@": "forward2@", "probe@": "way2@"}, "way2", []string{"mail.home.test", "mail.outside.test"}},
		{"relay", map[string]string{"office@": "way3@"}, "way3", []string{"mail.outside.test", "mail.home.test"}},
		{"sendmail", map[string]string{
			"office@": "way4@", "[/usr/sbin/sendmail, -i]": "[/usr/sbin/sendmail, -C, " + l.outside.Folder + ", -i]",
		}, "way4", []string{"mail.outside.test", "mail.home.test"}},
		{"between", map[string]string{"forward@": "forward5@", "probe@": "way5@", "poll: 30s": "poll: 1s"}, "way5", []string{"mail.outside.test", "mail.home.test", "mail.outside.test"}},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			if way.name == "relay" || way.name == "sendmail" {
				way.words["probe@"] = "sender@" // who sends, and has the bounces
			}
			run, code := l.command(t, l.example(t, way.name, way.words), way.name)
			if code != 0 || run.Outcome != roundtrip.Arrived || run.Folder != mailbox.Inbox || !run.Deleted || run.Copies != 1 {
				t.Fatalf("exit code %d, %s in %s, %d copies, deleted is %v: %+v", code, run.Outcome, run.Folder, run.Copies, run.Deleted, run.Failure)
			}
			if run.Delivery == nil || run.Delivery.Seconds() <= 0 || run.Delivery.Seconds() > 30 {
				t.Errorf("it took %v", run.Delivery)
			}
			if !passes(run.Arrival.Hops, way.hops) {
				t.Errorf("its way is %+v, and should have been %s", run.Arrival.Hops, way.hops)
			}
			for _, stage := range roundtrip.Stages() {
				if !slices.ContainsFunc(run.Stages, func(x roundtrip.Timing) bool { return x.Stage == stage }) {
					t.Errorf("stage %s was not measured: %v", stage, run.Stages)
				}
			}
			if way.name == "relay" && run.Arrival.Attachment != arrival.Intact {
				t.Errorf("the attachment is %q", run.Arrival.Attachment)
			}
			l.empty(t, way.account)
		})
	}
}

// passes reports that the servers noted the message in this order.
func passes(hops []arrival.Hop, servers []string) bool {
	for _, h := range hops {
		if len(servers) > 0 && strings.EqualFold(h.By, servers[0]) {
			servers = servers[1:]
		}
	}
	return len(servers) == 0
}

// junkSaysJunk: a Sieve rule files the message into a folder called Spam, which is
// known by its \Junk (RFC 6154).
func junkSaysJunk(t *testing.T, l *mailboxLab) {
	run, code := l.command(t, l.example(t, "direct", map[string]string{"office@": "junked@"}), "direct")
	if code != 1 || run.Outcome != roundtrip.Arrived || run.Folder != mailbox.Junk || run.Name != "Spam" || !run.Deleted {
		t.Errorf("exit code %d, %s in %s, called %q, deleted is %v", code, run.Outcome, run.Folder, run.Name, run.Deleted)
	}
	l.empty(t, "junked")
}

// discardedIsLost: the server takes the message, and a Sieve rule throws it away.
func discardedIsLost(t *testing.T, l *mailboxLab) {
	run := once(t, l.direct(t, "gone", func(r *config.RoundTrip) { r.Window = seconds(4) }))
	took := run.Finished.Sub(run.Sent).Seconds()
	if run.Outcome != roundtrip.Lost || run.Delivery != nil || took < 4 || took > 10 {
		t.Errorf("%s after %v s with a window of 4 s, delivered in %v", run.Outcome, took, run.Delivery)
	}
}
