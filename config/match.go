package config

import (
	"net/netip"
	"strings"
)

// Sender gives the address that MAIL is to name when EHLO gave this name: empty
// where the dialogue has to end before MAIL, "<>" for the null sender.
//
// Without one in the file it is postmaster at the EHLO name, which has to be a
// domain name for that: nobody has a mailbox at [192.0.2.1].
func (s SMTP) Sender(ehlo string) string {
	switch s.MailFrom {
	case noSender:
		return ""
	case "":
		address := "postmaster@" + ehlo
		if !strings.Contains(ehlo, ".") || strings.HasPrefix(ehlo, "[") || len(address) > MaxAddress {
			return ""
		}
		return address
	}
	return s.MailFrom
}

// Allows says whether a target may name this address. Case counts in the local
// part and not in the domain (RFC 5321 section 2.4).
func (r Recipients) Allows(address string) bool {
	at := strings.LastIndexByte(address, '@')
	if at <= 0 || at == len(address)-1 {
		return false
	}
	local, domain := address[:at], canonical(address[at+1:])
	for _, pattern := range r.Allow {
		l, d, _ := strings.Cut(pattern, "@")
		if glob(l, local) && glob(canonical(d), domain) {
			return true
		}
	}
	return false
}

// Expected gives what is right for a host: the outcome of the first pattern
// that matches its name, [Accept] when none does. Case and a dot at the end make
// no difference. The host "." of a null MX is matched by the pattern "." alone.
func (m Module) Expected(host string) Outcome {
	host = canonical(host)
	for _, e := range m.Expect {
		pattern := canonical(e.Host)
		if pattern == host || host != "." && glob(pattern, host) {
			return e.Outcome
		}
	}
	return Accept
}

// Allowed gives the networks that are opened beside public addresses.
func (m Module) Allowed() []netip.Prefix {
	var out []netip.Prefix
	for _, n := range m.AllowNetworks {
		out = append(out, n.Prefix())
	}
	return out
}

// canonical gives a name or pattern in lower case and without a dot at its end.
func canonical(host string) string {
	if host == "." {
		return host
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// glob matches s with a pattern in which * is any run of bytes. It goes back to
// the last star only, so its time is at most the product of both lengths.
func glob(pattern, s string) bool {
	star, mark, p, i := -1, 0, 0, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark, p = p, i, p+1
		case p < len(pattern) && pattern[p] == s[i]:
			p, i = p+1, i+1
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
