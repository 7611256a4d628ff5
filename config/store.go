package config

import (
	"sync"
	"sync/atomic"
	"time"
)

// Store holds the configuration that is valid now and exchanges whole ones. A
// probe that runs keeps the one it began with. All methods may be called at
// once.
type Store struct {
	loader  Loader
	path    string
	current atomic.Pointer[loaded]
	began   atomic.Uint64 // loads that were begun
	mu      sync.Mutex    // held while a load runs
}

// loaded is a configuration with what is to be told about it.
type loaded struct {
	config *Config
	status Status
}

// Status tells how loading went, for metrics and for people.
type Status struct {
	LoadedAt  time.Time // when the configuration that is valid now was loaded
	TriedAt   time.Time // when loading was last tried
	Err       error     // why the last try failed; nil when it did not
	Hash      uint64    // of the valid file: 48 bits of its SHA-256 sum, exact in a float64; 0 without a file
	Reloads   int       // tries after the first
	Discarded int       // tries that failed
}

// NewStore is that of the zero [Loader].
func NewStore(path string) (*Store, error) { return Loader{}.NewStore(path) }

// NewStore loads the file of that path for the first time; the empty path gives
// the built-in modules.
func (l Loader) NewStore(path string) (*Store, error) {
	s := &Store{loader: l, path: path}
	c, hash, err := l.load(path)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	s.current.Store(&loaded{c, Status{LoadedAt: now, TriedAt: now, Hash: hash}})
	return s, nil
}

// Snapshot gives the valid configuration. It is never nil and never changes.
func (s *Store) Snapshot() *Config { return s.current.Load().config }

// Status tells how loading went.
func (s *Store) Status() Status { return s.current.Load().status }

// Reload loads the file again. With an error the old configuration stays, and
// [Store.Status] tells the error until a reload succeeds.
//
// Calls that come while a load runs wait for it and then share one more: the
// file may have changed after the first one read it, but a hundred signals are
// not a hundred loads.
func (s *Store) Reload() error { return s.reloadAfter(s.began.Load()) }

// reloadAfter loads unless another load has begun after that many.
func (s *Store) reloadAfter(asked uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.began.Load() > asked {
		return s.Status().Err
	}
	return s.reload()
}

func (s *Store) reload() error {
	s.began.Add(1)
	c, hash, err := s.loader.load(s.path)
	old := s.current.Load()
	next := &loaded{old.config, old.status}
	next.status.TriedAt, next.status.Err = time.Now(), err
	next.status.Reloads++
	if err == nil {
		next.config, next.status.LoadedAt, next.status.Hash = c, next.status.TriedAt, hash
	} else {
		next.status.Discarded++
	}
	s.current.Store(next)
	return err
}
