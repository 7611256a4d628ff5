package mx

import (
	"encoding/hex"
	"hash/fnv"
	"net/netip"
	"strings"
)

// Label is the name of a host where it may be a label value: letters, digits,
// hyphens, underscores and dots, at most 253 octets. Any other name comes from
// outside in a form that nobody should see in a label, and is told apart by a
// hash: "invalid-" and 8 hexadecimal digits. An address, which an operator may
// name in place of a host, is itself.
func Label(name string) string {
	if name == "." || plain(name) {
		return name
	}
	if a, err := netip.ParseAddr(name); err == nil {
		return a.WithZone("").String()
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return "invalid-" + hex.EncodeToString(h.Sum(nil))
}

func plain(name string) bool {
	if name == "" || len(name) > 253 {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

// hostname reports whether a name can be that of a mail server: labels of
// letters, digits and hyphens (RFC 1123 section 2.1), none empty or over 63
// octets, not all digits at the end, which is what an address looks like. The
// string says what is wrong with it.
func hostname(name string) (wrong string, ok bool) {
	if _, err := netip.ParseAddr(name); err == nil {
		return "it is an address; an MX record names a host", false
	}
	if len(name) > 253 {
		return "it is longer than 253 octets", false
	}
	labels := strings.Split(name, ".")
	for _, l := range labels {
		if wrong := badLabel(l); wrong != "" {
			return wrong, false
		}
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return "its last part is a number, as in an address", false
	}
	return "", true
}

// HostName reports whether a name can be that of a mail server.
func HostName(name string) bool {
	_, ok := hostname(name)
	return ok
}

func badLabel(l string) string {
	switch {
	case l == "":
		return "it has an empty part"
	case len(l) > 63:
		return "a part of it is longer than 63 octets"
	case l[0] == '-' || l[len(l)-1] == '-':
		return "a part of it begins or ends with a hyphen"
	}
	for i := range len(l) {
		c := l[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return "it has a character that a host name cannot have"
		}
	}
	return ""
}
