package dnsq

import (
	"errors"
	"net"
	"syscall"

	"mx_exporter/probe/fact"
)

// transportReason judges an error from a socket to the resolver. What cannot be
// told apart counts as a resolver that cannot be reached: it says nothing about
// the name asked for.
func transportReason(err error) fact.Reason {
	for _, r := range []struct {
		reason fact.Reason
		codes  []error
	}{
		{fact.LocalFD, []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.ENOBUFS}},
		{fact.LocalNetwork, []error{syscall.EACCES, syscall.EPERM, syscall.EADDRNOTAVAIL, syscall.EADDRINUSE}},
	} {
		for _, c := range r.codes {
			if errors.Is(err, c) {
				return r.reason
			}
		}
	}
	if t, ok := errors.AsType[net.Error](err); contextOver(err) || (ok && t.Timeout()) {
		return fact.DNSTimeout
	}
	return fact.LocalResolver
}
