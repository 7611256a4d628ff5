package logging

import (
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Lines writes log lines from a goroutine of its own, so that a standard
// error that nobody reads holds up no probe (X7). Lines beyond its queue are
// dropped and counted.
type Lines struct {
	lines  chan []byte
	lost   atomic.Uint64
	closed chan struct{}
	once   sync.Once
	done   chan struct{}
}

// How much is held back for a slow reader, and for how long at the end.
const (
	QueuedLines = 1024
	FlushTime   = time.Second // how long Close waits for a reader
)

// NewLines begins to write to w.
func NewLines(w io.Writer) *Lines {
	l := &Lines{lines: make(chan []byte, QueuedLines), closed: make(chan struct{}), done: make(chan struct{})}
	go l.pump(w)
	return l
}

// Write takes one line. It never blocks and never fails.
func (l *Lines) Write(b []byte) (int, error) {
	select {
	case l.lines <- append([]byte(nil), b...):
	default:
		l.lost.Add(1)
	}
	return len(b), nil
}

func (l *Lines) pump(w io.Writer) {
	defer close(l.done)
	put := func(b []byte) {
		if _, err := w.Write(b); err != nil {
			l.lost.Add(1)
		}
	}
	for {
		select {
		case b := <-l.lines:
			put(b)
			continue
		case <-l.closed:
		}
		for {
			select {
			case b := <-l.lines:
				put(b)
			default:
				return
			}
		}
	}
}

// Close writes what waits, for as long as somebody reads it. Lines written after
// it may be lost.
func (l *Lines) Close() {
	l.once.Do(func() { close(l.closed) })
	timer := time.NewTimer(FlushTime)
	defer timer.Stop()
	select {
	case <-l.done:
	case <-timer.C:
	}
}

// Lost is how many lines nobody will read.
func (l *Lines) Lost() uint64 { return l.lost.Load() }

// Dropped is that count as a metric of a program, such as mx_exporter.
func (l *Lines) Dropped(program string) prometheus.Collector {
	return prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: program + "_log_lines_dropped_total", Help: "Log lines that were dropped because nobody read them in time.",
	}, func() float64 { return float64(l.Lost()) })
}
