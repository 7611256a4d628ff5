package mailbox

import (
	"bufio"
	"bytes"
	"errors"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/talk"
)

// content says a command that is answered by the lines of a message, and gives the
// first octets of it, at most so many, with line ends as they came. All is read up
// to the line with a dot alone, within the budget. The transcript has neither the
// lines nor their number.
func (p *pop3) content(line string, most int) ([]byte, response, *fact.Failure) {
	r, f := p.command(line, line)
	if f != nil || !r.ok() {
		return nil, r, f
	}
	b, err := unstuff(p.in.br, most)
	if err != nil {
		return nil, r, p.broken(err)
	}
	p.t.Note("<content>")
	return b, r, nil
}

// broken is the failure of reading that ended in the middle.
func (p *pop3) broken(err error) *fact.Failure {
	p.mute = true
	detail := err.Error()
	if talk.Late(err) {
		detail = "the end of the message did not come in time"
	}
	return p.fail(reasonOf(err, p.now.Stage, p.clock), detail)
}

// unstuff reads lines up to one that is a dot alone, takes the dot off those that
// have one more (RFC 1939 section 3), and gives the first octets, at most so many.
// Lines may be of any length.
func unstuff(br *bufio.Reader, most int) ([]byte, error) {
	var out []byte
	begin := true // of a line
	for {
		part, err := br.ReadSlice('\n')
		whole := err == nil
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if begin && len(part) > 0 && part[0] == '.' {
			if whole && len(bytes.TrimRight(part, "\r\n")) == 1 {
				return out, nil
			}
			part = part[1:]
		}
		out = append(out, part[:min(len(part), most-len(out))]...)
		begin = whole
	}
}
