package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// checkUsername takes a name that stands in a command of IMAP, POP3 or SASL. It
// is not repeated: who mixes up two keys writes the password here.
func checkUsername(s string) error {
	switch {
	case len(s) > MaxUsername:
		return fmt.Errorf("has %d bytes: at most %d are allowed", len(s), MaxUsername)
	case hasControl(s):
		return errors.New("a control character is in the name")
	}
	return nil
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// checkTokenURL takes the address of a token endpoint: what is sent there is
// secret (RFC 6749 section 3.2).
func checkTokenURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.User != nil || len(s) > MaxURL:
		return fmt.Errorf("is not the address of a token endpoint: write https://login.example.org/token, of at most %d bytes", MaxURL)
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && isLoopbackHost(u.Hostname()) && u.Hostname() != "localhost":
		return nil // an address: a name is none, whatever it resolves to today
	}
	return errors.New("does not begin with https://: a secret is sent there")
}

func isLoopbackHost(h string) bool {
	a, err := netip.ParseAddr(h)
	return h == "localhost" || err == nil && a.IsLoopback()
}

// checkScope takes a scope (RFC 6749 section 3.3).
func checkScope(s string) error {
	if len(s) > MaxScope || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > 0x7e || r == '"' || r == '\\' }) {
		return fmt.Errorf("%s is not a scope: write each as an entry of its own, of at most %d visible characters", quote(s), MaxScope)
	}
	return nil
}

// checkMailbox takes an address that mail can come back to.
func checkMailbox(s string) error {
	if !strings.Contains(s, "@") {
		return fmt.Errorf("%s is not an address: write local@domain", quote(s))
	}
	return checkSender(s)
}

// checkInstance takes a name that stands between the dots of a token.
func checkInstance(s string) error {
	if len(s) > MaxInstance || contains(s, letters+digits+"_-") {
		return fmt.Errorf("%s is not a name: 1 to %d letters, digits, _ and - are allowed", quote(s), MaxInstance)
	}
	return nil
}

func checkFolder(s string) error {
	if len(s) > MaxFolder || hasControl(s) {
		return fmt.Errorf("%s is not the name of a folder: at most %d bytes without a control character", quote(s), MaxFolder)
	}
	return nil
}

func checkArgument(s string) error {
	if len(s) > MaxArgument || hasControl(s) {
		return fmt.Errorf("%s is not an argument: at most %d bytes without a control character", quote(s), MaxArgument)
	}
	return nil
}
