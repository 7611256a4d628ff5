package txt

import (
	"context"
	"strings"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
)

// Most is how many records of one protocol are looked at (faults.md N21). All of
// these protocols want exactly one.
const Most = 16

// Record is one TXT record.
type Record struct {
	Text    string // its strings joined, as octets
	Strings int    // how many strings there were
	Escaped bool   // it holds a backslash, which zone editors leave behind when a ";" was escaped in vain
}

// Answer is the TXT records of a name.
type Answer struct {
	Records   []Record
	CNAMEs    []string // the aliases passed, in order, absolute
	Authentic bool     // vouched for by DNSSEC, see [dnsq.Answer]
	TTL       time.Duration
	Truncated bool // there were more records than are looked at
}

// Lookup asks for the TXT records of a name. The error is that of [dnsq.Lookup].
// A name with no such record gives an error for which [dnsq.NotFound] holds.
func Lookup(ctx context.Context, x dnsq.Exchanger, name string) (Answer, error) {
	a, err := dnsq.Lookup[*dns.TXT](ctx, x, name)
	out := Answer{CNAMEs: a.CNAMEs, Authentic: a.Authentic, TTL: a.TTL, Truncated: a.Truncated}
	for _, r := range a.Records {
		out.Records = append(out.Records, record(r.Txt))
	}
	return out, err
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
	text := unescape(strings.Join(parts, ""))
	return Record{Text: text, Strings: len(parts), Escaped: strings.IndexByte(text, '\\') >= 0}
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
