package dnsq

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// Recorder is an Exchanger that keeps how long the slowest question of each
// record type took. One Recorder serves one probe.
type Recorder struct {
	x       Exchanger
	mu      sync.Mutex
	slowest map[uint16]time.Duration
}

// NewRecorder records what is asked of x.
func NewRecorder(x Exchanger) *Recorder {
	return &Recorder{x: x, slowest: map[uint16]time.Duration{}}
}

// Exchange asks, and records how long the answer or the error took.
func (r *Recorder) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	began := time.Now()
	a, err := r.x.Exchange(ctx, q)
	r.record(q, time.Since(began))
	return a, err
}

// record keeps the time that a question took.
func (r *Recorder) record(q *dns.Msg, took time.Duration) {
	if len(q.Question) != 1 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	t := q.Question[0].Qtype
	r.slowest[t] = max(r.slowest[t], took)
}

// Timing is how long the slowest question of one record type took.
type Timing struct {
	Type string // "MX", "A", …
	Took time.Duration
}

// Slowest gives the timings so far, by type.
func (r *Recorder) Slowest() []Timing {
	r.mu.Lock()
	defer r.mu.Unlock()
	ts := make([]Timing, 0, len(r.slowest))
	for t, d := range r.slowest {
		ts = append(ts, Timing{dns.TypeToString[t], d})
	}
	slices.SortFunc(ts, func(a, b Timing) int { return cmp.Compare(a.Type, b.Type) })
	return ts
}
