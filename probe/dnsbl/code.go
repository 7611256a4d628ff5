package dnsbl

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Code gives a meaning to answers of a list: to one address, to a range of them,
// or to a bit of the last octet where a list adds up its sublists.
type Code struct {
	From, To netip.Addr // both included; the same for one address
	Bit      byte       // not 0: one bit of the last octet, of addresses in From's /24
	Meaning  string     // a short word that may be a label value
}

// Other is the meaning of an answer that a list's codes do not know, and stands
// for its code in labels.
const Other = "other"

// maxWord is the length of a meaning.
const maxWord = 32

var loopback = netip.MustParsePrefix("127.0.0.0/8")

// ParseCode reads one row of a table of codes. The key is one of
//
//	127.0.0.2                 an address
//	127.0.0.10-127.0.0.11     a range
//	127.0.1.0/24              a network
//	127.0.0.0&8               bit 8 of the last octet
//
// all inside 127.0.0.0/8 (RFC 5782 section 2.3), and the meaning a word of
// letters, digits, hyphens and underscores, at most 32 of them.
func ParseCode(key, meaning string) (Code, error) {
	c, err := parseKey(key)
	if err != nil {
		return Code{}, fmt.Errorf("code %q: %w", key, err)
	}
	if !word(meaning) {
		return Code{}, fmt.Errorf("code %q: meaning %q: want one word of at most %d letters, digits, - and _, such as spam", key, meaning, maxWord)
	}
	c.Meaning = meaning
	return c, nil
}

var errKey = errors.New("want an address, a range, a network or a bit inside 127.0.0.0/8, such as 127.0.0.2, 127.0.0.4-127.0.0.7, 127.0.1.0/24 or 127.0.0.0&8")

func parseKey(key string) (Code, error) {
	if base, bit, ok := strings.Cut(key, "&"); ok {
		return parseBit(base, bit)
	}
	var c Code
	if from, to, ok := strings.Cut(key, "-"); ok {
		c.From, c.To = parseAnswer(from), parseAnswer(to)
	} else if p, err := netip.ParsePrefix(key); err == nil && p.Addr().Is4() && p == p.Masked() {
		c.From, c.To = p.Addr(), last(p)
	} else {
		c.From = parseAnswer(key)
		c.To = c.From
	}
	if !loopback.Contains(c.From) || !loopback.Contains(c.To) || c.To.Less(c.From) {
		return Code{}, errKey
	}
	return c, nil
}

func parseBit(base, bit string) (Code, error) {
	a := parseAnswer(base)
	n, err := strconv.ParseUint(bit, 10, 8)
	if err != nil || n == 0 || n&(n-1) != 0 || !loopback.Contains(a) || a.As4()[3] != 0 {
		return Code{}, errKey
	}
	return Code{From: a, To: last(netip.PrefixFrom(a, 24)), Bit: byte(n)}, nil
}

// parseAnswer gives an IPv4 address, or one that is inside nothing.
func parseAnswer(s string) netip.Addr {
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is4() {
		return netip.Addr{}
	}
	return a
}

// last is the highest address of an IPv4 network.
func last(p netip.Prefix) netip.Addr {
	b := p.Addr().As4()
	for i := p.Bits(); i < 32; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	return netip.AddrFrom4(b)
}

func word(s string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	return s != "" && len(s) <= maxWord && strings.Trim(s, letters) == ""
}

// String gives the key in the form that [ParseCode] reads.
func (c Code) String() string {
	switch {
	case c.Bit != 0:
		return c.From.String() + "&" + strconv.Itoa(int(c.Bit))
	case c.From == c.To:
		return c.From.String()
	}
	return c.From.String() + "-" + c.To.String()
}

// Codes are the codes of a list, narrow ones before wide ones.
type Codes []Code

// ParseCodes reads a table of codes, key to meaning.
func ParseCodes(table map[string]string) (Codes, error) {
	cs := make(Codes, 0, len(table))
	for key, meaning := range table {
		c, err := ParseCode(key, meaning)
		if err != nil {
			return nil, err
		}
		cs = append(cs, c)
	}
	slices.SortFunc(cs, func(a, b Code) int {
		return cmp.Or(cmp.Compare(a.width(), b.width()), a.From.Compare(b.From), cmp.Compare(a.Bit, b.Bit))
	})
	return cs, nil
}

// width is how many addresses a code is for.
func (c Code) width() uint32 { return number(c.To) - number(c.From) + 1 }

func number(a netip.Addr) uint32 {
	b := a.As4()
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

// Hit is one thing that a list says of a subject.
type Hit struct {
	Code    string `json:"code"`    // "127.0.0.2" where the list's codes know it, else "other"; of a bit, the address with that bit alone
	Meaning string `json:"meaning"` // from the list's codes, else "other"
}

// match gives what an answer means: the narrowest code that has it, or each of
// its bits. It gives nothing for an answer that no code knows.
func (cs Codes) match(a netip.Addr) []Hit {
	var bits []Hit
	for _, c := range cs {
		if a.Less(c.From) || c.To.Less(a) {
			continue
		}
		if c.Bit == 0 {
			return []Hit{{a.String(), c.Meaning}}
		}
		if b := c.From.As4(); a.As4()[3]&c.Bit != 0 {
			b[3] = c.Bit
			bits = append(bits, Hit{netip.AddrFrom4(b).String(), c.Meaning})
		}
	}
	return bits
}
