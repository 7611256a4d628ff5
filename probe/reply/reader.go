package reply

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"mx_exporter/probe/fact"
)

// Reader reads replies from one connection within its [Limits]. It keeps one
// buffer of one line and the lines of the current reply, and nothing else. It
// is not for use by several goroutines at once.
//
// It asks the connection for more only while the current reply is not complete,
// so what [Reader.Buffered] counts after a reply is what the server sent unasked.
type Reader struct {
	src     source
	limits  Limits
	current partial
	broken  *Error // a rule was broken: there is no sense in reading on
}

// NewReader reads replies from r. A limit that is 0 has its default.
func NewReader(r io.Reader, l Limits) *Reader {
	l = l.withDefaults()
	return &Reader{limits: l, src: source{from: r, buf: make([]byte, l.LineBytes), left: l.TotalBytes}}
}

// Reset goes on with another stream of the same connection, as TLS begins. What
// is buffered is thrown away (RFC 3207 section 4.2), so ask [Reader.Buffered]
// first; what was read stays counted towards [Limits].TotalBytes.
func (r *Reader) Reset(from io.Reader) {
	r.src.reset(from)
	r.current, r.broken = partial{}, nil
}

// Read reads one whole reply. An error is always an [*Error].
//
// After a broken rule every further Read returns the same error. After an error
// of the connection, such as a deadline, Read may be tried again: it begins a
// new reply with the line that was under way.
func (r *Reader) Read() (Reply, error) {
	if r.broken != nil {
		return Reply{}, r.broken
	}
	r.current = partial{}
	for !r.current.done {
		if err := r.step(); err != nil {
			return Reply{}, err
		}
	}
	r.current.reply.Enhanced = enhancedOf(r.current.reply)
	return r.current.reply, nil
}

// step adds one line to the current reply.
func (r *Reader) step() error {
	b, err := r.line()
	if err != nil {
		return err
	}
	r.current.begin(r.src.at)
	if broken := r.current.add(cut(b), r.limits); broken != nil {
		r.broken = broken
		return broken
	}
	r.src.used(len(b))
	return nil
}

// line waits for a whole line with its line end.
func (r *Reader) line() ([]byte, error) {
	for {
		b := r.src.bytes()
		p := judgePrefix(b)
		end := bytes.IndexByte(b, '\n')
		switch {
		case p == prefixBad, p == prefixBlank && r.current.empty():
			return nil, r.fail(fact.ReplyInvalid, notAReply(b))
		case end >= 0:
			return b[:end+1], nil
		case r.src.full():
			return nil, r.fail(fact.ReplyLineTooLong, fmt.Errorf("a line has more than the %d octets we read", r.limits.LineBytes))
		case r.src.left == 0:
			return nil, r.fail(fact.LimitExceeded, fmt.Errorf("the connection sent more than the %d octets we read", r.limits.TotalBytes))
		}
		if err := r.src.fill(); err != nil {
			return nil, connectionError(err)
		}
		r.current.begin(r.src.at)
	}
}

// fail ends the reading for good.
func (r *Reader) fail(reason fact.Reason, err error) *Error {
	r.current.begin(r.src.at)
	r.broken = &Error{Reason: reason, Err: err}
	return r.broken
}

// Buffered is the number of octets that have arrived and belong to no reply
// read so far.
func (r *Reader) Buffered() int { return len(r.src.bytes()) }

// Received is the number of octets read from the connection so far, over all
// its streams.
func (r *Reader) Received() int { return r.limits.TotalBytes - r.src.left }

// FirstByte is when the first octet of the current reply arrived. It is zero
// when none has.
func (r *Reader) FirstByte() time.Time { return r.current.first }

// LastByte is when octets last arrived. After a Read without an error it is when
// that reply was complete, also where several replies came in one packet.
func (r *Reader) LastByte() time.Time { return r.src.at }

// Partial is the current reply as far as it came, for a transcript: its lines
// with their codes and without their line ends and, after an error, what had
// arrived of the line under way. After a Read without an error it is the whole
// reply.
func (r *Reader) Partial() []string {
	lines := append([]string(nil), r.current.raw...)
	rest, _, _ := bytes.Cut(r.src.bytes(), []byte("\n"))
	if r.current.done || len(rest) == 0 {
		return lines
	}
	return append(lines, string(bytes.TrimSuffix(rest, []byte("\r"))))
}

// Left is the number of octets that may still be read from the connection.
func (r *Reader) Left() int { return r.src.left }
