package probe

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Target is what a probe looks at: a domain or a host, or one mailbox of a
// domain.
type Target struct {
	Domain    string `json:"domain"`              // A-label form, lower case, without the final dot
	Recipient string `json:"recipient,omitempty"` // local part and domain, where one mailbox was asked for
	// Trusted says that the operator named the recipient on the command line.
	// Otherwise the module's recipients.allow decides (design: never a recipient
	// that the operator did not allow).
	Trusted bool `json:"-"`
}

// String is the target as it would be typed.
func (t Target) String() string {
	if t.Recipient != "" {
		return t.Recipient
	}
	return t.Domain
}

// TargetError says what is wrong with a target, and what would be right.
type TargetError struct {
	Target string
	Wrong  string
	Right  string // what would be right; empty: a domain
}

// Error quotes at most 64 octets of the target.
func (e *TargetError) Error() string {
	t := e.Target
	if len(t) > 64 {
		t = t[:64] + "…"
	}
	return fmt.Sprintf("target %q %s; want %s", t, e.Wrong, e.Want())
}

// Want is what would be right.
func (e *TargetError) Want() string { return cmp.Or(e.Right, "a domain such as example.org") }

// maxTarget bounds a target before anything looks at it: a local part of 64
// octets, the @ and a domain of 253 (RFC 5321 section 4.5.3.1), each octet of
// which may have been typed as a character of four.
const maxTarget = (64 + 1 + 253) * 4

// ParseTarget reads a domain, or a mailbox as local-part@domain. Case, a final
// dot and international names (IDNA2008) are normalised. A port, a scheme, an
// address, a path, a single label and anything else that is not a domain is a
// *[TargetError].
func ParseTarget(s string) (Target, error) {
	wrong := func(format string, a ...any) (Target, error) {
		return Target{}, &TargetError{Target: s, Wrong: fmt.Sprintf(format, a...)}
	}
	switch {
	case s == "":
		return Target{}, &TargetError{Target: s, Wrong: "is empty"}
	case len(s) > maxTarget:
		return wrong("is %d octets long", len(s))
	case !utf8.ValidString(s):
		return wrong("is not UTF-8 text")
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return wrong("has a space or a control character in it")
	case strings.Contains(s, "://"):
		return wrong("is a URL")
	case strings.ContainsAny(s[strings.LastIndexByte(s, '@')+1:], "/?#%"):
		return wrong("has a character that no domain has")
	}
	local, name, isMailbox := "", s, false
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		local, name, isMailbox = s[:i], s[i+1:], true
		if why := badLocalPart(local); why != "" {
			return wrong("%s", why)
		}
	}
	domain, why := parseDomain(name)
	if why != "" {
		return wrong("%s", why)
	}
	t := Target{Domain: domain}
	if isMailbox {
		t.Recipient = local + "@" + domain
	}
	return t, nil
}

// parseDomain gives the A-label form of a domain, or what is wrong with it.
func parseDomain(name string) (domain, wrong string) {
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return "", "is an address, not a domain"
	}
	if strings.ContainsAny(name, ":[]") {
		return "", "has a port or an address in it; the module fixes the port"
	}
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(name, "."))
	if err != nil {
		return "", "is not a domain name"
	}
	ascii = strings.ToLower(ascii)
	labels := strings.Split(ascii, ".")
	switch {
	case len(ascii) > 253:
		return "", "is longer than the 253 octets of a domain name"
	case len(labels) < 2:
		return "", "is a single label"
	}
	for _, l := range labels {
		if !isLDH(l) {
			return "", "is not a domain name"
		}
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return "", "ends in a number, as an address does"
	}
	return ascii, ""
}

// isLDH reports whether a label is one of letters, digits and hyphens (RFC 1123
// section 2.1).
func isLDH(l string) bool {
	if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
		return false
	}
	for i := range len(l) {
		if c := l[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// badLocalPart says what is wrong with a local part. Only dot-strings are taken
// (RFC 5321 section 4.1.2): a quoted one is never what somebody means.
func badLocalPart(l string) string {
	switch {
	case l == "":
		return "has nothing before the @"
	case len(l) > 64:
		return "has more than 64 octets before the @"
	case strings.HasPrefix(l, "."), strings.HasSuffix(l, "."), strings.Contains(l, ".."):
		return "has a misplaced dot before the @"
	}
	for i := range len(l) {
		c := l[i]
		alnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !alnum && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", rune(c)) {
			return "has a character before the @ that a mailbox name cannot have"
		}
	}
	return ""
}
