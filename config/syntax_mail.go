package config

import (
	"errors"
	"fmt"
	"strings"
)

// Words of smtp.mail_from beside an address.
const (
	nullSender = "<>"   // RFC 5321 section 4.5.5
	noSender   = "none" // the dialogue ends before MAIL
)

// atext are the characters of a dot-string (RFC 5321 section 4.1.2, RFC 5322
// section 3.2.3).
const atext = letters + digits + "!#$%&'*+-/=?^_`{|}~"

// checkLocalPart takes a dot-string. Quoted strings are left out: no mailbox
// that a monitor asks for needs one, and each is a way to smuggle.
func checkLocalPart(s string) error {
	if len(s) > MaxLocalPart {
		return fmt.Errorf("%s has %d bytes: a local part has at most %d", quote(s), len(s), MaxLocalPart)
	}
	if strings.Contains(s, "@") {
		return fmt.Errorf("%s has an @: write what stands before it, the domain is that of the target", quote(s))
	}
	for _, atom := range strings.Split(s, ".") {
		if atom == "" || contains(atom, atext) {
			return fmt.Errorf("%s is not a local part: letters, digits, inner dots and %s are allowed", quote(s), atext[len(letters+digits):])
		}
	}
	return nil
}

// checkSender takes an address or one of the words of smtp.mail_from.
func checkSender(s string) error {
	if s == nullSender || s == noSender {
		return nil
	}
	if len(s) > MaxAddress {
		return fmt.Errorf("%s has %d bytes: an address has at most %d", quote(s), len(s), MaxAddress)
	}
	at := strings.LastIndex(s, "@")
	if at < 0 {
		return fmt.Errorf(`%s is not an address: write local@domain, "<>" or none`, quote(s))
	}
	if err := checkLocalPart(s[:at]); err != nil {
		return fmt.Errorf("%s is not an address: %w", quote(s), err)
	}
	if err := checkEHLO(s[at+1:]); err != nil {
		return fmt.Errorf("%s is not an address: %w", quote(s), err)
	}
	return nil
}

// checkAddressPattern takes a pattern with one @, so that a star never reaches
// from the local part into the domain.
func checkAddressPattern(s string) error {
	local, domain, ok := strings.Cut(s, "@")
	switch {
	case !ok || local == "" || domain == "" || strings.Contains(domain, "@"):
		return fmt.Errorf("%s is not a pattern of addresses: write local@domain, where * is any run of characters", quote(s))
	case len(s) > MaxPattern:
		return fmt.Errorf("the pattern has %d bytes: at most %d are allowed", len(s), MaxPattern)
	case contains(local, atext+"."):
		return fmt.Errorf("%s can match no address: its local part has a character that none has", quote(s))
	}
	return checkHostPattern(domain)
}

// checkHostPattern takes a pattern of host names, or the name of a null MX's
// host (RFC 7505).
func checkHostPattern(s string) error {
	switch {
	case s == ".":
		return nil
	case len(s) > MaxPattern:
		return fmt.Errorf("the pattern has %d bytes: at most %d are allowed", len(s), MaxPattern)
	case strings.ContainsFunc(s, func(r rune) bool { return r > 0x7f }):
		return fmt.Errorf("%s is not ASCII: write the xn-- form", quote(s))
	case contains(s, letters+digits+"-_.*"):
		return fmt.Errorf("%s is not a pattern of host names: letters, digits, -, _, . and * are allowed", quote(s))
	case s[0] == '.' || strings.Contains(s, ".."):
		return errors.New(quote(s) + " can match no host: it has an empty label")
	}
	return nil
}
