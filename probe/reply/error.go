package reply

import (
	"errors"
	"io"
	"net"
	"syscall"

	"mx_exporter/probe/fact"
)

// Error says why no reply could be read. [Reader.Read] returns no other kind.
//
// Reason is one of [fact.ReplyInvalid] (which a caller that waits for the
// greeting calls [fact.BannerInvalid]), [fact.ReplyCodeMismatch],
// [fact.ReplyLineTooLong], [fact.ReplyTooManyLines], [fact.LimitExceeded], or, when
// the connection failed, [fact.EOF], [fact.Reset], [fact.StageTimeout],
// [fact.Unreachable], [fact.LocalFD] or [fact.LocalNetwork].
type Error struct {
	Reason fact.Reason
	Err    error // what was wrong with the reply, or the connection's own error
}

// Error names the reason and the details. It never holds more than a few octets
// of what the server sent, and those quoted.
func (e *Error) Error() string { return string(e.Reason) + ": " + e.Err.Error() }

// Unwrap gives the connection's error, so that errors.Is(err, io.EOF),
// os.ErrDeadlineExceeded and syscall.ECONNRESET work.
func (e *Error) Unwrap() error { return e.Err }

// connectionError wraps an error of the connection with its reason.
func connectionError(err error) *Error { return &Error{Reason: connectionReason(err), Err: err} }

// connectionReason tells a server that hung up from one that is too slow and
// from a lack of our own.
func connectionReason(err error) fact.Reason {
	var slow net.Error
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe), errors.Is(err, net.ErrClosed):
		return fact.EOF
	case errors.Is(err, syscall.ENOBUFS), errors.Is(err, syscall.ENOMEM):
		return fact.LocalFD
	case errors.Is(err, syscall.ENETDOWN):
		return fact.LocalNetwork
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return fact.Unreachable
	case errors.As(err, &slow) && slow.Timeout():
		return fact.StageTimeout
	}
	return fact.Reset
}
