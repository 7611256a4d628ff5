package dnsq

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/fact"
)

const (
	maxSteps   = 10 // aliases followed for one question (Postfix: 10)
	maxQueries = 12 // sent for one question, over the whole chain
)

// trail is one question on its way along the aliases.
type trail struct {
	name    string
	qtype   uint16
	end     string   // the last name of the chain so far
	aliases []string // the names after the first
	queries int

	last      *dns.Msg
	rcode     int
	authentic bool
	cached    bool
	ttl       time.Duration // -1 before the first record
}

// follow asks until records or a denial are found at the end of the chain.
func (t *trail) follow(ctx context.Context, x Exchanger) error {
	if err := t.begin(); err != nil {
		return err
	}
	for t.queries < maxQueries {
		if err := t.ask(ctx, x); err != nil {
			return err
		}
		if done, err := t.read(); done || err != nil {
			return err
		}
	}
	return t.loop()
}

// loop is the end of a chain that took too many questions.
func (t *trail) loop() error { return t.fail(fact.CNAMELoop, nil) }

// begin checks the name and the type asked for.
func (t *trail) begin() error {
	t.ttl = -1
	name, ok := normal(t.name)
	if !ok {
		return t.fail(fact.DNSMalformed, errors.New("want a domain name of at most 255 bytes with labels of 1 to 63, such as example.org"))
	}
	t.name, t.end = name, name
	if t.qtype == dns.TypeNone {
		return t.fail(fact.DNSMalformed, errors.New("this record type is not one that Lookup asks for"))
	}
	return nil
}

// ask sends one question about the end of the chain.
func (t *trail) ask(ctx context.Context, x Exchanger) error {
	var n note
	m, err := x.Exchange(context.WithValue(ctx, noteKey{}, &n), question(t.end, t.qtype))
	return t.answered(m, n.hit, err)
}

// answered takes the end of a question.
func (t *trail) answered(m *dns.Msg, hit bool, err error) error {
	t.queries++
	t.last = nil
	t.cached = t.cached && hit
	if err != nil {
		t.authentic = false
		return t.wrap(err)
	}
	t.last, t.rcode = m, m.Rcode
	t.authentic = t.authentic && m.AuthenticatedData
	return nil
}

// read looks for the records, or for the proof that there are none, in the last
// response. It reports false when the chain leads out of it.
func (t *trail) read() (done bool, err error) {
	m := t.last
	if r := rcodeReason(m.Rcode); r != "" && r != fact.DNSNXDomain {
		return true, t.fail(r, nil)
	}
	if m.Truncated {
		return true, t.fail(fact.DNSTruncated, nil)
	}
	before := len(t.aliases)
	found, err := t.walk()
	if err != nil {
		return true, err
	}
	if found {
		return true, nil
	}
	covered := t.deny()
	over := covered || len(t.aliases) == before
	switch {
	case m.Rcode == dns.RcodeNameError: // about the last name of the chain, RFC 6604 section 2
		return true, t.fail(fact.DNSNXDomain, nil)
	case over && t.strange():
		return true, t.fail(fact.DNSMalformed, errStrange)
	case over:
		return true, t.fail(fact.DNSNoData, nil)
	}
	return false, nil
}

// walk follows the aliases of the last response from the end of the chain, and
// reports whether records of the type asked for stand there.
func (t *trail) walk() (found bool, err error) {
	for {
		var alias *dns.CNAME
		for _, rr := range t.last.Answer {
			if !owns(rr, t.end) {
				continue
			}
			if rr.Header().Rrtype == t.qtype {
				t.age(rr)
				found = true
			} else if c, ok := rr.(*dns.CNAME); ok && alias == nil {
				alias = c
			}
		}
		if found || alias == nil {
			return found, nil
		}
		if err := t.step(alias); err != nil {
			return false, err
		}
	}
}

var errStrange = errors.New("the records in the answer belong to a name that was not asked for")

// strange reports whether the last response, in which nothing was found, has
// records of the type asked for, or aliases, that lead away from the chain. It is
// no denial then: whatever made it answered another question (faults.md N11).
func (t *trail) strange() bool {
	return slices.ContainsFunc(t.last.Answer, func(rr dns.RR) bool {
		h := rr.Header()
		wanted := h.Rrtype == t.qtype || h.Rrtype == dns.TypeCNAME
		return wanted && h.Class == dns.ClassINET && !owns(rr, t.name) && !slices.Contains(t.aliases, strings.ToLower(h.Name))
	})
}

// step moves the end of the chain to the target of an alias.
func (t *trail) step(c *dns.CNAME) error {
	target, ok := normal(c.Target)
	if !ok {
		return t.fail(fact.DNSMalformed, nil)
	}
	t.age(c)
	if target == t.name || slices.Contains(t.aliases, target) || len(t.aliases) == maxSteps {
		return t.fail(fact.CNAMELoop, nil)
	}
	t.aliases = append(t.aliases, target)
	t.end = target
	return nil
}

// deny takes the time to live of a denial from its SOA (RFC 2308 section 5) and
// reports whether there is one that covers the end of the chain.
func (t *trail) deny() bool {
	for _, rr := range t.last.Ns {
		soa, ok := rr.(*dns.SOA)
		if ok && dns.IsSubDomain(strings.ToLower(soa.Hdr.Name), t.end) {
			t.shorten(denialTTL(soa))
			return true
		}
	}
	t.shorten(0)
	return false
}

// age counts a record's time to live.
func (t *trail) age(rr dns.RR) { t.shorten(ttlOf(rr)) }

func (t *trail) shorten(d time.Duration) {
	if t.ttl < 0 || d < t.ttl {
		t.ttl = d
	}
}

// fail makes the error of this question.
func (t *trail) fail(r fact.Reason, cause error) *Error {
	e := &Error{Name: t.name, Type: t.qtype, Reason: r, Rcode: t.rcode, Err: cause}
	if t.last != nil {
		e.EDE = extended(t.last)
	}
	return e
}

// wrap puts this question on an error of the exchanger.
func (t *trail) wrap(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return &Error{Name: t.name, Type: t.qtype, Reason: e.Reason, Rcode: e.Rcode, EDE: e.EDE, Err: e.Err}
	}
	return &Error{Name: t.name, Type: t.qtype, Reason: ReasonOf(err), Err: err}
}
