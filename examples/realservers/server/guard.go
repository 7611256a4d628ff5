//go:build linux

package server

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// guard ends a program should the test end before it could clean up: by a signal,
// or because go test's time was up. The kernel's own means, Pdeathsig, forgets
// programs that change their user, as mail servers do.
//
// It is a shell that waits for a word from us, or for our end.
type guard struct {
	shell *exec.Cmd
	word  *os.File
}

const guarding = `read -r word; [ "$word" = over ] && exit; kill -TERM "-$1"; sleep 2; kill -KILL "-$1"`

// watch guards a group of processes.
func watch(group int) (*guard, error) {
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	g := &guard{exec.CommandContext(context.Background(), "/bin/sh", "-c", guarding, "guard", strconv.Itoa(group)), ours}
	g.shell.Stdin = theirs
	g.shell.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // signals to our group are not meant for it
	if err := g.shell.Start(); err != nil {
		ours.Close()
		return nil, err
	}
	return g, nil
}

// dismiss ends the guard, since the program has ended.
func (g *guard) dismiss() {
	_, _ = g.word.WriteString("over\n") // where the shell has gone, it needs no word
	g.word.Close()
	_ = g.shell.Wait()
}
