package dnsbl

import "strings"

const (
	// minKey is the length from which a label of a secret zone is cut out of
	// other texts. Shorter ones are no keys, but parts like zen and dbl.
	minKey = 4

	// minRun is how many characters in a row of such a label are cut out where
	// the text has no more of it: "your key ends in ..." helps who looks for it.
	minRun = 8
)

// scrub takes the zone, the labels that may be its key, and runs of their
// characters out of a text.
func (z Zone) scrub(s string) string {
	if !z.Secret() {
		return s
	}
	s = cutOut(s, z.name(), len(z.name()))
	labels := strings.Split(z.name(), ".")
	for _, l := range labels[:len(labels)-2] {
		if len(l) >= minKey {
			s = cutOut(s, l, min(len(l), minRun))
		}
	}
	return s
}

// cutOut puts the mask in place of each run in s, whatever its case, of at least
// least characters of key. The key is ASCII in lower case.
func cutOut(s, key string, least int) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		if n := shared(s[i:], key); n >= least {
			b.WriteString(mask)
			i += n
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

// shared is the length of the longest part of key with which s begins.
func shared(s, key string) int {
	longest := 0
	for i := range len(key) {
		n := 0
		for n < len(s) && i+n < len(key) && lower(s[n]) == key[i+n] {
			n++
		}
		longest = max(longest, n)
	}
	return longest
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
