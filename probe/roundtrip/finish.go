package roundtrip

import (
	"slices"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/reply"
)

// finish gives a flight its outcome, counts it, and wakes who waits for it.
func (t *trip) finish(f *flight, o Outcome) {
	now := time.Now()
	t.mu.Lock()
	if _, known := t.flights[f.token.Random]; !known {
		t.mu.Unlock()
		return // somebody was faster
	}
	delete(t.flights, f.token.Random)
	f.run.Outcome, f.run.Finished = o, now.UTC()
	if o == Lost || o == Bounced && aboutContent(f.run.Class) {
		f.run.EICAR = t.keptOut()
	}
	if o == Lost || o == Unread || o == Unknown && f.out {
		t.missing[f.token.Random] = f
	}
	t.taken[f.token.Random] = now
	t.forget(now)
	t.count(f.run)
	t.record(f.run)
	t.mu.Unlock()
	t.save()
	close(f.done)
}

// aboutContent reports a refusal that may be the virus scanner's.
func aboutContent(c reply.Class) bool {
	return c == reply.ContentRejected || c == reply.Policy || c == reply.OtherPermanent
}

// keptOut is what a message that did not get in says of the virus scanner.
func (t *trip) keptOut() *EICAR {
	if t.c.EICAR == "" {
		return nil
	}
	return &EICAR{t.c.EICAR, config.EICARRefused}
}

// count counts a run that has its outcome.
func (t *trip) count(r *Run) {
	c := &t.status.Counts
	if c.Outcomes == nil {
		c.Outcomes = map[Outcome]uint64{}
	}
	c.Runs++
	c.Outcomes[r.Outcome]++
	switch r.Outcome {
	case Lost:
		c.Lost++
	case Late:
		c.Lost++ // when its window ended nobody had seen it
		c.Late++
	case Arrived, Bounced, Refused, Unsent, Unread, Unknown:
	}
	t.countArrival(r)
}

// countArrival counts what is known once the message is there.
func (t *trip) countArrival(r *Run) {
	if r.Folder == mailbox.Junk {
		t.status.Counts.Junk++
	}
	if r.Deleted { // copies that are still there are counted when they are swept
		t.status.Counts.Duplicate += uint64(max(r.Copies-1, 0))
	}
	if r.Delivery != nil && !r.Estimated {
		t.status.Delivery.Observe(r.Delivery.Seconds())
	}
}

// record keeps a run for people, and as the last one.
func (t *trip) record(r *Run) {
	done := *r
	s := &t.status
	s.Recent = slices.Insert(s.Recent, 0, &done)
	s.Recent = s.Recent[:min(len(s.Recent), MaxRecent)]
	s.Last, s.LastRun = &done, done.Finished
	if done.Success() {
		s.LastSuccess = done.Finished
	}
	if t.c.Send.EachMX && done.Host != "" {
		t.hosts[done.Host] = &done
	}
}

// amend is finish for a message that was lost, and is there now or came back. It
// has been counted; what is new is counted besides.
func (t *trip) amend(f *flight, o Outcome) {
	t.mu.Lock()
	if _, known := t.missing[f.token.Random]; !known {
		t.mu.Unlock()
		return
	}
	delete(t.missing, f.token.Random)
	was := f.run.Outcome
	after := *f.run
	after.Outcome, after.Finished = o, time.Now().UTC()
	f.run = &after
	if o == Late && was == Lost {
		t.status.Counts.Late++
	}
	if o != Bounced {
		t.countArrival(&after)
	}
	for i, r := range t.status.Recent {
		if r.ID == after.ID {
			t.status.Recent[i] = &after
		}
	}
	if t.status.Last != nil && t.status.Last.ID == after.ID {
		t.status.Last = &after
	}
	if r := t.hosts[after.Host]; r != nil && r.ID == after.ID {
		t.hosts[after.Host] = &after
	}
	t.mu.Unlock()
	t.save()
}

// forget lets go of what is older than memory, and of the oldest beyond the
// limits.
func (t *trip) forget(now time.Time) {
	for k, f := range t.missing {
		if now.Sub(f.sent) > memory {
			delete(t.missing, k)
		}
	}
	for len(t.missing) > maxMissing {
		delete(t.missing, oldest(t.missing, func(f *flight) time.Time { return f.sent }))
	}
	for k, at := range t.taken {
		if now.Sub(at) > 2*memory {
			delete(t.taken, k)
		}
	}
	for len(t.taken) > maxTaken {
		delete(t.taken, oldest(t.taken, func(at time.Time) time.Time { return at }))
	}
}

func oldest[V any](m map[string]V, at func(V) time.Time) (key string) {
	var first time.Time
	for k, v := range m {
		if key == "" || at(v).Before(first) {
			key, first = k, at(v)
		}
	}
	return key
}

// expire gives an outcome to flights whose window has ended. Lost is only what a
// whole look did not find that began after the end; while looking fails, it is
// tried for a while longer.
func (t *trip) expire() {
	type verdict struct {
		f *flight
		o Outcome
	}
	var over []verdict
	now := time.Now()
	t.mu.Lock()
	for _, f := range t.flights {
		if f.sending || now.Before(f.deadline) {
			continue
		}
		if o, fail := t.judge(f, now); o != "" {
			f.run.Failure = fail
			over = append(over, verdict{f, o})
		}
	}
	t.mu.Unlock()
	for _, v := range over {
		v.f.tell("the window ended before the message was seen: " + string(v.o))
		t.finish(v.f, v.o)
	}
}

// patience is how long after its end a window waits for a look that succeeds.
func (t *trip) patience() time.Duration {
	return max(3*time.Duration(t.c.Fetch.Poll), min(time.Duration(t.c.Window), time.Minute))
}

// excuses reports a fault of ours that passes by itself, so that nothing is to be
// done about the trip. A secret that cannot be had stays away until somebody puts
// it right, and a login that waits was refused.
func excuses(r fact.Reason) bool {
	return r.Local() && r != fact.SecretMissing && r != fact.LoginBackoff
}

func (t *trip) judge(f *flight, now time.Time) (Outcome, *Failure) {
	switch {
	case !f.looked.Before(f.deadline) && f.cut:
		return Unknown, &Failure{StageSend, ReasonRestarted, "the exporter ended while the message was being sent, and it did not arrive"}
	case !f.looked.Before(f.deadline) && f.unsure:
		return Unsent, &Failure{StageSend, ReasonUnconfirmed, "no server said that it had taken the message, and it did not arrive"}
	case !f.looked.Before(f.deadline):
		return Lost, &Failure{StageDeliver, ReasonLost, "the message was handed over, and was not in the mailbox when its window ended"}
	case now.Before(f.deadline.Add(t.patience())):
		return "", nil
	case f.trouble == nil:
		return Unknown, &Failure{StageFetch, fact.NotTested, "nobody came to look into the mailbox"}
	case excuses(f.trouble.Reason):
		return Unknown, &Failure{StageFetch, f.trouble.Reason, f.trouble.Detail}
	}
	return Unread, &Failure{StageFetch, f.trouble.Reason, f.trouble.Detail}
}
