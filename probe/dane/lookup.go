package dane

import (
	"context"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// MaxRecords is how many records of one host are looked at (faults.md part 2).
const MaxRecords = 20

// State says what the look-up of a host's records came to. It is a closed list.
type State string

// The states. In the first four DANE has no say.
const (
	HostUnsigned State = "host_unsigned" // the host's addresses are not signed, and there are no records
	Unpublished  State = "unpublished"   // the host is signed and has no records
	Unsigned     State = "unsigned"      // there are records, and they are not signed
	Untold       State = "untold"        // nobody could be asked, for a reason that lies with us
	LookupFailed State = "lookup_failed" // the host is signed, and whether it has records cannot be told
	Unusable     State = "unusable"      // signed records, none of which can be used: TLS is demanded, whoever the server is
	Usable       State = "usable"        // signed records that a certificate can be compared with
)

// States lists every State in the order above.
func States() []State {
	return []State{HostUnsigned, Unpublished, Unsigned, Untold, LookupFailed, Unusable, Usable}
}

// Options say what is known of a host already. The zero value stands for an
// unsigned host on port 25.
type Options struct {
	Port        uint16   // 0: 25
	Aliases     []string // the CNAME chain of the host, without the host itself
	Authentic   bool     // every answer on the way to the addresses was signed
	MXAuthentic bool     // the answer that named the host was signed
}

// Records is the TLSA records of one host.
type Records struct {
	Host        string        `json:"host"`
	Base        string        `json:"base,omitempty"` // the TLSA base domain: the name below which the records stand
	State       State         `json:"state"`
	MXAuthentic bool          `json:"mx_authentic"` // the answer that named the host was signed
	TLSA        []Record      `json:"records"`      // in the answer's order, at most MaxRecords
	Total       int           `json:"total"`        // before that limit
	Failure     *fact.Failure `json:"failure,omitempty"`
}

// Lookup finds the TLSA records of a host. It never returns nil.
//
// Where the host is an alias and the whole chain is signed, the records are
// looked for at its end first and then at the host itself; where only the first
// alias is signed, at the host alone (RFC 7672 sections 2.2.2 and 2.2.3). For a
// host that is not signed senders do not ask, and a failure means nothing; the
// question is put all the same, to find records that protect nobody.
func Lookup(ctx context.Context, x dnsq.Exchanger, host string, o Options) *Records {
	r := &Records{Host: canonical(host), MXAuthentic: o.MXAuthentic, TLSA: []Record{}}
	bases, signed := r.bases(ctx, x, o)
	for _, base := range bases {
		r.ask(ctx, x, base, o.Port)
		if r.State == Usable || r.State == Unusable || r.Failure != nil {
			break
		}
	}
	switch {
	case signed || r.State == Unsigned:
	case len(r.TLSA) > 0:
		r.State = Unsigned
	default:
		r.State, r.Base, r.Failure = HostUnsigned, "", nil
	}
	return r
}

// bases gives the candidates for the TLSA base domain, best first, and whether
// the host is signed as far as DANE wants it.
func (r *Records) bases(ctx context.Context, x dnsq.Exchanger, o Options) (names []string, signed bool) {
	if len(o.Aliases) == 0 {
		return []string{r.Host}, o.Authentic
	}
	if o.Authentic {
		return []string{canonical(o.Aliases[len(o.Aliases)-1]), r.Host}, true
	}
	a, err := dnsq.Lookup[*dns.CNAME](ctx, x, r.Host)
	return []string{r.Host}, err == nil && a.Authentic
}

// longest is the longest name that DNS carries, without its final dot (RFC 1035
// section 2.3.4).
const longest = 253

// ask looks for records below one name. What an earlier name had is kept where
// this one has nothing.
func (r *Records) ask(ctx context.Context, x dnsq.Exchanger, base string, port uint16) {
	if port == 0 {
		port = 25
	}
	name := "_" + strconv.Itoa(int(port)) + "._tcp." + base
	if len(name) > longest {
		r.denied()
		return
	}
	a, err := dnsq.Lookup[*dns.TLSA](ctx, x, name)
	switch {
	case dnsq.NotFound(err):
		r.denied()
	case err != nil:
		r.Base, r.State = base, LookupFailed
		r.Failure = &fact.Failure{Reason: dnsq.ReasonOf(err), Detail: err.Error()}
		if r.Failure.Reason.Local() || ctx.Err() != nil {
			r.State = Untold
		}
	default:
		r.Base = base
		r.take(a)
	}
}

func (r *Records) denied() {
	if r.State == "" {
		r.State = Unpublished
	}
}

// take reads the records of an answer.
func (r *Records) take(a dnsq.Answer[*dns.TLSA]) {
	r.TLSA, r.Total = []Record{}, a.Total
	for _, rr := range a.Records[:min(len(a.Records), MaxRecords)] {
		r.TLSA = append(r.TLSA, fromWire(rr))
	}
	setAside(r.TLSA)
	r.State = Unusable
	for _, t := range r.TLSA {
		if t.Used() {
			r.State = Usable
		}
	}
	if !a.Authentic {
		r.State = Unsigned
	}
}

// fromWire takes a record over. Its hexadecimal text is the library's own, of
// octets that came over the wire; what cannot be read is a record of no data.
func fromWire(rr *dns.TLSA) Record {
	r, err := ParseRecord(strings.Join([]string{
		strconv.Itoa(int(rr.Usage)), strconv.Itoa(int(rr.Selector)), strconv.Itoa(int(rr.MatchingType)), rr.Certificate,
	}, " "))
	if err != nil {
		r = Record{Usage: Usage(rr.Usage), Selector: Selector(rr.Selector), Matching: Matching(rr.MatchingType)}
		r.Fault = r.fault()
	}
	return r
}

func canonical(name string) string { return strings.TrimSuffix(strings.ToLower(name), ".") }

// Names lists the names that a certificate may bear under usage 2: the base
// domain, and, where the answer that named the host was signed, the domain that
// mail is for with the aliases on the way to its MX records (RFC 7672 section
// 3.2.2).
func (r *Records) Names(domain string, aliases ...string) []string {
	names := []string{r.Base}
	if r.Base == "" {
		names[0] = r.Host
	}
	if !r.MXAuthentic {
		return names
	}
	names = append(names, canonical(domain))
	for _, a := range aliases {
		names = append(names, canonical(a))
	}
	return names
}
