//go:build linux

package server

import (
	"testing"
	"time"
)

// Eventually asks until the answer is right, and ends the test with the last
// answer if that takes longer than within. The question says in its second value
// what it saw.
func Eventually(t testing.TB, within time.Duration, want string, ask func() (right bool, saw string)) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	late := time.After(within)
	for {
		right, saw := ask()
		if right {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("after %v still not: %s\nthe last answer: %s", within, want, saw)
		}
	}
}
