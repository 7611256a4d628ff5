package probe

import (
	"net/netip"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
)

func TestAServerIsAskedAboutAnUnknownRecipientOnceADay(t *testing.T) {
	u, now := newUnknowns(), time.Now()
	k := unknownKey{"example.test", netip.MustParseAddr("192.0.2.1"), 25}
	for _, step := range []struct {
		after time.Duration
		due   bool
	}{{0, true}, {time.Minute, false}, {23 * time.Hour, false}, {24 * time.Hour, true}} {
		if got := u.due(k, now.Add(step.after)); got != step.due {
			t.Errorf("after %v due is %v", step.after, got)
		}
		if step.after == 0 {
			u.keep(k, UnknownRecipient{At: now})
		}
	}
	other := k
	other.domain = "example.net"
	if !u.due(other, now) {
		t.Error("what a server said of one domain's mailbox is taken for another's")
	}
}

func TestNobodyIsAskedWhoseAnswerCouldNotBeRemembered(t *testing.T) {
	u, now := newUnknowns(), time.Now()
	key := func(port int) unknownKey { return unknownKey{port: port} }
	for port := range unknownKept {
		u.keep(key(port), UnknownRecipient{At: now})
	}
	if u.due(key(unknownKept), now.Add(time.Hour)) {
		t.Error("asked though there is no room")
	}
	if !u.due(key(unknownKept), now.Add(unknownAgain)) || len(u.said) != 0 {
		t.Errorf("%d answers of the day before are in the way", len(u.said))
	}
}

func TestUnknownRecipientIsJudgedByWhatThePrimariesSay(t *testing.T) {
	for _, test := range []struct {
		name  string
		codes []int // of the primary, of another primary, of the backup; 0: not told
		want  string
	}{
		{"all refuse", []int{550, 550, 550}, ""},
		{"only the backup takes it", []int{550, 550, 250}, "192.0.2.3 backup-accepts-unknown"},
		{"one primary is not told", []int{550, 0, 250}, "192.0.2.3 backup-accepts-unknown"},
		{"no primary is told", []int{450, 0, 250}, "192.0.2.3 unknown-recipient-accepted"},
		{"a primary takes it, too", []int{550, 250, 250}, "192.0.2.2 unknown-recipient-accepted 192.0.2.3 unknown-recipient-accepted"},
		{"the backup puts it off", []int{550, 550, 450}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &Result{}
			for i, code := range test.codes {
				role := fact.Primary
				if i == 2 {
					role = fact.Backup
				}
				a := Address{IP: netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)})}
				a.Unknown = &UnknownRecipient{Recipient: smtp.Recipient{Reply: reply.Reply{Code: code}}}
				r.Hosts = append(r.Hosts, Host{Role: role, Expect: config.Accept, Addresses: []Address{a}})
			}
			got := ""
			for _, f := range assessUnknown(r, config.Module{}) {
				got += " " + f.Address + " " + string(f.Code)
			}
			if got != "" {
				got = got[1:]
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
