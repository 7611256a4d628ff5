package dnsbl

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/miekg/dns"
)

const (
	// maxZone leaves room for the 32 nibbles of an IPv6 address in a name of
	// 253 octets.
	maxZone = 253 - 2*32

	// mask stands in place of a zone that holds a key.
	mask = "<secret>"
)

// Zone is the domain below which a list answers. One that holds an access key
// is never shown: String, Format with any verb and the marshallers give
// <secret>. The name stands behind a pointer, so that even a print of a struct
// that keeps a Zone in a private field, where fmt cannot call methods, shows an
// address.
type Zone struct {
	text   *string // lower case, without the final dot
	secret bool
}

// ParseZone reads the zone of a list.
func ParseZone(s string) (Zone, error) {
	name, err := zoneName(s)
	if err != nil {
		return Zone{}, fmt.Errorf("zone %q: %w", s, err)
	}
	return Zone{text: &name}, nil
}

// ParseSecretZone reads a zone that holds a key. Neither the Zone nor the error
// shows it.
func ParseSecretZone(s string) (Zone, error) {
	name, err := zoneName(strings.TrimSpace(s))
	if err != nil {
		return Zone{}, fmt.Errorf("zone %s: %w", mask, err)
	}
	return Zone{text: &name, secret: true}, nil
}

func zoneName(s string) (string, error) {
	name := strings.ToLower(strings.TrimSuffix(s, "."))
	_, ok := dns.IsDomainName(name)
	switch {
	case !ok, !hostLike(name), !strings.Contains(name, "."):
		return "", errors.New("want a domain name of letters, digits and hyphens, such as zen.spamhaus.org")
	case len(name) > maxZone:
		return "", fmt.Errorf("want at most %d octets, so that a name with an IPv6 address fits", maxZone)
	}
	return name, nil
}

// hostLike reports whether a name in lower case has only the characters that a
// query may safely be made of.
func hostLike(name string) bool {
	for l := range strings.SplitSeq(name, ".") {
		if l == "" || len(l) > 63 || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return true
}

// Secret says whether the zone holds a key.
func (z Zone) Secret() bool { return z.secret }

// IsZero says whether there is no zone.
func (z Zone) IsZero() bool { return z.text == nil }

// Equal compares the names.
func (z Zone) Equal(o Zone) bool { return z.name() == o.name() }

// name is the name itself. It goes into questions and nowhere else.
func (z Zone) name() string {
	if z.text == nil {
		return ""
	}
	return *z.text
}

// String gives the name, or the mask.
func (z Zone) String() string {
	if z.Secret() {
		return mask
	}
	return z.name()
}

// GoString gives what String gives.
func (z Zone) GoString() string { return z.String() }

// Format gives what String gives for every verb, the wrong ones too.
func (z Zone) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, z.String()) }

// MarshalText gives what String gives; JSON and YAML use it.
func (z Zone) MarshalText() ([]byte, error) { return []byte(z.String()), nil }
