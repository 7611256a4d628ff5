package spf

import (
	"net/netip"
	"strings"

	"mx_exporter/probe/txt"
)

// mechanism reads what follows a mechanism's name, which stands at an offset in
// the term. It reports whether the term can be used.
func (p *parser) mechanism(t *Term, rest string, at int) bool {
	switch t.Name {
	case All:
		if rest != "" {
			p.problem(BadArgument, at, "all takes no argument, and here stands %s", txt.Quote(rest))
			return false
		}
		return true
	case A, MX:
		return p.addressed(t, rest, at)
	case IP4, IP6:
		return p.network(t, rest, at)
	case PTR:
		if rest == "" {
			return true
		}
	}
	// include, exists, and ptr with an argument: ":" and a domain.
	if rest == "" || rest[0] != ':' {
		p.problem(BadArgument, at, "%s takes \":\" and a domain", t.Name)
		return false
	}
	t.Argument = rest[1:]
	return p.domain(t.Argument, at+1, string(t.Name))
}

// addressed reads the argument of a and mx: [":" domain] ["/" length] ["//"
// length], RFC 7208 sections 5.3, 5.4 and 5.6.
func (p *parser) addressed(t *Term, rest string, at int) bool {
	var ok bool
	if i := strings.LastIndex(rest, "//"); i >= 0 && digits(rest[i+2:]) {
		if t.Bits6, ok = length(rest[i+2:], 128); !ok {
			p.problem(BadPrefix, at+i, "%s is no prefix length of an IPv6 network; want //0 to //128", txt.Quote(rest[i:]))
			return false
		}
		rest = rest[:i]
	}
	if i := strings.LastIndexByte(rest, '/'); i >= 0 && digits(rest[i+1:]) {
		if t.Bits4, ok = length(rest[i+1:], 32); !ok {
			p.problem(BadPrefix, at+i, "%s is no prefix length of an IPv4 network; want /0 to /32, and // before that of IPv6", txt.Quote(rest[i:]))
			return false
		}
		rest = rest[:i]
	}
	if rest == "" {
		return true
	}
	i := strings.LastIndexByte(rest, '/')
	if rest[0] == '/' || (i >= 0 && (i == len(rest)-1 || digits(rest[i+1:]))) {
		p.problem(BadPrefix, at+max(i, 0), "%s is no prefix length; write /24, or /24//64 for both kinds of address", txt.Quote(rest[max(i, 0):]))
		return false
	}
	t.Argument = rest[1:]
	return p.domain(t.Argument, at+1, string(t.Name))
}

// network reads the argument of ip4 and ip6.
func (p *parser) network(t *Term, rest string, at int) bool {
	if rest == "" || rest[0] != ':' {
		p.problem(BadArgument, at, "%s takes \":\" and an address", t.Name)
		return false
	}
	text, suffix, slash := strings.Cut(rest[1:], "/")
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" || addr.Is4() != (t.Name == IP4) {
		p.problem(BadAddress, at+1, "%s is no %s%s", txt.Quote(text), family(t.Name), other(addr, t.Name))
		return false
	}
	bits := addr.BitLen()
	if slash {
		n, ok := length(suffix, bits)
		if !ok {
			p.problem(BadPrefix, at+1+len(text), "%s is no prefix length here; want /0 to /%d", txt.Quote("/"+suffix), bits)
			return false
		}
		bits = n
	}
	t.Network = netip.PrefixFrom(addr, bits)
	return true
}

func family(n Name) string {
	if n == IP4 {
		return "IPv4 address"
	}
	return "IPv6 address"
}

// other hints at the mechanism that an address belongs to.
func other(addr netip.Addr, n Name) string {
	switch {
	case addr.Is4() && n == IP6:
		return `; "ip4" was probably meant`
	case addr.Is6() && n == IP4:
		return `; "ip6" was probably meant`
	}
	return ""
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
