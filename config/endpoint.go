package config

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Endpoint gives the one server that a module is bound to and its port. The host
// is a name in lower case or an address; it is empty for a module that takes its
// target from the request.
func (m Module) Endpoint() (host string, port int) {
	if m.Server == "" {
		return "", m.Port()
	}
	host, port, _ = splitEndpoint(m.Server, m.Port())
	return host, port
}

// Port gives the TCP port that the module's servers listen on, where neither
// server nor an SRV record names another.
func (m Module) Port() int {
	if m.Prober == ProberIMAP || m.Prober == ProberPOP3 {
		return m.Mailbox.Port
	}
	return m.SMTP.Port
}

// splitEndpoint takes a host name or an address, with or without a port.
func splitEndpoint(s string, port int) (string, int, error) {
	if strings.Contains(s, "://") {
		return "", 0, fmt.Errorf("%s is a URL: write the host, with :port where it is another", quote(s))
	}
	host := s
	if _, err := netip.ParseAddr(s); err != nil {
		if inner, ok := bracketed(s); ok {
			host = inner
		} else if h, p, err := net.SplitHostPort(s); err == nil {
			if port, err = strconv.Atoi(p); err != nil || port < 1 || port > MaxPort {
				return "", 0, fmt.Errorf("%s has no port from 1 to %d behind its last colon", quote(s), MaxPort)
			}
			host = h
		}
	}
	if a, err := netip.ParseAddr(host); err == nil {
		if a.Zone() != "" {
			return "", 0, fmt.Errorf("%s has a zone, which has no use here", quote(s))
		}
		return a.String(), port, nil
	}
	if err := checkDomain(host); err != nil {
		return "", 0, err
	}
	return strings.ToLower(host), port, nil
}

// checkEndpoint takes what splitEndpoint takes.
func checkEndpoint(s string) error {
	_, _, err := splitEndpoint(s, 0)
	return err
}

// loopback says whether a server can only be on this machine: then what is sent
// to it crosses no wire. A name other than localhost may lead anywhere.
func loopback(endpoint string) bool {
	host, _, err := splitEndpoint(endpoint, 0)
	return err == nil && isLoopbackHost(host)
}
