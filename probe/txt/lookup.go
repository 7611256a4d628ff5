package txt

import (
	"context"
	"strings"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// Most is how many records of one protocol are looked at (faults.md N21). All of
// these protocols want exactly one.
const Most = 16

// Parts of a DNS message beside the text (RFC 1035 section 4.1, RFC 6891).
const (
	headerOctets = 12 + 1 + 4 + 11 // header, the root of the question's name, type and class, EDNS
	recordOctets = 2 + 10          // a pointer to the name, type, class, time to live and length
)

// Record is one TXT record.
type Record struct {
	Text   string // its strings joined, as octets
	Joints []int  // offsets in Text at which a string after the first begins
}

// Answer is the TXT records of a name.
type Answer struct {
	Records   []Record
	CNAMEs    []string // the aliases passed, in order, absolute
	Authentic bool     // vouched for by DNSSEC, see [dnsq.Answer]
	TTL       time.Duration
	Truncated bool // there were more records than are looked at
	Octets    int  // of a response with these records over UDP, with EDNS and without the aliases; about
}

// Lookup asks for the TXT records of a name. The error is that of [dnsq.Lookup].
// A name with no such record gives an error for which [dnsq.NotFound] holds.
func Lookup(ctx context.Context, x dnsq.Exchanger, name string) (Answer, error) {
	a, err := dnsq.Lookup[*dns.TXT](ctx, x, name)
	out := Answer{CNAMEs: a.CNAMEs, Authentic: a.Authentic, TTL: a.TTL, Truncated: a.Truncated}
	out.Octets = headerOctets + len(a.Name)
	for _, r := range a.Records {
		own := record(r.Txt)
		out.Records = append(out.Records, own)
		out.Octets += recordOctets + len(own.Text) + len(r.Txt)
	}
	return out, err
}

// Failure gives an error of [Lookup] as data for a result, and nil for nil.
func Failure(err error) *fact.Failure {
	if err == nil {
		return nil
	}
	return &fact.Failure{Reason: dnsq.ReasonOf(err), Detail: err.Error()}
}

// Starting gives the records that begin with the prefix, letters compared
// without case, as far as the limit of 16, and how many there were.
func (a Answer) Starting(prefix string) (records []Record, total int) {
	for _, r := range a.Records {
		if len(r.Text) < len(prefix) || !strings.EqualFold(r.Text[:len(prefix)], prefix) {
			continue
		}
		if total++; total <= Most {
			records = append(records, r)
		}
	}
	return records, total
}

// record joins strings in presentation format.
func record(parts []string) Record {
	var r Record
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			r.Joints = append(r.Joints, b.Len())
		}
		b.WriteString(unescape(p))
	}
	r.Text = b.String()
	return r
}

// unescape undoes the escapes of presentation format: \DDD for an octet, and a
// backslash before any other character for itself (RFC 1035 section 5.1).
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b = append(b, s[i])
			continue
		}
		if n, ok := octet(s[i+1:]); ok {
			b = append(b, n)
			i += 3
			continue
		}
		i++
		b = append(b, s[i])
	}
	return string(b)
}

// octet reads three decimal digits.
func octet(s string) (byte, bool) {
	if len(s) < 3 {
		return 0, false
	}
	n := 0
	for i := range 3 {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return byte(n), n <= 255
}
