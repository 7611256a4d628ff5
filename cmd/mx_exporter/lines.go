package main

import (
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// lineWriter writes log lines from a goroutine of its own, so that a standard
// error that nobody reads holds up no probe (X7). Lines beyond its queue are
// dropped and counted.
type lineWriter struct {
	lines  chan []byte
	lost   atomic.Uint64
	closed chan struct{}
	once   sync.Once
	done   chan struct{}
}

const (
	queuedLines = 1024
	flushTime   = time.Second // how long Close waits for a reader
)

func newLineWriter(w io.Writer) *lineWriter {
	l := &lineWriter{lines: make(chan []byte, queuedLines), closed: make(chan struct{}), done: make(chan struct{})}
	go l.pump(w)
	return l
}

// Write takes one line. It never blocks and never fails.
func (l *lineWriter) Write(b []byte) (int, error) {
	select {
	case l.lines <- append([]byte(nil), b...):
	default:
		l.lost.Add(1)
	}
	return len(b), nil
}

func (l *lineWriter) pump(w io.Writer) {
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
func (l *lineWriter) Close() {
	l.once.Do(func() { close(l.closed) })
	timer := time.NewTimer(flushTime)
	defer timer.Stop()
	select {
	case <-l.done:
	case <-timer.C:
	}
}

// dropped is the count of lines that nobody will read.
func (l *lineWriter) dropped() prometheus.Collector {
	return prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "mx_exporter_log_lines_dropped_total", Help: "Log lines that were dropped because nobody read them in time.",
	}, func() float64 { return float64(l.lost.Load()) })
}
