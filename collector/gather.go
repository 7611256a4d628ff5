package collector

import (
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"mx_exporter/probe"
)

// Gatherer is the metrics of one result, ready for promhttp without a registry
// in between. It gives what a registry with [New] gives, byte for byte. A
// handler that makes one exposition per probe wants this one: the table keeps
// families and series apart and in order already, so that a registry has
// nothing left to do but to check it, at several times the cost.
func Gatherer(r *probe.Result) prometheus.Gatherer {
	return prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) {
		return new(room).fill(r), nil
	})
}

// Expositions makes gatherers that use the same few rooms one after the other, so
// that an exposition leaves no garbage behind. It is safe for many goroutines.
type Expositions struct{ rooms chan *room }

// maxKept is how many samples a room has at most that is used again: ten times
// those of an ordinary domain.
const maxKept = 2048

// NewExpositions makes as many rooms as there may be expositions at once. The next
// one waits until one of them is written.
func NewExpositions(rooms int) *Expositions {
	e := &Expositions{make(chan *room, rooms)}
	for range rooms {
		e.rooms <- new(room)
	}
	return e
}

// Of is [Gatherer]. What it gives may be used until done is called, which promhttp
// does when all is written.
func (e *Expositions) Of(r *probe.Result) prometheus.TransactionalGatherer {
	return exposition{e, r}
}

type exposition struct {
	all    *Expositions
	result *probe.Result
}

// Gather implements [prometheus.TransactionalGatherer].
func (x exposition) Gather() (_ []*dto.MetricFamily, done func(), err error) {
	place := <-x.all.rooms
	return place.fill(x.result), func() { x.all.rooms <- place.left() }, nil
}

// left is a room for the next exposition, which keeps nothing of the last result.
func (r *room) left() *room {
	if cap(r.samples) > maxKept {
		return new(room)
	}
	clear(r.values)
	return r
}
