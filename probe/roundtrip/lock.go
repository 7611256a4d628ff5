package roundtrip

import (
	"context"
	"sync"
)

// locks let one conversation at a time be held with a mailbox (faults I8): POP3
// allows no second one, and two that delete would count each other's messages.
type locks struct {
	mu    sync.Mutex
	boxes map[string]*lock
}

// lock is that of one mailbox.
type lock struct {
	turn chan struct{} // holds one token while nobody is inside

	mu      sync.Mutex
	waiting int
}

func newLocks() *locks { return &locks{boxes: map[string]*lock{}} }

// of gives the lock of a mailbox. There are as many as configurations had.
func (l *locks) of(key string) *lock {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.boxes[key]
	if b == nil {
		b = &lock{turn: make(chan struct{}, 1)}
		b.turn <- struct{}{}
		l.boxes[key] = b
	}
	return b
}

// take waits for the turn, and reports whether it came before ctx ended.
func (l *lock) take(ctx context.Context) bool {
	l.count(1)
	defer l.count(-1)
	select {
	case <-l.turn:
		return true
	case <-ctx.Done():
		return false
	}
}

func (l *lock) give() { l.turn <- struct{}{} }

func (l *lock) count(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting += n
}

// wanted reports that somebody waits for the turn.
func (l *lock) wanted() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiting > 0
}
