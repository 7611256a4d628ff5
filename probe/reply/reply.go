package reply

import (
	"strconv"
	"strings"
)

// Reply is one SMTP reply, complete (RFC 5321 section 4.2).
type Reply struct {
	Code     int      `json:"code"`               // 220, 250, 421, … as sent
	Enhanced string   `json:"enhanced,omitempty"` // enhanced status code as text, "5.1.10" (RFC 2034, RFC 3463)
	Lines    []string `json:"lines"`              // text of each line after the code, bytes as they came
	BareLF   bool     `json:"bare_lf,omitempty"`  // a line ended in LF without CR
	Overlong bool     `json:"overlong,omitempty"` // a line was over the 512 octets of RFC 5321 section 4.5.3.1.5

	EmptyLine bool `json:"empty_line,omitempty"` // an empty line stood between two lines of the reply
}

// Positive reports a 2yz or 3yz code.
func (r Reply) Positive() bool { return r.Code >= 200 && r.Code < 400 }

// Temporary reports a 4yz code: the sender keeps the mail and tries again.
func (r Reply) Temporary() bool { return r.Code >= 400 && r.Code < 500 }

// Permanent reports a 5yz code: the sender gives the mail back.
func (r Reply) Permanent() bool { return r.Code >= 500 && r.Code < 600 }

// Text is the text of all lines, one line each.
func (r Reply) Text() string { return strings.Join(r.Lines, "\n") }

// String is the reply as it came over the wire, its lines joined by LF. The text
// is the server's: quote or escape it before it is shown.
func (r Reply) String() string {
	var b strings.Builder
	for i, text := range r.Lines {
		sep := "-"
		if i == len(r.Lines)-1 {
			sep = " "
		} else {
			text += "\n"
		}
		b.WriteString(strconv.Itoa(r.Code) + sep + text)
	}
	return b.String()
}
