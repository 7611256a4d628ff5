package reply

// Limits bound what a [Reader] reads. A field that is 0 has its default.
type Limits struct {
	LineBytes  int // one line with its line end
	Lines      int // lines of one reply
	ReplyBytes int // all lines of one reply
	TotalBytes int // everything read from one connection, before and after TLS
}

// overlongLine is the length of a reply line with its CRLF that RFC 5321
// section 4.5.3.1.5 allows.
const overlongLine = 512

// DefaultLimits are four times the line that RFC 5321 section 4.5.3.1.5 allows,
// which is also where Postfix stops, and several times the longest EHLO reply
// seen in the field.
func DefaultLimits() Limits {
	return Limits{LineBytes: 2048, Lines: 100, ReplyBytes: 32 << 10, TotalBytes: 64 << 10}
}

// withDefaults fills in what is 0 or less. A line shorter than "250\r\n" could
// hold no reply at all, so it counts as not set.
func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	if l.LineBytes < len("250\r\n") {
		l.LineBytes = d.LineBytes
	}
	if l.Lines <= 0 {
		l.Lines = d.Lines
	}
	if l.ReplyBytes <= 0 {
		l.ReplyBytes = d.ReplyBytes
	}
	if l.TotalBytes <= 0 {
		l.TotalBytes = d.TotalBytes
	}
	return l
}
