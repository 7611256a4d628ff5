package reply

import (
	"io"
	"time"
)

// maxEmptyReads is how often a source may return nothing at all, not even an
// error, before it is taken for broken.
const maxEmptyReads = 100

// source is the connection behind a fixed buffer of one line.
type source struct {
	from  io.Reader
	buf   []byte
	start int       // buf[start:end] has arrived and is not used yet
	end   int       //
	left  int       // octets that may still be read
	at    time.Time // when octets last arrived
	err   error     // came together with the last octets
}

// bytes is what has arrived and is not used yet.
func (s *source) bytes() []byte { return s.buf[s.start:s.end] }

// used takes the first n octets out of the buffer.
func (s *source) used(n int) { s.start += n }

// full reports that the buffer holds as much as a line may have.
func (s *source) full() bool { return s.end-s.start == len(s.buf) }

// reset goes on with another stream and forgets what the former one sent.
func (s *source) reset(from io.Reader) {
	s.from, s.start, s.end, s.err = from, 0, 0, nil
}

// fill reads once more. It is called only with room in the buffer and octets
// left to read.
func (s *source) fill() error {
	if s.err != nil {
		err := s.err
		s.err = nil
		return err
	}
	s.end = copy(s.buf, s.bytes())
	s.start = 0
	room := min(len(s.buf)-s.end, s.left)
	for range maxEmptyReads {
		n, err := s.from.Read(s.buf[s.end : s.end+room])
		if n > 0 {
			s.at = time.Now()
			s.end += n
			s.left -= n
			s.err = err
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}
