package mailaddr

import (
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// setDomain holds a domain against Domain and address-literal of RFC 5321
// section 4.1.2 and takes it. Places are counted from the domain's first byte.
func (a *Address) setDomain(d string) *SyntaxError {
	if d[0] == '[' {
		return a.setLiteral(d)
	}
	if fault := checkShape(d); fault != nil {
		return fault
	}
	name, fault := aLabels(d)
	if fault != nil {
		return fault
	}
	if fault := checkName(name); fault != nil {
		if !ascii(d) {
			fault.At = 0 // places in A-labels are none in what was written
		}
		return fault
	}
	a.Domain, a.Unicode = name, name
	if u, err := idna.Display.ToUnicode(name); err == nil {
		a.Unicode = u
	}
	return nil
}

// setLiteral takes [192.0.2.1] and [IPv6:2001:db8::1] (RFC 5321 section 4.1.3).
func (a *Address) setLiteral(d string) *SyntaxError {
	inner, closed := strings.CutSuffix(d[1:], "]")
	text, is6 := cutFold(inner, "IPv6:")
	ip, err := netip.ParseAddr(text)
	if !closed || err != nil || ip.Is6() != is6 || ip.Zone() != "" {
		return wrong(DomainLiteral, 0, "brackets behind the @ hold an IP address, as [192.0.2.1] or [IPv6:2001:db8::1]")
	}
	a.Domain, a.Literal = "["+ip.String()+"]", true
	if is6 {
		a.Domain = "[IPv6:" + ip.String() + "]"
	}
	a.Unicode = a.Domain
	return nil
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// checkShape finds the faults of dots and spaces, which the conversion to
// A-labels would hide or tell badly.
func checkShape(d string) *SyntaxError {
	switch {
	case d[0] == '.':
		return wrong(DomainDot, 0, "a dot stands right behind the @")
	case strings.HasSuffix(d, "."):
		return wrong(DomainDot, len(d)-1, "the address ends with a dot; leave it out")
	case strings.Contains(d, ".."):
		return wrong(DomainDot, strings.Index(d, "..")+1, "two dots follow one another in the domain")
	}
	if i := strings.IndexFunc(d, unicode.IsSpace); i >= 0 {
		return wrong(Space, i, "a space stands behind the @")
	}
	for i, r := range d {
		if r < 0x80 && !isNameChar(byte(r)) {
			return wrong(DomainChar, i, "%q may not stand in a domain", r)
		}
	}
	return nil
}

func isNameChar(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.'
}

// aLabels converts U-labels and checks A-labels, as a browser or a mail program
// does before it looks a name up (RFC 5891 section 5, UTS 46 non-transitional).
func aLabels(d string) (string, *SyntaxError) {
	if ascii(d) && !strings.Contains(strings.ToLower(d), "xn--") {
		return strings.ToLower(d), nil
	}
	name, err := idna.Lookup.ToASCII(d)
	if err != nil {
		return "", wrong(DomainIDN, 0, "the domain is no valid international name")
	}
	return strings.ToLower(name), nil
}

// checkName holds a name of A-labels against RFC 1123 section 2.1.
func checkName(name string) *SyntaxError {
	at := 0
	labels := strings.Split(name, ".")
	for _, l := range labels {
		switch {
		case l == "":
			return wrong(DomainDot, at, "a part between two dots of the domain is empty")
		case len(l) > 63:
			return wrong(DomainLabel, at, "a part of the domain has %d octets; 63 are allowed between two dots", len(l))
		case l[0] == '-', l[len(l)-1] == '-':
			return wrong(DomainHyphen, at, "a part of the domain begins or ends with a hyphen")
		}
		at += len(l) + 1
	}
	last := labels[len(labels)-1]
	switch {
	case len(name) > MaxDomain:
		return wrong(DomainLong, 0, "the domain has %d octets; %d are allowed", len(name), MaxDomain)
	case len(labels) == 1:
		return wrong(DomainSingle, 0, "the domain has no dot in it; want a name such as example.org")
	case strings.Trim(last, "0123456789") == "":
		return wrong(DomainNumber, at-len(last)-1, "the domain ends in a number; an IP address stands in brackets, as [192.0.2.1]")
	}
	return nil
}
