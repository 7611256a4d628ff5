//go:build linux || darwin || freebsd || netbsd || openbsd

package talk

import (
	"net"
	"syscall"
)

// Readable reports whether octets wait in the socket, without waiting for them
// and without taking them. Connections that are no sockets say no.
func Readable(conn net.Conn) bool {
	s, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return false
	}
	n := 0
	err = raw.Read(func(fd uintptr) bool {
		var one [1]byte
		n, _, _ = syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return true
	})
	return err == nil && n > 0
}
