package dnsq

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/miekg/dns"
)

const (
	prefixSize = 2  // length before each message on a stream, RFC 1035 section 4.2.2
	headerSize = 12 // RFC 1035 section 4.1.1
	padBlock   = 128

	flagResponse  = 0x80 // in the third byte of a message
	flagOpcode    = 0x78
	flagTruncated = 0x02
	maskRcode     = 0x0f // in the fourth byte
)

// wire is a packed query with its length before it.
type wire []byte

// pack makes the bytes of a query. With pad, its length tells an onlooker
// nothing (RFC 8467 section 4.1).
func pack(q *dns.Msg, pad bool) (wire, error) {
	if len(q.Question) != 1 {
		return nil, errors.New("want exactly one question")
	}
	q = q.Copy() // packing writes to the OPT record
	if opt := q.IsEdns0(); pad && opt != nil {
		p := new(dns.EDNS0_PADDING)
		opt.Option = append(opt.Option, p)
		p.Padding = make([]byte, (padBlock-q.Len()%padBlock)%padBlock)
	}
	buf := make([]byte, prefixSize+q.Len()+1) // PackBuffer wants one more
	msg, err := q.PackBuffer(buf[prefixSize:])
	if err != nil {
		return nil, err
	}
	if len(msg) > dns.MaxMsgSize {
		return nil, errors.New("the question is too long")
	}
	if &msg[0] != &buf[prefixSize] {
		buf = append(make([]byte, prefixSize, prefixSize+len(msg)), msg...)
	}
	binary.BigEndian.PutUint16(buf, uint16(len(msg)))
	return buf[:prefixSize+len(msg)], nil
}

func (w wire) message() []byte { return w[prefixSize:] }

func (w wire) setID(id uint16) { binary.BigEndian.PutUint16(w.message(), id) }

// question gives the bytes of the question: name, type and class.
func (w wire) question() []byte {
	msg := w.message()
	end := headerSize
	for msg[end] != 0 {
		end += 1 + int(msg[end])
	}
	return msg[headerSize : end+5]
}

// answers reports whether raw is a response to the question of w. Its id has
// been looked at. The letters of the name may come back in another case.
func (w wire) answers(raw []byte) bool {
	if raw[2]&flagOpcode != 0 {
		return false
	}
	switch binary.BigEndian.Uint16(raw[4:]) {
	case 0:
		// Some servers refuse with a bare header (9.9.9.9 does). That may say
		// no, but it cannot say that a name does not exist.
		rcode := raw[3] & maskRcode
		return rcode != dns.RcodeSuccess && rcode != dns.RcodeNameError
	case 1:
		q := w.question()
		if len(raw) < headerSize+len(q) {
			return false
		}
		name := len(q) - 4
		got := raw[headerSize : headerSize+len(q)]
		return equalFold(got[:name], q[:name]) && bytes.Equal(got[name:], q[name:])
	}
	return false
}

// equalFold compares packed names. Lengths of labels are below the letters, so
// they can be compared like them.
func equalFold(a, b []byte) bool {
	for i := range a {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// isResponse reports whether raw can be a response at all.
func isResponse(raw []byte) bool {
	return len(raw) >= headerSize && raw[2]&flagResponse != 0
}

// unpack parses a response to q. A message that holds fewer records than it says
// is refused: part of an answer is not an answer.
func unpack(raw []byte, q *dns.Msg) (*dns.Msg, error) {
	m := new(dns.Msg)
	if err := m.Unpack(raw); err != nil {
		return nil, err
	}
	for i, n := range []int{len(m.Answer), len(m.Ns), len(m.Extra)} {
		if said := int(binary.BigEndian.Uint16(raw[6+2*i:])); said != n && !m.Truncated {
			return nil, errors.New("the message holds fewer records than it says")
		}
	}
	m.Id = q.Id
	m.Question = append([]dns.Question(nil), q.Question...)
	return m, nil
}
