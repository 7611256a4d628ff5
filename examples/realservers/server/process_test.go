//go:build linux

package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestStopEndsWhatTheProgramStartedToo(t *testing.T) {
	// The child has inherited that it does not mind being asked to end.
	p := Start(t, t.TempDir(), "shell", "/bin/sh", "-c", `trap "" TERM; sleep 600 & trap - TERM; echo $!; wait`)
	var child string
	p.Ready(t, "has started its child", func() bool {
		b, err := os.ReadFile(p.log)
		child = strings.TrimSpace(string(b))
		return err == nil && child != ""
	})
	p.Stop(t)
	p.Stop(t) // is harmless
	select {
	case <-p.done:
	default:
		t.Error("Stop returned before the program had ended")
	}
	Eventually(t, 10*time.Second, "the child has ended too", func() (bool, string) {
		line, _ := os.ReadFile(filepath.Join("/proc", child, "cmdline")) // empty or gone
		return len(line) == 0, string(line)
	})
}

// A test that is killed closes all of its files, and does nothing else.
func TestProgramEndsWithTheTest(t *testing.T) {
	p := Start(t, t.TempDir(), "shell", "/bin/sh", "-c", "sleep 600; sleep 600")
	p.guard.word.Close()
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		t.Error("the program goes on")
	}
}

func TestLogIsCutToItsEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	text := strings.Repeat("early\n", 100) + strings.Repeat("x", 5000) + "\nthe reason\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got := tail(path)
	if n := strings.Count(got, "\n") + 1; n != shownLines {
		t.Errorf("%d lines are shown, want %d", n, shownLines)
	}
	if !strings.HasSuffix(got, "the reason") {
		t.Errorf("the end is not shown: %q", got[len(got)-100:])
	}
	if strings.Contains(got, strings.Repeat("x", shownColumns+1)) {
		t.Error("a long line is shown whole")
	}
}
