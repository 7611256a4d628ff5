package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

const (
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits  = "0123456789"
)

// contains says whether s has a character that is not allowed.
func contains(s, allowed string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune(allowed, r) })
}

// checkName takes the name of a module, which has to stand in a URL and in a
// label as it is.
func checkName(s string) error {
	if s == "" || len(s) > MaxModuleName || contains(s, letters+digits+"_.-") {
		return fmt.Errorf("%s is not a name: 1 to %d letters, digits, _, . and - are allowed", quote(s), MaxModuleName)
	}
	return nil
}

// checkDomain takes a domain name in letters, digits and hyphens (RFC 5321
// section 4.1.2), at most 253 bytes and without a dot at its end.
func checkDomain(s string) error {
	if len(s) > MaxDomain {
		return fmt.Errorf("%s has %d bytes: a domain name has at most %d", quote(s), len(s), MaxDomain)
	}
	labels := strings.Split(s, ".")
	for _, l := range labels {
		switch {
		case l == "":
			return fmt.Errorf("%s has an empty label: write no dot at an end and none twice", quote(s))
		case len(l) > MaxLabel:
			return fmt.Errorf("%s has a label of more than %d bytes", quote(s), MaxLabel)
		case strings.ContainsFunc(l, func(r rune) bool { return r > 0x7f }):
			return fmt.Errorf("%s is not ASCII: write the xn-- form", quote(s))
		case contains(l, letters+digits+"-") || l[0] == '-' || l[len(l)-1] == '-':
			return fmt.Errorf("%s is not a domain name: labels are letters, digits and inner hyphens", quote(s))
		}
	}
	if allDigits(labels[len(labels)-1]) {
		return fmt.Errorf("%s looks like an address, not like a domain name", quote(s))
	}
	return nil
}

// checkHost takes a domain name or a bare address.
func checkHost(s string) error {
	if _, err := netip.ParseAddr(s); err == nil {
		return nil
	}
	return checkDomain(s)
}

// checkEHLO takes a domain name or an address literal (RFC 5321 section 4.1.3).
// No control character passes, so none reaches the wire.
func checkEHLO(s string) error {
	if a, err := netip.ParseAddr(s); err == nil {
		return fmt.Errorf("%s is a bare address: write %s", quote(s), literal(a.WithZone("")))
	}
	if inner, ok := bracketed(s); ok {
		a, err := netip.ParseAddr(strings.TrimPrefix(inner, "IPv6:"))
		if err != nil || a.Zone() != "" || literal(a) != s && a.Is4() {
			return fmt.Errorf("%s is not an address literal: write [192.0.2.1] or [IPv6:2001:db8::1]", quote(s))
		}
		if a.Is6() && !strings.HasPrefix(inner, "IPv6:") {
			return fmt.Errorf("%s lacks the tag of RFC 5321: write %s", quote(s), literal(a))
		}
		return nil
	}
	return checkDomain(s)
}

func bracketed(s string) (string, bool) {
	inner, ok := strings.CutPrefix(s, "[")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(inner, "]")
}

func literal(a netip.Addr) string {
	if a.Is4() {
		return "[" + a.String() + "]"
	}
	return "[IPv6:" + a.String() + "]"
}

// checkServer takes what server completes.
func checkServer(s string) error {
	_, err := server(s, DefaultDNSPort)
	return err
}

// server completes an entry of dns.servers to address:port.
func server(s string, port int) (string, error) {
	host := s
	if _, err := netip.ParseAddr(s); err != nil {
		if inner, ok := bracketed(s); ok {
			host = inner
		} else if h, p, err := net.SplitHostPort(s); err == nil {
			if port, err = strconv.Atoi(p); err != nil || port < 1 || port > MaxPort {
				return "", fmt.Errorf("%s has no port from 1 to %d behind its last colon", quote(s), MaxPort)
			}
			host = h
		}
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return net.JoinHostPort(host, strconv.Itoa(port)), nil
	}
	// A name would have to be resolved first, and by whom?
	return "", fmt.Errorf("%s is not the address of a resolver: write 192.0.2.53 or [2001:db8::53]:53", quote(s))
}

// checkPath takes the path of a file; whether the file is good is found out
// when its directory is known. Errors about a file repeat its path, so the text
// of a key in the wrong place must not come so far.
func checkPath(s string) error {
	if len(s) > MaxPath || strings.Contains(s, "-----BEGIN") {
		return errors.New("is not a path: the text itself goes into the key without _file")
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return errors.New("a control character is in the path")
	}
	return nil
}
