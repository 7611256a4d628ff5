package probe

import (
	"testing"
	"time"
)

// What is left of a time to live in a resolver's memory is not what the domain
// publishes.
func TestShortTimeToLiveIsBelievedWhenItHasBeenWatched(t *testing.T) {
	now := time.Now()
	at := func(d time.Duration) time.Time { return now.Add(d) }
	s := newTTLs()
	for _, look := range []struct {
		after time.Duration
		ttl   uint32
		want  uint32
	}{
		{0, 30, 0}, {time.Minute, 12, 0}, {3 * time.Minute, 5, 30}, {4 * time.Minute, 30, 30},
	} {
		if got := s.note("short.test", look.ttl, at(look.after)); got != look.want {
			t.Errorf("short: after %s: %d, want %d", look.after, got, look.want)
		}
	}
	for _, look := range []struct {
		after time.Duration
		ttl   uint32
		want  uint32
	}{
		{0, 4, 0}, {time.Minute, 3600, 3600}, {30 * time.Minute, 20, 3600},
	} {
		if got := s.note("long.test", look.ttl, at(look.after)); got != look.want {
			t.Errorf("long: after %s: %d, want %d", look.after, got, look.want)
		}
	}
	if got := s.note("long.test", 20, at(3*time.Hour)); got != 0 {
		t.Errorf("what was seen hours ago still counts: %d", got)
	}
}

func TestTimesToLiveAreBounded(t *testing.T) {
	s := newTTLs()
	for i := range 3 * ttlKept {
		s.note(time.Duration(i).String(), 60, time.Now())
	}
	if len(s.seen) > ttlKept {
		t.Errorf("%d domains are remembered", len(s.seen))
	}
}
