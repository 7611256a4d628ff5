package pdf

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Confinement says what bounds a child on this system, for the log and for
// people.
const Confinement = "memory, processor time and open files bounded by the kernel; killed after 10 s; no network where the kernel lets us take it away"

// confine bounds this process before it reads what is not trusted.
//
// Memory is RLIMIT_DATA, which since Linux 4.7 counts every private page that
// may be written, above what the Go runtime has at the start (130 MiB, nearly all
// of it untouched). RLIMIT_AS would count what the runtime merely reserves as
// well: 1.7 GiB before a byte is read.
func confine() error {
	began, err := writable()
	if err != nil {
		return err
	}
	for _, l := range []struct {
		what int
		most uint64
	}{
		{unix.RLIMIT_DATA, began + MaxMemory},
		{unix.RLIMIT_CPU, uint64(MaxCPU / time.Second)},
		{unix.RLIMIT_NOFILE, MaxFiles},
		{unix.RLIMIT_CORE, 0},
		{unix.RLIMIT_FSIZE, 0}, // no file is written to; pipes do not count
	} {
		if err := unix.Setrlimit(l.what, &unix.Rlimit{Cur: l.most, Max: l.most}); err != nil {
			return err
		}
	}
	runtime.GOMAXPROCS(1)
	return nil
}

// writable is how much of this process's memory may be written, in bytes: the
// sixth number of proc_pid_statm(5), in pages.
func writable() (uint64, error) {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	f := strings.Fields(string(b))
	if len(f) < 6 {
		return 0, errors.New("/proc/self/statm has fewer than six numbers")
	}
	pages, err := strconv.ParseUint(f[5], 10, 32)
	return pages * uint64(os.Getpagesize()), err
}

// isolate gives a child name spaces of its own, in which there is no network. It
// needs user name spaces, which some systems keep for themselves.
func isolate(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET}
}
