package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// replace puts a whole file in the place of another, as editors and Kubernetes
// do.
func replace(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path+".new", []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func moduleFile(timeout string) string { return "modules: {mx: {timeout: " + timeout + "}}\n" }

// Row C10: a bad file leaves the old configuration, a good one after it recovers.
func TestReloadKeepsTheOldConfigurationUntilAGoodOneComes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mx.yml")
	replace(t, path, moduleFile("10s"))
	synctest.Test(t, func(t *testing.T) {
		s, err := NewStore(path)
		if err != nil {
			t.Fatal(err)
		}
		first, loaded := s.Snapshot(), s.Status().LoadedAt
		if s.Status().Hash == 0 || s.Status().Hash >= 1<<48 || !loaded.Equal(time.Now()) {
			t.Errorf("status %+v", s.Status())
		}

		time.Sleep(time.Minute)
		replace(t, path, moduleFile("10 minutes"))
		err = s.Reload()
		if err == nil || !strings.HasPrefix(err.Error(), path+":1:") {
			t.Errorf("error %v", err)
		}
		st := s.Status()
		if s.Snapshot() != first || st.Err == nil || !st.LoadedAt.Equal(loaded) || !st.TriedAt.Equal(loaded.Add(time.Minute)) {
			t.Errorf("after a bad file: %+v", st)
		}

		time.Sleep(time.Minute)
		replace(t, path, moduleFile("20s"))
		if err := s.Reload(); err != nil {
			t.Fatal(err)
		}
		now := s.Status()
		if s.Snapshot().Modules["mx"].Timeout.Std() != 20*time.Second || first.Modules["mx"].Timeout.Std() != 10*time.Second {
			t.Error("the new configuration is not valid, or changed the old one")
		}
		if now.Err != nil || !now.LoadedAt.Equal(loaded.Add(2*time.Minute)) || now.Hash == st.Hash || now.Reloads != 2 || now.Discarded != 1 {
			t.Errorf("after a good file: %+v", now)
		}
	})
}

func TestStoreDoesNotBeginWithABadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mx.yml")
	replace(t, path, "modules: 1")
	if s, err := NewStore(path); s != nil || err == nil {
		t.Errorf("%v, %v", s, err)
	}
}

func TestStoreWithoutAFileHasTheBuiltInModules(t *testing.T) {
	s, err := NewStore("")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Reload(); err != nil {
		t.Error(err)
	}
	if names := s.Snapshot().Names(); fmt.Sprint(names) != "[imap mx pop3 smtp submission]" || s.Status().Hash != 0 {
		t.Errorf("modules %v, status %+v", names, s.Status())
	}
}

// Row C9: reloads at once with a thousand readers, with the file changing under
// them: no reader sees half a configuration, and the last file is the one that
// holds.
func TestReloadsWhileAThousandProbesRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mx.yml")
	replace(t, path, moduleFile("10s"))
	s, err := NewStore(path)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() {
			for range 20 {
				m := s.Snapshot().Modules["mx"]
				if m.Name != "mx" || m.Timeout < Duration(10*time.Second) || len(m.Recipients.Check) != 1 || s.Status().LoadedAt.IsZero() {
					t.Errorf("half a module: %+v", m)
				}
			}
		})
	}
	for i := range 20 {
		replace(t, path, moduleFile(fmt.Sprintf("%ds", 10+i)))
		for range 5 {
			wg.Go(func() {
				if err := s.Reload(); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if got := s.Snapshot().Modules["mx"].Timeout.Std(); got != 29*time.Second {
		t.Errorf("timeout %v, want that of the last file", got)
	}
}

// Row C9: signals that come together are one load, and one that comes after it
// is another.
func TestReloadsThatComeTogetherAreOneLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mx.yml")
	replace(t, path, moduleFile("10s"))
	s, err := NewStore(path)
	if err != nil {
		t.Fatal(err)
	}
	replace(t, path, moduleFile("20s"))
	together := s.began.Load()
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if err := s.reloadAfter(together); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := s.Status().Reloads; got != 1 {
		t.Errorf("%d loads, want 1", got)
	}
	if got := s.Snapshot().Modules["mx"].Timeout.Std(); got != 20*time.Second {
		t.Errorf("timeout %v, want that of the file now", got)
	}
	if err := s.Reload(); err != nil || s.Status().Reloads != 2 {
		t.Errorf("a later signal: %v, %d loads", err, s.Status().Reloads)
	}
}
