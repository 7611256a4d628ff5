package config

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// code is one line of a list's table, as far as it is checked here: which of the
// list's answers it is for.
type code struct {
	first, last netip.Addr // both included and inside of 127.0.0.0/8
	bit         byte       // not 0: one bit of the last byte, of answers in first's /24
}

// String gives the code as a file has it.
func (c code) String() string {
	switch {
	case c.bit != 0:
		return c.first.String() + "&" + strconv.Itoa(int(c.bit))
	case c.first == c.last:
		return c.first.String()
	}
	return c.first.String() + "-" + c.last.String()
}

// codes reads a table, in order of the first answers.
func codes(table map[string]string) []code {
	var out []code
	for answers := range table {
		if c, err := parseCode(answers); err == nil {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b code) int {
		return cmp.Or(a.first.Compare(b.first), a.last.Compare(b.last), cmp.Compare(a.bit, b.bit))
	})
	return out
}

// answers is where a list's answers are (RFC 5782 section 2.1).
var answers = netip.PrefixFrom(netip.AddrFrom4([4]byte{127}), 8)

var errNoCode = errors.New("is no answer: write 127.0.0.2, 127.0.0.10-127.0.0.11, 127.0.1.0/24, or 127.0.0.0&8 for one bit of the last byte")

// parseCode takes the forms that [errNoCode] names. All others are faults, and
// so is what holds an answer by which lists say that they refuse to answer.
func parseCode(s string) (code, error) {
	c, ok := span(s)
	if base, bit, isBit := strings.Cut(s, "&"); isBit {
		c, ok = oneBit(base, bit)
	}
	told := c
	if c.bit != 0 {
		told.first = withLast(c.first, c.bit)
		told.last = told.first
	}
	switch e, isError := errorAnswer(told); {
	case !ok:
		return code{}, fmt.Errorf("%s %w", quote(s), errNoCode)
	case c.last.Less(c.first):
		return code{}, fmt.Errorf("%s ends before it begins", quote(s))
	case !answers.Contains(c.first) || !answers.Contains(c.last):
		return code{}, fmt.Errorf("%s is not inside of 127.0.0.0/8, where a list's answers are", quote(s))
	case isError:
		return code{}, fmt.Errorf("%s holds %s, which is a list's error and no listing", quote(s), e)
	}
	return c, nil
}

// oneBit takes a network of 256 answers by its address, and a power of two.
func oneBit(base, bit string) (code, bool) {
	a, err := netip.ParseAddr(base)
	if err != nil || !a.Is4() || a.As4()[3] != 0 {
		return code{}, false
	}
	for n := 1; n <= 128; n *= 2 {
		if bit == strconv.Itoa(n) {
			return code{first: a, last: withLast(a, 255), bit: byte(n)}, true
		}
	}
	return code{}, false
}

func withLast(a netip.Addr, last byte) netip.Addr {
	b := a.As4()
	b[3] = last
	return netip.AddrFrom4(b)
}

// span gives the first and the last answer of an address, a range or a network.
func span(s string) (code, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		if !p.Addr().Is4() || p != p.Masked() {
			return code{}, false
		}
		last := p.Addr().As4()
		for bit := p.Bits(); bit < 32; bit++ {
			last[bit/8] |= 0x80 >> (bit % 8)
		}
		return code{first: p.Addr(), last: netip.AddrFrom4(last)}, true
	}
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		to = from
	}
	first, err1 := netip.ParseAddr(from)
	last, err2 := netip.ParseAddr(to)
	return code{first: first, last: last}, err1 == nil && err2 == nil && first.Is4() && last.Is4()
}

// errorAnswer gives the first answer of a range that no list means as a
// listing: 127.0.0.1 (RFC 5782 section 5) and 127.255.255.0/24, by which
// Spamhaus and others say that they refuse to answer.
func errorAnswer(c code) (netip.Addr, bool) {
	one := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	refused := netip.AddrFrom4([4]byte{127, 255, 255, 0})
	switch {
	case c.overlaps(code{first: one, last: one}):
		return one, true
	case !c.overlaps(code{first: refused, last: withLast(refused, 255)}):
		return netip.Addr{}, false
	case refused.Less(c.first):
		return c.first, true
	}
	return refused, true
}

// overlaps says whether two ranges have an answer in common.
func (c code) overlaps(o code) bool {
	return !c.last.Less(o.first) && !o.last.Less(c.first)
}

// holds says whether a range has all of another one and more.
func (c code) holds(o code) bool {
	return !o.first.Less(c.first) && !c.last.Less(o.last) && (c.first != o.first || c.last != o.last)
}

func checkCode(s string) error {
	_, err := parseCode(s)
	return err
}
