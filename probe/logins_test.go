package probe

import (
	"slices"
	"testing"
	"time"

	"mx_exporter/probe/fact"
)

// Faults I5: three logins at the pace of the probes, then twice the time each
// time, up to an hour.
func TestBackoffDoublesUpToAnHour(t *testing.T) {
	for _, tt := range []struct {
		every time.Duration
		want  []time.Duration
	}{
		{5 * time.Minute, []time.Duration{5, 5, 10, 20, 40, 60, 60}},
		{15 * time.Second, []time.Duration{0, 0, 2, 4, 8, 16, 32, 60}},
		{2 * time.Hour, []time.Duration{120, 120, 60, 60}},
	} {
		l, k, now := newLogins(), account{"imap.example.org:993", "probe"}, time.Now()
		for i, minutes := range tt.want {
			l.bad(k, 1, fact.LoginFailed, now)
			wait := minutes * time.Minute
			if i < freeLogins-1 {
				wait = 0
			}
			if b, sure := l.look(k, 1, now.Add(wait)); b != nil || sure {
				t.Errorf("every %s: after %d refusals a login waits longer than %s: %+v", tt.every, i+1, wait, b)
			}
			if b, _ := l.look(k, 1, now.Add(wait-time.Second)); wait > 0 && (b == nil || b.Failures != i+1) {
				t.Errorf("every %s: after %d refusals a login waits less than %s: %+v", tt.every, i+1, wait, b)
			}
			now = now.Add(max(wait, tt.every))
		}
	}
}

func TestAnotherPasswordIsTriedAtOnce(t *testing.T) {
	l, k, now := newLogins(), account{"imap.example.org:993", "probe"}, time.Now()
	for range 5 {
		l.bad(k, 1, fact.LoginLocked, now)
	}
	if b, _ := l.look(k, 1, now); b == nil {
		t.Error("the refused password does not wait")
	}
	if b, sure := l.look(k, 2, now); b != nil || sure {
		t.Errorf("another password waits: %+v, %v", b, sure)
	}
	if b, _ := l.look(account{k.server, "other"}, 1, now); b != nil {
		t.Errorf("another user waits: %+v", b)
	}
	l.good(k, 2, true)
	if b, sure := l.look(k, 2, now); b != nil || !sure {
		t.Errorf("a login that went well is in doubt: %+v", b)
	}
}

func TestOnlyRefusalsOfTheLoginCount(t *testing.T) {
	counted := []fact.Reason{fact.AuthFailed, fact.LoginFailed, fact.LoginExpired, fact.LoginLocked, fact.LoginLimited}
	for _, r := range fact.Reasons() {
		if refusesLogin(r) != slices.Contains(counted, r) {
			t.Errorf("%s: %v", r, refusesLogin(r))
		}
	}
}
