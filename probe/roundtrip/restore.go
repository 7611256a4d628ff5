package roundtrip

import (
	"maps"
	"time"

	"mx_exporter/probe/roundtrip/token"
)

// save writes the trip's state, where it has a place for it. A disk that is full
// is told and stops nothing: mail is what is watched, and not the disk.
func (t *trip) save() {
	t.saving.Lock()
	defer t.saving.Unlock()
	if t.store == nil || t.legacy != nil {
		return
	}
	err := t.store.save(t.state())
	t.mu.Lock()
	failed := err != nil && !t.unsaved
	t.unsaved = err != nil
	t.mu.Unlock()
	if failed {
		t.warn("the state of the round trip cannot be written, so that a restart forgets it: " + err.Error())
	}
}

// retire ends the trip's writing, and gives what it leaves behind.
func (t *trip) retire() *saved {
	t.saving.Lock()
	defer t.saving.Unlock()
	t.legacy = t.state()
	return t.legacy
}

// retired is what the trip has left behind, nil while it goes on.
func (t *trip) retired() *saved {
	t.saving.Lock()
	defer t.saving.Unlock()
	return t.legacy
}

// state is what has to survive.
func (t *trip) state() *saved {
	t.mu.Lock()
	defer t.mu.Unlock()
	v := &saved{
		Version: stateVersion, Key: t.ownKey, Began: t.began.Round(0).UTC(), Turn: t.turn,
		Taken: maps.Clone(t.taken), Hosts: maps.Clone(t.hosts), Recent: append([]*Run(nil), t.status.Recent...),
		LastRun: t.status.LastRun, LastSuccess: t.status.LastSuccess,
		Counts: t.status.Counts.clone(), Delivery: t.status.Delivery.clone(),
	}
	for _, f := range t.flights {
		v.Flights = append(v.Flights, f.saved())
	}
	for _, f := range t.missing {
		v.Missing = append(v.Missing, f.saved())
	}
	return v
}

func (f *flight) saved() savedFlight {
	r := *f.run
	return savedFlight{
		Token: f.token.String(), Run: &r, Out: f.out, Unsure: f.unsure,
		Accepted: f.accepted.Round(0), Looked: f.looked.Round(0),
	}
}

// restore takes over what a process before this one, or the trip before a reload,
// left behind.
func (t *trip) restore(v *saved) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ownKey, t.began, t.turn = v.Key, v.Began, v.Turn
	for _, f := range v.Flights {
		if f, ok := t.revive(f); ok {
			t.flights[f.token.Random] = f
		}
	}
	for _, f := range v.Missing {
		if f, ok := t.revive(f); ok {
			t.missing[f.token.Random] = f
		}
	}
	for k, at := range v.Taken {
		t.taken[k] = at
	}
	for k, r := range v.Hosts {
		if r != nil {
			t.hosts[k] = r
		}
	}
	s := &t.status
	s.Recent, s.LastRun, s.LastSuccess = v.Recent[:min(len(v.Recent), MaxRecent)], v.LastRun, v.LastSuccess
	s.Counts, s.Delivery = v.Counts.clone(), v.Delivery.clone()
	if len(s.Recent) > 0 {
		s.Last = s.Recent[0]
	}
	// A message whose counting was written down, and which is on its way all the
	// same, was not counted: the process ended in between.
	for k := range t.flights {
		delete(t.taken, k)
	}
}

// revive makes a flight of what was saved. One that was being sent may be out.
func (t *trip) revive(s savedFlight) (*flight, bool) {
	mark, ok := token.Parse(s.Token)
	if !ok {
		return nil, false
	}
	f := newFlight(mark, mark.Sent, time.Duration(s.Run.Window), t.name)
	f.run, f.out, f.unsure, f.cut = s.Run, true, s.Unsure, !s.Out
	f.accepted, f.looked = s.Accepted, s.Looked
	return f, true
}
