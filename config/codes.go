package config

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Code is one line of a list's table: which of its answers mean what.
type Code struct {
	First, Last netip.Addr // both included and inside of 127.0.0.0/8; not valid where Mask counts
	Mask        byte       // one bit of the last byte of 127.0.0.x, for lists that add up what they know; else 0
	Meaning     string     // 1 to 32 letters, digits, _, . and -
}

// String gives the answers as a file has them: 127.0.0.2,
// 127.0.0.10-127.0.0.11 or mask 64.
func (c Code) String() string {
	switch {
	case c.Mask != 0:
		return maskWord + strconv.Itoa(int(c.Mask))
	case c.First == c.Last:
		return c.First.String()
	}
	return c.First.String() + "-" + c.Last.String()
}

// Table gives the codes in order: those of addresses by address, masks by bit.
// In the table of a list that was loaded no two lines share an answer.
func (l BlockList) Table() []Code {
	var out []Code
	for answers, meaning := range l.Codes {
		if c, err := parseCode(answers); err == nil {
			c.Meaning = meaning
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Code) int {
		return cmp.Or(a.First.Compare(b.First), a.Last.Compare(b.Last), cmp.Compare(a.Mask, b.Mask), cmp.Compare(a.Meaning, b.Meaning))
	})
	return out
}

const maskWord = "mask "

// listed is where a list's answers are (RFC 5782 section 2.1).
var listed = netip.PrefixFrom(netip.AddrFrom4([4]byte{127}), 8)

// parseCode takes "127.0.0.2", "127.0.0.10-127.0.0.11", "127.0.1.0/24" or
// "mask 64".
func parseCode(s string) (Code, error) {
	if bit, ok := strings.CutPrefix(s, maskWord); ok {
		return parseMask(s, bit)
	}
	c, ok := span(s)
	switch {
	case !ok:
		return Code{}, fmt.Errorf("%s is no answer: write 127.0.0.2, 127.0.0.10-127.0.0.11, 127.0.1.0/24 or mask 64", quote(s))
	case c.Last.Less(c.First):
		return Code{}, fmt.Errorf("%s ends before it begins", quote(s))
	case !listed.Contains(c.First) || !listed.Contains(c.Last):
		return Code{}, fmt.Errorf("%s is not inside of 127.0.0.0/8, where a list's answers are", quote(s))
	}
	if e, ok := errorAnswer(c); ok {
		return Code{}, fmt.Errorf("%s holds %s, which is a list's error and no listing", quote(s), e)
	}
	return c, nil
}

// parseMask takes one bit. That of the value 1 is left out: alone it would be
// 127.0.0.1, by which lists say that they refuse to answer.
func parseMask(s, bit string) (Code, error) {
	for n := 2; n <= 128; n *= 2 {
		if bit == strconv.Itoa(n) {
			return Code{Mask: byte(n)}, nil
		}
	}
	return Code{}, fmt.Errorf("%s is no mask: it is of one bit, 2, 4, 8, 16, 32, 64 or 128", quote(s))
}

// span gives the first and the last address of a range in either form.
func span(s string) (Code, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		if !p.Addr().Is4() || p != p.Masked() {
			return Code{}, false
		}
		last := p.Addr().As4()
		for bit := p.Bits(); bit < 32; bit++ {
			last[bit/8] |= 0x80 >> (bit % 8)
		}
		return Code{First: p.Addr(), Last: netip.AddrFrom4(last)}, true
	}
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		to = from
	}
	first, err1 := netip.ParseAddr(from)
	last, err2 := netip.ParseAddr(to)
	return Code{First: first, Last: last}, err1 == nil && err2 == nil && first.Is4() && last.Is4()
}

// errorAnswer gives the first answer of a range that no list means as a
// listing: 127.0.0.1 (RFC 5782 section 5) and 127.255.255.0/24, by which
// Spamhaus and others say that they refuse to answer.
func errorAnswer(c Code) (netip.Addr, bool) {
	for _, e := range []Code{
		{First: netip.AddrFrom4([4]byte{127, 0, 0, 1}), Last: netip.AddrFrom4([4]byte{127, 0, 0, 1})},
		{First: netip.AddrFrom4([4]byte{127, 255, 255, 0}), Last: netip.AddrFrom4([4]byte{127, 255, 255, 255})},
	} {
		if c.overlaps(e) {
			if e.First.Less(c.First) {
				return c.First, true
			}
			return e.First, true
		}
	}
	return netip.Addr{}, false
}

// overlaps says whether two ranges have an address in common.
func (c Code) overlaps(o Code) bool {
	return !c.Last.Less(o.First) && !o.Last.Less(c.First)
}

func checkCode(s string) error {
	_, err := parseCode(s)
	return err
}
