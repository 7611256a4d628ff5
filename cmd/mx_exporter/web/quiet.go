package web

import (
	"strconv"
	"sync"
	"time"
)

// quiet lets one line a minute through for each subject, so that ten thousand
// failures in a second are not ten thousand lines (X8).
type quiet struct {
	mu       sync.Mutex
	subjects map[string]*silence
}

type silence struct {
	since      time.Time
	suppressed int
}

const (
	quietFor    = time.Minute
	maxSubjects = 10_000
)

func newQuiet() *quiet { return &quiet{subjects: map[string]*silence{}} }

// speak reports whether a line may be written, and how many were not since the
// last one.
func (q *quiet) speak(subject string, now time.Time) (suppressed int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.subjects[subject]
	if s != nil && now.Sub(s.since) < quietFor {
		s.suppressed++
		return 0, false
	}
	if s == nil {
		if len(q.subjects) >= maxSubjects {
			q.prune(now)
		}
		s = &silence{}
		q.subjects[subject] = s
	}
	suppressed, s.suppressed, s.since = s.suppressed, 0, now
	return suppressed, true
}

// prune forgets subjects whose minute is over; where none is, it forgets all,
// since a few lines too many are better than memory without a bound.
func (q *quiet) prune(now time.Time) {
	for k, s := range q.subjects {
		if now.Sub(s.since) >= quietFor {
			delete(q.subjects, k)
		}
	}
	if len(q.subjects) >= maxSubjects {
		clear(q.subjects)
	}
}

// cut shortens text for a log line. What it returns is plain ASCII: text in it
// may have come from outside.
func cut(s string) string {
	const most = 256
	if len(s) > most {
		s = s[:most] + "..."
	}
	q := strconv.QuoteToASCII(s)
	return q[1 : len(q)-1]
}
