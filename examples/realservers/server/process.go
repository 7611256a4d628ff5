//go:build linux

package server

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// How long a program may take to be ready, and to end when asked to. Both are
// generous, because a loaded machine is not what is tested here.
const (
	readyWithin = 30 * time.Second
	endWithin   = 10 * time.Second
)

// Process is one running program and the processes that it started.
type Process struct {
	name string
	log  string // path of what it wrote to stdout and stderr
	pid  int
	over bool          // Stop has seen to it
	done chan struct{} // closed when it has ended

	guard *guard
}

// Start runs a program with its output going to a file in dir. It is stopped at
// the end of the test, and its output is shown if the test failed.
func Start(t testing.TB, dir, name, program string, args ...string) *Process {
	t.Helper()
	log, err := os.Create(filepath.Join(dir, name+".log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Cancel = func() error { return nil } // Stop ends it in an orderly way
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	// A session of its own, because Postfix signals its whole group when it ends.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	p := &Process{name: name, log: log.Name(), done: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		t.Fatalf("cannot start %s: %v; has examples/realservers/install.sh been run?", name, err)
	}
	go func() {
		defer close(p.done)
		_ = cmd.Wait() // how it ended is in its log
	}()
	p.pid = cmd.Process.Pid
	if p.guard, err = watch(p.pid); err != nil {
		p.signal(t, syscall.SIGKILL)
		t.Fatalf("cannot guard %s: %v", name, err)
	}
	t.Cleanup(func() {
		p.Stop(t)
		p.guard.dismiss()
		if t.Failed() {
			t.Logf("what %s wrote:\n%s", name, tail(p.log))
		}
	})
	return p
}

// Stop ends the program and everything that it started, and returns when it has
// ended. Stopping what has ended does nothing.
func (p *Process) Stop(t testing.TB) {
	t.Helper()
	if p.over {
		return
	}
	p.over = true
	p.signal(t, syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(endWithin):
		t.Errorf("%s did not end within %v of being asked to", p.name, endWithin)
		p.signal(t, syscall.SIGKILL)
		<-p.done
	}
	// A child that still talks to somebody does not end with its parent.
	p.signal(t, syscall.SIGKILL)
}

// Kill ends the program with no chance to tidy up, and returns when it has ended.
func (p *Process) Kill(t testing.TB) {
	t.Helper()
	p.over = true
	p.signal(t, syscall.SIGKILL)
	<-p.done
}

// signal reaches the whole group, children that outlived the program included.
func (p *Process) signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(-p.pid, s); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Errorf("cannot send %v to %s: %v", s, p.name, err)
	}
}

// Listens waits until the program takes connections at an address.
func (p *Process) Listens(t testing.TB, address string) {
	t.Helper()
	p.Ready(t, "listens on "+address, func() bool { return listens(t, address) })
}

// Ready waits until the condition holds. The test ends if the program ends
// first, or if it takes too long.
func (p *Process) Ready(t testing.TB, what string, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(readyWithin)
	for !condition() {
		select {
		case <-tick.C:
		case <-p.done:
			t.Fatalf("%s ended before it %s", p.name, what)
		case <-late:
			t.Fatalf("waited %v, and still it is not true that %s %s", readyWithin, p.name, what)
		}
	}
}
