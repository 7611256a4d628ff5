//go:build linux

package server

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// fingerProgram is Postfix's posttls-finger(1).
const fingerProgram = postfixCommands + "/posttls-finger"

// Finger is posttls-finger(1), which judges a mail server as Postfix would that
// sends to it.
//
// It asks the resolver of /etc/resolv.conf, at port 53, and takes no other. So it
// runs in a root directory of its own, which holds the program, its libraries and
// that file. A mount namespace would do as well, but most containers may not make
// one, while root may change its root directory in all of them.
type Finger struct{ root string }

// NewFinger makes a root directory in which names are asked of the resolver at an
// address, and which holds copies of further files at their own paths.
func NewFinger(t testing.TB, resolver string, files ...string) *Finger {
	t.Helper()
	f := &Finger{Folder(t, "finger")}
	files = append(files, fingerProgram, "/etc/passwd", "/etc/group") // Postfix's users must be known
	path := regexp.MustCompile(`/\S+`)
	files = append(files, path.FindAllString(run(t, f.root, "ldd", fingerProgram), -1)...)
	for _, file := range files {
		copyFile(t, file, f.root+file)
	}
	f.write(t, "/etc/resolv.conf", "nameserver "+resolver+"\noptions trust-ad\n")
	f.write(t, "/etc/postfix/main.cf", "compatibility_level = 3.6\n")
	return f
}

// Look runs the program once and returns what it wrote, one line for each of its
// steps.
func (f *Finger) Look(t testing.TB, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), fingerProgram, args...)
	command.SysProcAttr = &syscall.SysProcAttr{Chroot: f.root}
	command.Dir = "/"
	out, err := command.CombinedOutput()
	// It ends with an error where it finds no server that it would talk to, which
	// its output says more of.
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatalf("posttls-finger: %v; these tests run as root", err)
	}
	return strings.ReplaceAll(string(out), "posttls-finger: ", "")
}

func (f *Finger) write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(f.root+path), 0o755); err != nil { // as in every root directory
		t.Fatal(err)
	}
	if err := os.WriteFile(f.root+path, []byte(text), 0o644); err != nil { // as in every root directory
		t.Fatal(err)
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil { // as in every root directory
		t.Fatal(err)
	}
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755) // programs and libraries
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
