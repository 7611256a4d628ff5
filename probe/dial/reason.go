package dial

import (
	"context"
	"errors"
	"io"
	"os"
	"syscall"

	"mx_exporter/probe/fact"
)

// ErrNoRoute marks a dial that failed because this machine has no route to the
// address. It says nothing about the server.
var ErrNoRoute = errors.New("this machine has no route to the address")

// reasons maps what the operating system says to a reason, first match first.
// What is short on this machine (descriptors, memory, ports, permission) is
// ours and never counts against the server.
var reasons = []struct {
	err    error
	reason fact.Reason
}{
	{ErrNoRoute, fact.LocalNetwork},
	{syscall.EMFILE, fact.LocalFD},
	{syscall.ENFILE, fact.LocalFD},
	{syscall.ENOBUFS, fact.LocalFD},
	{syscall.ENOMEM, fact.LocalFD},
	{syscall.EADDRNOTAVAIL, fact.LocalNetwork},
	{syscall.EADDRINUSE, fact.LocalNetwork},
	{syscall.EAFNOSUPPORT, fact.LocalNetwork},
	{syscall.EACCES, fact.LocalNetwork},
	{syscall.EPERM, fact.LocalNetwork},
	{syscall.ENETDOWN, fact.LocalNetwork},
	{syscall.ECONNREFUSED, fact.Refused},
	{syscall.EHOSTUNREACH, fact.Unreachable},
	{syscall.ENETUNREACH, fact.Unreachable},
	{syscall.EHOSTDOWN, fact.Unreachable},
	{syscall.ECONNRESET, fact.Reset},
	{syscall.ECONNABORTED, fact.Reset},
	{syscall.EPIPE, fact.Reset},
	{syscall.ETIMEDOUT, fact.ConnectTimeout},
	{io.ErrUnexpectedEOF, fact.EOF},
	{io.EOF, fact.EOF},
	{os.ErrDeadlineExceeded, fact.ConnectTimeout},
	{context.DeadlineExceeded, fact.ConnectTimeout},
	{context.Canceled, fact.NotTested},
}

// ReasonOf says why a dial, a read or a write failed. An error that it does not
// know is [fact.Unreachable]: something between us and the server failed.
func ReasonOf(err error) fact.Reason {
	var blocked *BlockedError
	if errors.As(err, &blocked) {
		return fact.AddressBlocked
	}
	for _, r := range reasons {
		if errors.Is(err, r.err) {
			return r.reason
		}
	}
	var t interface{ Timeout() bool }
	if errors.As(err, &t) && t.Timeout() {
		return fact.ConnectTimeout
	}
	return fact.Unreachable
}
