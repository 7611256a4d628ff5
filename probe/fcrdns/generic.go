package fcrdns

import (
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// words are parts of names that providers make for all of their customers, as
// whole words between dots, hyphens and digits.
var words = []string{
	"adsl", "broadband", "cable", "cpe", "dhcp", "dial", "dialin", "dialup", "dip", "dsl", "dyn", "dynamic", "dynamicip",
	"ftth", "gpon", "pool", "pools", "ppp", "pppoe", "unassigned", "unknown", "unused", "vdsl", "xdsl",
}

// generic reports whether a name looks like one that a provider makes for each
// of its addresses: it holds the address, or a word for such pools. The last two
// labels do not count, since they are the provider's own name.
func generic(name string, a netip.Addr) bool {
	labels := strings.Split(name, ".")
	if len(labels) < 3 {
		return false
	}
	own := strings.Join(labels[:len(labels)-2], ".")
	if slices.ContainsFunc(strings.FieldsFunc(own, notLetter), func(w string) bool { return slices.Contains(words, w) }) {
		return true
	}
	if a.Is4() {
		return holds4(own, a.As4())
	}
	return holds6(own, a.As16())
}

func notLetter(r rune) bool { return r < 'a' || r > 'z' }

// holds4 looks for the octets of an address in a name: all four, in either
// order, as decimal numbers apart or padded and joined, or as hexadecimal.
func holds4(name string, b [4]byte) bool {
	reversed := b
	slices.Reverse(reversed[:])
	numbers := strings.FieldsFunc(name, func(r rune) bool { return r < '0' || r > '9' })
	for _, o := range [][4]byte{b, reversed} {
		if follows(numbers, o) || strings.Contains(name, padded(o)) || holdsWord(name, hex.EncodeToString(o[:])) {
			return true
		}
	}
	return false
}

// follows looks for four octets in a row among numbers.
func follows(numbers []string, o [4]byte) bool {
	for len(numbers) >= len(o) {
		same := true
		for i := range o {
			n, err := strconv.ParseUint(numbers[i], 10, 16)
			same = same && err == nil && n == uint64(o[i])
		}
		if same {
			return true
		}
		numbers = numbers[1:]
	}
	return false
}

func padded(o [4]byte) string {
	var b strings.Builder
	for _, n := range o {
		s := strconv.Itoa(int(n))
		b.WriteString(strings.Repeat("0", 3-len(s)) + s)
	}
	return b.String()
}

// holdsWord looks for hexadecimal digits that no other such digit stands beside.
func holdsWord(name, digits string) bool {
	isHex := func(r rune) bool { return ('0' <= r && r <= '9') || ('a' <= r && r <= 'f') }
	return slices.ContainsFunc(strings.FieldsFunc(name, func(r rune) bool { return !isHex(r) }), func(w string) bool { return w == digits })
}

// holds6 looks for the last 64 bits of an address, which tell one customer's
// machine from another, in either order and whatever stands between the digits.
func holds6(name string, b [16]byte) bool {
	digits := hex.EncodeToString(b[8:])
	reversed := []byte(digits)
	slices.Reverse(reversed)
	joined := strings.NewReplacer("-", "", ".", "", ":", "").Replace(name)
	return strings.Contains(joined, digits) || strings.Contains(joined, string(reversed))
}
