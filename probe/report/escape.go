package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mx_exporter/probe/fact"
)

// maxRemote bounds the octets shown of any one thing that was said outside.
const maxRemote = 256

// quoted is remote text between quotation marks, cut, with everything escaped
// that a terminal would not simply show: control characters, octets that are no
// UTF-8, and characters without a shape, those that turn the direction of
// writing among them.
func quoted(s string) string {
	if len(s) <= maxRemote {
		return strconv.Quote(s)
	}
	at := maxRemote
	for at > maxRemote-utf8.UTFMax && !utf8.RuneStart(s[at]) {
		at--
	}
	return strconv.Quote(s[:at]) + "…"
}

// remark is a sentence of ours that may hold words from outside: escaped and cut
// in the same way, without the marks.
func remark(s string) string {
	q := quoted(s)
	cut := strings.HasSuffix(q, "…")
	q = strings.TrimSuffix(q, "…")
	q = strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
	if cut {
		q += "…"
	}
	return q
}

// name is a domain or host name. One that holds anything but letters, digits,
// hyphens, dots and underscores (and the @ of a mailbox) is quoted.
func name(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._@+", r))
	}) {
		return quoted(s)
	}
	return s
}

// maxNames bounds how many names a list shows.
const maxNames = 10

func names(ss []string) string {
	shown := make([]string, 0, maxNames)
	for _, s := range ss[:min(len(ss), maxNames)] {
		shown = append(shown, name(s))
	}
	if len(ss) > maxNames {
		shown = append(shown, fmt.Sprintf("and %d more", len(ss)-maxNames))
	}
	return strings.Join(shown, ", ")
}

// ms is a length of time in milliseconds, or in seconds where there are many.
func ms(e fact.Elapsed) string {
	d := time.Duration(e)
	switch {
	case d < time.Millisecond:
		return strconv.FormatFloat(d.Seconds()*1000, 'f', 2, 64) + " ms"
	case d < 10*time.Millisecond:
		return strconv.FormatFloat(d.Seconds()*1000, 'f', 1, 64) + " ms"
	case d < time.Second:
		return strconv.FormatFloat(d.Seconds()*1000, 'f', 0, 64) + " ms"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + " s"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
}

// Remark is a sentence of ours that may hold words from outside, such as a
// result's Why, fit to be printed: cut, and with everything escaped that
// is no printable character.
func Remark(s string) string { return remark(s) }
