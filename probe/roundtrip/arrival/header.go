package arrival

import "strings"

// The limits of one message.
const (
	maxHeader = 256 << 10 // octets of the header; a message through ten filters has some 30 KiB
	maxFields = 1000
	maxValue  = 16 << 10 // octets of one field that are looked at
	maxText   = 256      // octets of one text that is kept
	maxHops   = 30       // Received fields; RFC 5321 section 6.3 takes 100 for a loop
)

// field is one field of the header, unfolded.
type field struct {
	name  string // lower case
	value string
}

// header is the fields from the top, which is the last that was written.
type header []field

// all gives the values of the fields of a name.
func (h header) all(name string) (values []string) {
	for _, f := range h {
		if f.name == name {
			values = append(values, f.value)
		}
	}
	return values
}

// first gives the value of the topmost field of a name, and whether there is one.
func (h header) first(name string) (string, bool) {
	for _, f := range h {
		if f.name == name {
			return f.value, true
		}
	}
	return "", false
}

// split parts a message into its header and its body. Line ends of both kinds
// will do, since servers hand out what they stored. more says that a limit cut
// something off.
func split(raw string) (h header, body string, more bool) {
	end := len(raw)
	for at := 0; at < len(raw); {
		line, next := raw[at:], len(raw)
		if n := strings.IndexByte(line, '\n'); n >= 0 {
			line, next = line[:n], at+n+1
		}
		line = strings.TrimSuffix(line, "\r")
		if line == "" {
			end, body = at, raw[next:]
			break
		}
		at = next
	}
	if more = end > maxHeader; more {
		end = maxHeader
	}
	h, over := fields(raw[:end])
	return h, body, more || over
}

func fields(text string) (h header, more bool) {
	var value strings.Builder
	flush := func() {
		if len(h) > 0 && value.Len() > 0 {
			h[len(h)-1].value = strings.TrimSpace(value.String())
		}
		value.Reset()
	}
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if line != "" && (line[0] == ' ' || line[0] == '\t') {
			line = strings.TrimSpace(line)
			if value.Len()+len(line) < maxValue && len(h) > 0 {
				value.WriteString(" " + line)
			}
			continue
		}
		flush()
		name, rest, ok := strings.Cut(line, ":")
		if name = strings.TrimRight(name, " \t"); !ok || !printable(name) {
			continue // a line "From " of a mailbox file, or nothing at all
		}
		if len(h) == maxFields {
			return h, true
		}
		h = append(h, field{name: strings.ToLower(name)})
		value.WriteString(rest[:min(len(rest), maxValue)])
	}
	flush()
	return h, false
}

// printable reports the name of a field (RFC 5322 section 2.2).
func printable(name string) bool {
	for i := range len(name) {
		if name[i] <= ' ' || name[i] >= 0x7f {
			return false
		}
	}
	return name != "" && len(name) <= 76
}

// clip keeps a text for people short.
func clip(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), maxText)], "?")
}

// uncommented gives a text with a blank in place of each comment (RFC 5322 section
// 3.2.2). Quoted strings stay as they are.
func uncommented(s string) string {
	var out strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s) && (quoted || depth > 0):
			if depth == 0 {
				out.WriteByte(c)
			}
			i++
			c = s[i]
		case c == '"' && depth == 0:
			quoted = !quoted
		case c == '(' && !quoted:
			if depth++; depth == 1 {
				out.WriteByte(' ')
			}
		case c == ')' && depth > 0:
			depth--
			continue
		}
		if depth == 0 {
			out.WriteByte(c)
		}
	}
	return out.String()
}
