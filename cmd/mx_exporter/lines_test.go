package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"mx_exporter/cmd/logging"
)

// wall is a writer that blocks until it is opened.
type wall struct {
	open chan struct{}
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *wall) Write(b []byte) (int, error) {
	<-w.open
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(b)
}

// X7
func TestALogThatNobodyReadsBlocksNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wall{open: make(chan struct{})}
		l := logging.NewLines(w)
		for i := range 5000 {
			fmt.Fprintf(l, "line %d\n", i)
			if i == 0 {
				synctest.Wait() // the first is in the writer's hands
			}
		}
		if lost := l.Lost(); lost != 5000-1-logging.QueuedLines {
			t.Errorf("%d lines are counted as dropped, want %d", lost, 5000-1-logging.QueuedLines)
		}
		began := time.Now()
		l.Close()
		if d := time.Since(began); d != logging.FlushTime {
			t.Errorf("Close took %v, want %v", d, logging.FlushTime)
		}
		close(w.open)
	})
}

func TestCloseWritesWhatWaits(t *testing.T) {
	var b bytes.Buffer
	l := logging.NewLines(&b)
	for i := range 100 {
		fmt.Fprintf(l, "line %d\n", i)
	}
	l.Close()
	l.Close()
	if n := strings.Count(b.String(), "\n"); n != 100 {
		t.Errorf("%d lines were written, want 100", n)
	}
}

func TestLinesOfTheToolkitLookLikeOurs(t *testing.T) {
	var b bytes.Buffer
	base := logging.New(&b, "info", logging.Logfmt)
	level.Info(log.With(base, "ts", "now")).Log("msg", "ours")
	logging.Bridge(base).Info("theirs", "address", "127.0.0.1:1")
	logging.Bridge(base).Debug("hidden")
	ours, theirs, _ := strings.Cut(b.String(), "\n")
	for _, part := range []string{"ts=", "level=info", "msg=theirs", "address=127.0.0.1:1"} {
		if !strings.Contains(theirs, part) {
			t.Errorf("%q lacks %s", theirs, part)
		}
	}
	if strings.Contains(b.String(), "time=") || strings.Contains(b.String(), "hidden") || !strings.Contains(ours, "ts=now") {
		t.Errorf("log: %s", &b)
	}
}

func TestTheLogCanBeJSON(t *testing.T) {
	var b bytes.Buffer
	logging.Bridge(logging.New(&b, "debug", logging.JSON)).Log(t.Context(), slog.LevelDebug, "hello")
	if !strings.HasPrefix(b.String(), "{") || !strings.Contains(b.String(), `"msg":"hello"`) {
		t.Errorf("log: %s", &b)
	}
}
