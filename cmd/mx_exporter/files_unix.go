//go:build unix

package main

import "syscall"

// raiseFileLimit raises the soft limit of open files to the hard one and gives
// what came of it.
func raiseFileLimit() uint64 {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return 1024
	}
	if l.Cur < l.Max {
		raised := syscall.Rlimit{Cur: l.Max, Max: l.Max}
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &raised); err == nil {
			return descriptors(raised.Cur)
		}
	}
	return descriptors(l.Cur)
}

// descriptors is a limit in the one type; on some systems it is signed.
func descriptors[T int64 | uint64](n T) uint64 { return uint64(n) }
