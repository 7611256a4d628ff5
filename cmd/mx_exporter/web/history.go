package web

import (
	"crypto/rand"
	"sync"
	"time"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// Entry is one probe of the past. Its result is shared: read it only.
type Entry struct {
	ID     string // hard to guess, good for a path
	At     time.Time
	Result *probe.Result

	weight int
}

// Failed reports whether the entry is kept longer than others.
func (e *Entry) Failed() bool { return e.Result.Verdict != fact.Satisfactory }

// History holds the last probes, and beside them the last ones that were not
// satisfactory, since it is those that people come to ask about. It is bounded
// in number and in bytes.
type History struct {
	mu     sync.Mutex
	limit  int
	recent []*Entry // oldest first
	failed []*Entry // oldest first; fell out of recent
	weight int
}

// maxHistoryBytes bounds what a history holds, counted roughly. A usual result
// with its transcripts is some 10 KiB.
const maxHistoryBytes = 32 << 20

// NewHistory makes a history of limit probes and as many failed ones.
func NewHistory(limit int) *History { return &History{limit: max(limit, 1)} }

// Add puts a result on top and gives its entry.
func (h *History) Add(r *probe.Result) *Entry {
	e := &Entry{ID: rand.Text()[:16], At: time.Now(), Result: r, weight: weigh(r)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.recent = append(h.recent, e)
	h.weight += e.weight
	if len(h.recent) > h.limit {
		h.retire()
	}
	for len(h.failed) > h.limit || h.weight > maxHistoryBytes && len(h.failed) > 0 {
		h.weight -= h.failed[0].weight
		h.failed = drop(h.failed)
	}
	for h.weight > maxHistoryBytes && len(h.recent) > 1 {
		h.weight -= h.recent[0].weight
		h.recent = drop(h.recent)
	}
	return e
}

// retire takes the oldest recent probe out; a failed one goes on to be kept.
func (h *History) retire() {
	oldest := h.recent[0]
	h.recent = drop(h.recent)
	if oldest.Failed() {
		h.failed = append(h.failed, oldest)
		return
	}
	h.weight -= oldest.weight
}

// drop removes the first entry and lets go of it.
func drop(s []*Entry) []*Entry {
	s[0] = nil
	return s[1:]
}

// ByID finds one entry.
func (h *History) ByID(id string) (*Entry, bool) {
	for _, e := range h.Recent(0) {
		if e.ID == id {
			return e, true
		}
	}
	return nil, false
}

// ByTarget lists the entries of a target, newest first; an empty module is any.
func (h *History) ByTarget(target, module string) []*Entry {
	var found []*Entry
	for _, e := range h.Recent(0) {
		if e.Result.Target.String() == target && (module == "" || e.Result.Module == module) {
			found = append(found, e)
		}
	}
	return found
}

// Recent lists the last most entries, newest first; 0 is all of them.
func (h *History) Recent(most int) []*Entry {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]*Entry, 0, len(h.recent)+len(h.failed))
	for _, s := range [][]*Entry{h.recent, h.failed} {
		for i := len(s) - 1; i >= 0; i-- {
			all = append(all, s[i])
		}
	}
	if most > 0 && len(all) > most {
		all = all[:most]
	}
	return all
}

// weigh guesses the bytes that a result holds: what came from outside counts,
// the rest is taken as a fixed sum for each part.
func weigh(r *probe.Result) int {
	const perResult, perPart = 4096, 512
	n := perResult + perPart*len(r.Findings)
	for _, host := range r.Hosts {
		n += perPart
		for _, a := range host.Addresses {
			n += perPart
			t := a.Talk()
			if t == nil {
				continue
			}
			for _, l := range a.Transcript() {
				n += 2*len(l.Text) + 48 // once here, once in the reply
			}
			if t.TLS != nil {
				n += perPart * 8 * (1 + len(t.TLS.Chain))
			}
		}
	}
	return n
}
