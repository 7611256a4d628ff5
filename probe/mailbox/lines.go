package mailbox

import (
	"bufio"
	"errors"
	"time"
)

// lines reads lines off a budget.
type lines struct {
	br   *bufio.Reader
	most int
	last time.Time // when the last line was complete
}

func newLines(b *budget, most int) *lines { return &lines{br: bufio.NewReader(b), most: most} }

// read gives one line without its end. A line end without CR is taken too. The
// line is valid until the next read.
func (l *lines) read() (string, error) {
	var line []byte
	for {
		part, err := l.br.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > l.most {
			return "", over("a line of more than %d octets", l.most)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return "", err
		}
		l.last = time.Now()
		return trimEnd(line), nil
	}
}

func trimEnd(line []byte) string {
	n := len(line) - 1
	if n > 0 && line[n-1] == '\r' {
		n--
	}
	return string(line[:n])
}
