package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/prometheus/common/version"

	"mx_exporter/cmd/mx_exporter/web"
	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/selfcheck"
)

// built gives the moments that lie in the past for certain: when this program
// was built, and when its last change was made.
func built() (stamps []time.Time) {
	for _, layout := range []string{time.RFC3339, "20060102-15:04:05"} { // ours, and that of promu
		if t, err := time.Parse(layout, version.BuildDate); err == nil {
			stamps = append(stamps, t)
		}
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return stamps
	}
	for _, s := range info.Settings {
		if t, err := time.Parse(time.RFC3339, s.Value); err == nil && s.Key == "vcs.time" {
			stamps = append(stamps, t)
		}
	}
	return stamps
}

// watchedStore makes the watch look anew after each reload, for the new file may
// name other resolvers.
type watchedStore struct {
	*config.Store
	watch *selfcheck.Watch
}

// Reload reads the configuration again.
func (s watchedStore) Reload() error {
	err := s.Store.Reload()
	if err == nil {
		s.watch.Again()
	}
	return err
}

// watching lets the watch run until stop is called, and logs what changes.
func watching(ctx context.Context, w *selfcheck.Watch, l log.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.Run(ctx, func(before, now *selfcheck.State) { logChanges(l, seen(before), seen(now)) })
	}()
	return func() {
		cancel()
		<-ended
	}
}

// lookAtSelf looks at what one module relies on, once, beside the probes that
// begin now and wait for what it sees.
func (p *program) lookAtSelf(ctx context.Context, m config.Module) (stop func()) {
	only := &config.Config{Modules: map[string]config.Module{m.Name: m}}
	w := p.env.SelfCheck(func() *config.Config { return only }, built()...)
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.Look(ctx)
	}()
	return func() {
		cancel()
		<-ended
	}
}

// logChanges writes what has become wrong, and what was and no longer is.
func logChanges(l log.Logger, before, now []web.StateLine) {
	was := map[string]web.StateLine{}
	for _, b := range before {
		was[b.What] = b
	}
	for _, n := range now {
		b, known := was[n.What]
		switch {
		case !n.OK && (!known || b.OK):
			level.Warn(l).Log("msg", "self-check", "what", n.What, "state", n.Text)
		case n.OK && known && !b.OK:
			level.Info(l).Log("msg", "self-check", "what", n.What, "state", n.Text)
		}
	}
}

// seen puts what the watch saw into lines.
func seen(s *selfcheck.State) (lines []web.StateLine) {
	if s == nil {
		return nil
	}
	for _, r := range s.Resolvers {
		lines = append(lines, resolverLine(r))
	}
	for _, n := range s.Names {
		line := web.StateLine{What: "EHLO name " + n.Name, OK: true, Text: "resolves"}
		switch {
		case !n.Known:
			line.Text = "could not be looked up"
		case !n.Resolves:
			line.OK, line.Text = false, "has no address; many servers think little of a client whose name does not exist"
		}
		lines = append(lines, line)
	}
	clock := web.StateLine{What: "Clock", OK: !s.Clock.Suspect, Text: "in step"}
	if s.Clock.Suspect {
		clock.Text = "suspect: " + s.Clock.Detail
	}
	return append(lines, clock)
}

func resolverLine(r selfcheck.Resolver) web.StateLine {
	line := web.StateLine{What: "Resolver " + r.Name, OK: true, Text: "answers"}
	switch {
	case r.Honesty == selfcheck.Lying:
		line.OK, line.Text = false, "lies: "+r.Detail+"; its denials mean nothing"
	case !r.Up:
		line.OK, line.Text = false, "answers nothing: "+r.Detail
	case r.Honesty == selfcheck.Honest:
		line.Text = "answers, and denies what does not exist"
	}
	return line
}

// state is what the first page shows of the exporter itself.
func state(e *probe.Env, w *selfcheck.Watch) func() []web.StateLine {
	return func() []web.StateLine {
		lines := seen(w.State())
		if len(lines) == 0 {
			lines = []web.StateLine{{What: "Self-checks", OK: true, Text: "under way"}}
		}
		lines = append(lines, diagnosed(e.Diagnosis())...)
		for _, port := range e.EgressSuspect() {
			lines = append(lines, web.StateLine{
				What: fmt.Sprintf("Outgoing port %d", port),
				Text: "suspect: every server of several targets was silent for minutes; most likely our own network lets nothing out",
			})
		}
		return lines
	}
}
