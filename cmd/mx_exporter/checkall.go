package main

import (
	"context"
	"errors"
	"fmt"
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
		err = errors.New("interrupted")
	}
	return errors.Join(err, s.end(err == nil))
}

// view writes results as they come and, at the end, what is left to write.
type view interface {
	one(r *probe.Result) error
	end() error
}

// inOrder takes results in any order and gives them to the view in theirs.
type inOrder struct {
	view     view
	progress *progress // nil: none is shown

	mu     sync.Mutex
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
	s.early[i] = r
	s.progress.add(r)
	for s.broken == nil {
		r, ok := s.early[s.next]
		if !ok {
			return nil
		}
		delete(s.early, s.next)
		s.next++
		s.broken = unwritten(s.view.one(r))
	}
	return s.broken
}

// end takes the progress away and, where nothing went wrong, lets the view end.
func (s *inOrder) end(well bool) error {
	s.progress.end()
	if !well || s.broken != nil {
		return nil
	}
	return unwritten(s.view.end())
}

func unwritten(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the result could not be written: %w", err)
}
