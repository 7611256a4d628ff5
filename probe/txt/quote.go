package txt

import (
	"strconv"
	"strings"
)

const quoted = 64 // octets of foreign text that a sentence carries

// Quote makes foreign text fit for a sentence: in quotation marks, plain ASCII,
// and cut after 64 octets.
func Quote(s string) string {
	if len(s) > quoted {
		return strings.TrimSuffix(strconv.QuoteToASCII(s[:quoted]), `"`) + `..."`
	}
	return strconv.QuoteToASCII(s)
}
