package roundtrip

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/roundtrip/arrival"
	"mx_exporter/probe/roundtrip/token"
)

// found takes in a message that is there: it is read, counted, and deleted, in
// this order, so that a process that ends in between counts nothing twice that it
// has kept.
func (v *visit) found(ctx context.Context, f *flight, in mailbox.Folder, ms []mailbox.Message) error {
	t := v.t
	at := time.Now()
	raw, err := v.s.Fetch(ctx, ms[0], largest(t.c))
	if err != nil {
		return err
	}
	// The server searched; we look ourselves before anything is counted or deleted.
	value, _ := arrival.Value(raw, token.Header)
	if mark, ok := token.Parse(value); !ok || mark != f.token {
		return nil
	}
	r := t.draft(f)
	r.Folder, r.Name, r.Copies = in.Kind, in.Name, len(ms)
	r.Arrival = arrival.Read(raw, arrival.Options{Sent: f.sent, Servers: t.knownServers(), EICAR: t.c.EICAR != ""})
	r.Arrival.DKIM = t.verify(ctx, raw)
	r.EICAR = eicarOf(t.c.EICAR, r.Arrival.EICAR)
	outcome := t.timed(f, &r, at)
	fetched := time.Since(at) + v.opened
	r.Stages = append(r.Stages, Timing{StageFetch, fact.Elapsed(fetched)})
	v.opened = 0
	f.tell(fmt.Sprintf("found in the folder for %s: %s", in.Kind, outcome))
	return v.remove(ctx, f, &r, outcome, ms)
}

func (t *trip) knownServers() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.servers
}

func eicarOf(declared config.EICAR, s arrival.State) *EICAR {
	switch {
	case declared == "":
		return nil
	case s == arrival.Intact:
		return &EICAR{declared, config.EICARDelivered}
	}
	return &EICAR{declared, config.EICARStripped}
}

// timed says how long the message took, and whether that was in time. It is for
// certain where the last look before it says the same as this one; else the date
// decides that the last server wrote.
func (t *trip) timed(f *flight, r *Run, at time.Time) Outcome {
	t.mu.Lock()
	defer t.mu.Unlock()
	took := max(at.Sub(f.sent), 0)
	e := fact.Elapsed(took)
	r.Delivery = &e
	before := f.looked
	if before.Before(f.accepted) {
		before = f.accepted
	}
	if before.Before(f.sent) {
		before = f.sent
	}
	r.Precision = fact.Elapsed(max(at.Sub(before), 0))
	if !f.accepted.IsZero() {
		r.Stages = append(r.Stages, Timing{StageDeliver, fact.Elapsed(max(at.Sub(f.accepted), 0))})
	}
	switch {
	case at.Before(f.deadline):
		return Arrived
	case !before.Before(f.deadline):
		return Late
	}
	r.Estimated = true
	last := r.Arrival.Last()
	if last.IsZero() {
		r.Delivery, r.Failure = nil, &Failure{StageDeliver, ReasonUnobserved, "the message came while nobody looked, and no server says when"}
		return Unknown
	}
	e = fact.Elapsed(min(max(last.Sub(f.sent.Round(0)), 0), took))
	r.Delivery = &e
	if time.Duration(e) <= time.Duration(t.c.Window) {
		return Arrived
	}
	return Late
}

// remove counts a run and deletes its messages.
func (v *visit) remove(ctx context.Context, f *flight, r *Run, o Outcome, ms []mailbox.Message) error {
	t := v.t
	began := time.Now()
	t.reserve(f)
	err := v.s.Delete(ctx, ms)
	r.Deleted = err == nil
	r.Stages = append(r.Stages, Timing{StageDelete, fact.Elapsed(time.Since(began))})
	if o != Unknown {
		r.Failure = nil
	}
	if err != nil {
		r.Failure = &Failure{StageDelete, ReasonNotDeleted, failureOf(err).Error()}
	} else {
		v.gone = append(v.gone, f)
	}
	t.conclude(f, r, o)
	return err
}

// reserve writes down that a message is being counted, before it is deleted.
func (t *trip) reserve(f *flight) {
	t.mu.Lock()
	t.taken[f.token.Random] = time.Now()
	t.mu.Unlock()
	t.save()
}

// conclude finishes the flight, or amends it where it was lost before.
func (t *trip) conclude(f *flight, r *Run, o Outcome) {
	t.mu.Lock()
	_, lost := t.missing[f.token.Random]
	f.run = r
	t.mu.Unlock()
	if lost {
		t.amend(f, o)
		return
	}
	t.finish(f, o)
}

// draft is a copy of what is known of a message, to be filled in.
func (t *trip) draft(f *flight) Run {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := *f.run
	r.Stages = slices.Clone(r.Stages)
	return r
}
