package roundtrip

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// store keeps what a trip has to know after a restart in one file of the state
// directory. The file is swapped whole: whoever reads it finds what was there
// before, or what is there now, and never a half of either.
type store struct{ path string }

// The limits of a file.
const (
	stateVersion = 1
	maxState     = 8 << 20 // octets; a trip with all that it may hold has some 2 MiB
)

// newStore is for the trip of that name. Names have nothing in them that a path
// minds, but for the dots of ".." and the case that some file systems fold.
func newStore(directory, name string) *store {
	return &store{filepath.Join(directory, "roundtrip-"+strings.ReplaceAll(name, "..", "__")+".json")}
}

// errVersion is a file that a newer program wrote.
var errVersion = errors.New("the file is of another version of this program")

// load reads the file; without one it gives nil. A file that cannot be used is set
// aside under another name, and the error says so: the trip goes on without it.
func (s *store) load() (*saved, error) {
	b, err := s.read()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the state of before cannot be read: %w", err)
	}
	v := &saved{}
	if err = json.Unmarshal(b, v); err == nil {
		err = v.sound()
	}
	if err == nil {
		return v, nil
	}
	aside := s.path + ".unusable"
	if moved := os.Rename(s.path, aside); moved != nil {
		return nil, fmt.Errorf("the state of before cannot be used (%w), nor set aside: %w", err, moved)
	}
	return nil, fmt.Errorf("the state of before cannot be used, and was set aside as %s: %w", aside, err)
}

func (s *store) read() ([]byte, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxState+1))
	if err == nil && len(b) > maxState {
		err = fmt.Errorf("%s has more than %d octets", s.path, maxState)
	}
	return b, err
}

// save swaps the file for one that holds v. When it returns without an error, the
// disk has it.
func (s *store) save(v *saved) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(s.path), ".roundtrip-*") // mode 0600: it may hold a key
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), s.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDirectory(filepath.Dir(s.path))
}

func syncDirectory(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// saved is the content of a file.
type saved struct {
	Version     int                  `json:"version"`
	Key         []byte               `json:"key,omitempty"` // where the configuration gives none
	Began       time.Time            `json:"began,omitzero"`
	Turn        int                  `json:"turn"`
	Flights     []savedFlight        `json:"flights,omitempty"`
	Missing     []savedFlight        `json:"missing,omitempty"`
	Taken       map[string]time.Time `json:"taken,omitempty"`
	Hosts       map[string]*Run      `json:"hosts,omitempty"`
	Recent      []*Run               `json:"recent,omitempty"`
	LastRun     time.Time            `json:"last_run,omitzero"`
	LastSuccess time.Time            `json:"last_success,omitzero"`
	Counts      Counts               `json:"counts"`
	Delivery    Histogram            `json:"delivery"`
}

// savedFlight is a message on its way.
type savedFlight struct {
	Token    string    `json:"token"`
	Run      *Run      `json:"run"`
	Out      bool      `json:"out"`
	Unsure   bool      `json:"unsure,omitempty"`
	Accepted time.Time `json:"accepted,omitzero"`
	Looked   time.Time `json:"looked,omitzero"`
}

// sound finds out whether the content can be worked with.
func (v *saved) sound() error {
	switch {
	case v.Version != stateVersion:
		return fmt.Errorf("%w: %d, want %d", errVersion, v.Version, stateVersion)
	case !v.Delivery.sound():
		return errors.New("its histogram does not add up")
	case v.Turn < 0 || len(v.Taken) > 2*maxTaken || len(v.Flights) > maxTaken || len(v.Missing) > maxTaken || len(v.Recent) > 2*MaxRecent:
		return errors.New("it holds more than a trip can")
	}
	for _, f := range append(append([]savedFlight{}, v.Flights...), v.Missing...) {
		if f.Run == nil {
			return errors.New("a message has no run")
		}
	}
	for _, r := range v.Recent {
		if r == nil {
			return errors.New("a run is empty")
		}
	}
	return nil
}
