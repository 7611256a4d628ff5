package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"mx_exporter/probe"
)

// JSON writes a result as one JSON document, indented, in nothing but printable
// ASCII: a terminal that shows it must not obey what a server said (some take
// U+009B for the beginning of an escape sequence), and nobody's viewer should
// turn the direction of writing. The error is that of the writer.
func JSON(w io.Writer, r *probe.Result) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("result of %s as JSON: %w", name(r.Target.String()), err)
	}
	_, err := w.Write(asciiJSON(b.Bytes()))
	return err
}

// asciiJSON escapes every character of a JSON document that is not printable
// ASCII. Such a character can only stand inside a string there.
func asciiJSON(doc []byte) []byte {
	out := make([]byte, 0, len(doc))
	for len(doc) > 0 {
		c, n := utf8.DecodeRune(doc)
		switch {
		case c < 0x7f:
			out = append(out, doc[0])
		case c > 0xffff:
			c -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+c>>10, 0xdc00+c&0x3ff)
		default:
			out = fmt.Appendf(out, `\u%04x`, c)
		}
		doc = doc[n:]
	}
	return out
}
