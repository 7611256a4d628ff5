package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/report"
)

// atOnce is how many targets are looked at side by side.
const atOnce = 20

// probeAll probes side by side and hands each result on in the order of the
// targets, as soon as those before it are there.
func (p *program) probeAll(ctx context.Context, targets []probe.Target, m config.Module, s *inOrder) error {
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i, t := range targets {
		g.Go(func() error {
			if ctx.Err() != nil {
				return nil // said below
			}
			r, err := p.probe(ctx, t, m)
			switch {
			case ctx.Err() != nil:
				return nil
			case err != nil:
				return fmt.Errorf("%s: %w", t, err)
			}
			return s.add(i, r)
		})
	}
	err := g.Wait()
	if ctx.Err() != nil {
		err = fmt.Errorf("interrupted: %d of %d targets were not looked at", len(s.unseen()), len(targets))
	}
	return errors.Join(err, s.end())
}

// view writes results as they come and, at the end, what is left to write. Left
// are the targets that nobody looked at, because the operator would not wait.
type view interface {
	one(r *probe.Result) error
	end(left []probe.Target) error
}

// inOrder takes results in any order and gives them to the view in theirs.
type inOrder struct {
	view     view
	progress *progress // nil: none is shown

	mu     sync.Mutex
	left   []probe.Target // in the order of the operator; one that was looked at is empty
	next   int
	early  map[int]*probe.Result // those that wait for one before them
	worst  fact.Verdict
	broken error
}

func (s *inOrder) add(i int, r *probe.Result) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.early == nil {
		s.early = map[int]*probe.Result{}
		s.worst = r.Verdict
	}
	if report.Rank(r.Verdict) > report.Rank(s.worst) {
		s.worst = r.Verdict
	}
	s.early[i], s.left[i] = r, probe.Target{}
	s.progress.add(r)
	for s.broken == nil && s.early[s.next] != nil {
		s.write(s.next)
		s.next++
	}
	return s.broken
}

// write hands one result on.
func (s *inOrder) write(i int) {
	s.broken = unwritten(s.view.one(s.early[i]))
	delete(s.early, i)
}

// unseen is the targets that nobody looked at.
func (s *inOrder) unseen() []probe.Target {
	return slices.DeleteFunc(slices.Clone(s.left), func(t probe.Target) bool { return t == probe.Target{} })
}

// end takes the progress away, writes what still waits for one that will not
// come, and lets the view end. Whoever interrupts a long check shall not lose
// what it saw.
func (s *inOrder) end() error {
	s.progress.end()
	for _, i := range slices.Sorted(maps.Keys(s.early)) {
		if s.broken == nil {
			s.write(i)
		}
	}
	if s.broken != nil {
		return nil // said when it broke
	}
	return unwritten(s.view.end(s.unseen()))
}

// exitCode is that of the worst target. One that was not looked at is unknown, and
// so is everything where err says that results are missing.
func (s *inOrder) exitCode(err error) int {
	if err != nil && s.worst != fact.Compromised {
		return exitUsage
	}
	return exitCode(s.worst)
}

func unwritten(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the result could not be written: %w", err)
}
