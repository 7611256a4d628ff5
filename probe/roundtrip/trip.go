package roundtrip

import (
	"context"
	"sync"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/roundtrip/arrival"
	"mx_exporter/probe/roundtrip/token"
)

// trip is one round trip at work. Its schedule, its sending and its looking run in
// goroutines of their own, so that none waits for another; what they share is
// under mu, which is never held while anybody is talked to.
type trip struct {
	name   string
	c      config.RoundTrip
	sender Sender
	box    Mailbox
	lock   *lock
	keys   func() (*token.Signer, error) // slow at its first use
	verify func(ctx context.Context, raw []byte) []arrival.Signature
	store  *store // nil: nothing is kept on disk
	held   func() (box, relay *probe.Backoff)
	warn   func(text string)
	born   time.Time // when this process began with the trip
	once   bool      // there is one message alone, and looking ends with it

	over chan struct{} // with once: closed when the message has its outcome; else nil
	wake chan struct{} // holds one word when there is something new to look for

	saving   sync.Mutex     // held while the state is written
	legacy   *saved         // what was left to another trip of the name; nil: this one goes on
	sends    sync.WaitGroup // messages that are being sent
	panicked func(recovered any)

	mu      sync.Mutex
	unsaved bool   // the last attempt to write the state failed
	ownKey  []byte // of tokens, where the configuration gives none
	signer  *token.Signer
	flights map[string]*flight   // by the random part of the token: not finished
	missing map[string]*flight   // lost, and still looked for
	taken   map[string]time.Time // random parts of those that were counted, and when
	turn    int                  // messages that were begun
	began   time.Time            // when the last one was
	hosts   map[string]*Run      // each_mx
	status  Status
	servers []string // MX hosts of the recipient's domain, as last known
}

// flight is one message on its way.
type flight struct {
	token    token.Token
	run      *Run      // being filled in; finished ones are never changed but copied
	sent     time.Time // with our monotonic clock, but after a restart
	deadline time.Time
	sending  bool // the sender still tries
	out      bool // it may have left, and is looked for
	unsure   bool // no server said that it took it
	cut      bool // the process ended while it was being sent
	accepted time.Time
	looked   time.Time // begin of the last whole look that did not find it; zero: there was none
	trouble  *fact.Failure
	done     chan struct{} // closed when there is an outcome
	report   func(Event)
}

const (
	// memory is how long a message is known after it was sent: to be counted as
	// late, and not to be counted twice. After it, it is swept (faults I11).
	memory = 24 * time.Hour
	// maxMissing bounds the lost messages that are still looked for.
	maxMissing = 50
	// maxTaken bounds the tokens that are remembered: a day at one a minute, and
	// the copies of some.
	maxTaken = 3000
)

func newFlight(mark token.Token, sent time.Time, window time.Duration, trip string) *flight {
	return &flight{
		token: mark, sent: sent, deadline: sent.Add(window), done: make(chan struct{}), report: func(Event) {},
		run: &Run{Trip: trip, ID: mark.ID(), Sent: sent.UTC(), Window: fact.Elapsed(window)},
	}
}

func (f *flight) tell(text string) {
	f.report(Event{At: fact.Elapsed(time.Since(f.sent)), Text: text})
}

// begin makes a message and remembers it before anything leaves.
func (t *trip) begin(report func(Event)) (*flight, error) {
	s, err := t.keys() // which keeps it as t.signer
	if err != nil {
		return nil, err
	}
	now := time.Now()
	f := newFlight(s.New(now), now, time.Duration(t.c.Window), t.name)
	f.sending, f.report = true, report
	t.mu.Lock()
	t.flights[f.token.Random] = f
	t.turn++
	t.began = now
	t.mu.Unlock()
	t.save()
	return f, nil
}

// awaited are the flights that are looked for now: those that may be out, and,
// for as long again as their window was, those that are lost.
func (t *trip) awaited(now time.Time) (fs []*flight) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.flights {
		if f.out {
			fs = append(fs, f)
		}
	}
	for _, f := range t.missing {
		if !t.once && now.Before(f.deadline.Add(time.Duration(t.c.Window))) {
			fs = append(fs, f)
		}
	}
	return fs
}

// pending reports that there is a message without an outcome that looking may
// give one.
func (t *trip) pending() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.flights {
		if f.out {
			return true
		}
	}
	return false
}

// ours is the signer of the trip's tokens, nil as long as there is no key.
func (t *trip) ours() *token.Signer {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.signer
}

// rouse lets the looking begin.
func (t *trip) rouse() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// snapshot is the status now.
func (t *trip) snapshot() Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.status
	s.Recent = append([]*Run(nil), s.Recent...)
	s.Counts, s.Delivery = s.Counts.clone(), s.Delivery.clone()
	s.Pending = len(t.flights)
	for _, f := range t.flights {
		if s.Oldest.IsZero() || f.sent.Before(s.Oldest) {
			s.Oldest = f.sent
		}
	}
	for _, host := range t.servers {
		if r := t.hosts[host]; r != nil {
			s.Hosts = append(s.Hosts, HostState{host, r})
		}
	}
	s.Backoff, s.SendBackoff = t.held()
	return s
}

// problem says what keeps the trip from running as it should; "" takes it back.
func (t *trip) problem(text string) {
	t.mu.Lock()
	changed := t.status.Problem != text
	t.status.Problem = text
	t.mu.Unlock()
	if changed && text != "" {
		t.warn(text)
	}
}
