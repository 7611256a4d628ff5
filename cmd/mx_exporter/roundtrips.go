package main

import (
	"fmt"
	"os"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"mx_exporter/probe/roundtrip"
)

// tripStore begins anew, after each reload, the round trips that have changed.
type tripStore struct {
	watchedStore
	trips *roundtrip.Runner
}

// Reload reads the configuration again.
func (s tripStore) Reload() error {
	err := s.watchedStore.Reload()
	if err == nil {
		s.trips.Apply(s.Snapshot().RoundTrips)
	}
	return err
}

// roundTrips makes the runner of the round trips.
func (p *program) roundTrips(state string, l log.Logger) *roundtrip.Runner {
	return roundtrip.New(roundtrip.Options{
		Env: p.env, State: state,
		Warn: func(name, text string) { level.Warn(l).Log("msg", "round trip", "roundtrip", name, "problem", text) },
	})
}

// wrongState says why a directory cannot keep what round trips have to remember.
func wrongState(directory string) error {
	if directory == "" {
		return nil
	}
	info, err := os.Stat(directory)
	switch {
	case err != nil:
		return fmt.Errorf("--state.directory: %w; want a directory that exists", err)
	case !info.IsDir():
		return fmt.Errorf("--state.directory %s is no directory", directory)
	}
	return nil
}
