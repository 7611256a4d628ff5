package dnsq

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"mx_exporter/probe/fact"
)

// Error says why a question has no answer.
//
// Reason is one of dns_nxdomain, dns_nodata, dns_servfail, dns_refused,
// dns_timeout, dns_truncated, dns_malformed, cname_loop, and, where the fault is
// ours, local_fd, local_network, local_overload (too many questions under way),
// local_resolver (no configured server could be reached at all) or local_panic. A
// caller that knows its resolver for a liar adds local_resolver_lies.
type Error struct {
	Name   string      // the name asked for, absolute, in lower case
	Type   uint16      // the type asked for
	Reason fact.Reason // why there is no answer
	Rcode  int         // of the resolver's last answer; 0 where there was none
	EDE    string      // extended error of the resolver (RFC 8914), bounded; foreign text
	Err    error       // what lies below, or nil
}

// Error is one sentence for people. Foreign text in it is quoted.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Name != "" {
		b.WriteString(typeName(e.Type) + " of " + printable(e.Name) + ": ")
	}
	b.WriteString(e.sentence())
	if e.EDE != "" {
		b.WriteString(" (" + strconv.Quote(e.EDE) + ")")
	}
	if e.Err != nil {
		b.WriteString(": " + strings.ReplaceAll(e.Err.Error(), "\n", "; "))
	}
	return b.String()
}

// sentence puts the reason into words.
func (e *Error) sentence() string {
	switch e.Reason {
	case fact.DNSNXDomain:
		return "the name does not exist"
	case fact.DNSNoData:
		return "the name has no record of this type"
	case fact.DNSServfail:
		return "the resolver answered SERVFAIL"
	case fact.DNSRefused:
		return "the resolver answered " + rcodeName(e.Rcode)
	case fact.DNSTimeout:
		return "no answer in time"
	case fact.DNSTruncated:
		return "the answer was cut and could not be had over TCP"
	case fact.DNSMalformed:
		return "the name or the answer cannot be used"
	case fact.CNAMELoop:
		return "the chain of aliases does not end within " + strconv.Itoa(maxSteps) + " steps"
	case fact.LocalResolver:
		return "no resolver could be reached"
	case fact.LocalFD:
		return "no file descriptor or memory left on this machine"
	case fact.LocalNetwork:
		return "this machine cannot send to its resolver"
	case fact.LocalOverload:
		return "too many questions are under way"
	case fact.LocalResolverLies:
		return "the resolver makes up answers for names that do not exist, and this may be one of them"
	case fact.LocalPanic:
		return "a fault in this program"
	}
	return string(e.Reason)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Failure is the error as data for a result. It has no stage.
func (e *Error) Failure() *fact.Failure {
	return &fact.Failure{Reason: e.Reason, Detail: e.Error()}
}

// NotFound reports whether err is a proper denial: the name does not exist, or
// has no record of the type asked for.
func NotFound(err error) bool {
	r := ReasonOf(err)
	return r == fact.DNSNXDomain || r == fact.DNSNoData
}

// ReasonOf gives the reason of an error from this package, and "" for nil. An
// error of another origin is judged by what it wraps: the end of a context is
// dns_timeout, and an error of the operating system is one of the local reasons.
func ReasonOf(err error) fact.Reason {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return transportReason(err)
}

// rcodeReason judges a response code (RFC 1035 section 4.1.1, RFC 2136 section
// 2.2). Codes that say nothing about the name count as a refusal.
func rcodeReason(rcode int) fact.Reason {
	switch rcode {
	case dns.RcodeSuccess:
		return ""
	case dns.RcodeNameError:
		return fact.DNSNXDomain
	case dns.RcodeServerFailure:
		return fact.DNSServfail
	}
	return fact.DNSRefused
}

// contextOver reports whether err is the end of a context.
func contextOver(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

func typeName(t uint16) string { return dns.Type(t).String() }

func rcodeName(rcode int) string {
	if s, ok := dns.RcodeToString[rcode]; ok {
		return s
	}
	return "code " + strconv.Itoa(rcode)
}

// printable quotes a name that holds anything but visible ASCII.
func printable(name string) string {
	for i := range len(name) {
		if name[i] <= ' ' || name[i] > '~' {
			return strconv.Quote(name)
		}
	}
	return name
}
