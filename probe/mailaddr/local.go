package mailaddr

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// atext is what a dot-string may have beside letters and digits (RFC 5322
// section 3.2.3).
const atext = "!#$%&'*+-/=?^_`{|}~"

// checkLocal holds a local part against Local-part of RFC 5321 section 4.1.2:
// a dot-string or a quoted string, with UTF-8 as in RFC 6531 section 3.3.
func checkLocal(l string) *SyntaxError {
	if len(l) > MaxLocal {
		return wrong(LocalLong, MaxLocal, "the part before the @ has %d octets; mail servers take %d", len(l), MaxLocal)
	}
	if l[0] == '"' {
		return checkQuoted(l)
	}
	for i, r := range l {
		switch {
		case r == '.':
			if fault := checkDot(l, i); fault != nil {
				return fault
			}
		case unicode.IsSpace(r):
			return wrong(Space, i, "a space stands before the @")
		case r == '"':
			return wrong(LocalQuote, i, "a quotation mark stands within the part before the @; quotes enclose all of it or none")
		case !isAtext(r):
			return wrong(LocalChar, i, "%q may not stand before the @ outside quotes", r)
		}
	}
	return nil
}

func checkDot(l string, i int) *SyntaxError {
	switch {
	case i == 0:
		return wrong(LocalDot, i, "the part before the @ begins with a dot")
	case i == len(l)-1:
		return wrong(LocalDot, i, "a dot stands right before the @")
	case l[i+1] == '.':
		return wrong(LocalDot, i+1, "two dots follow one another before the @")
	}
	return nil
}

func isAtext(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
		r >= utf8.RuneSelf && unicode.IsPrint(r) || r < utf8.RuneSelf && strings.ContainsRune(atext, r)
}

func checkQuoted(l string) *SyntaxError {
	switch end := quoted(l); {
	case end == 0:
		return wrong(LocalQuote, 0, "the quotation mark at the beginning is not closed")
	case end != len(l):
		return wrong(LocalQuote, end, "text follows the closing quotation mark; quotes enclose all of the part before the @ or none")
	}
	return nil
}
