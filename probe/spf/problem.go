package spf

import (
	"cmp"
	"fmt"
)

// Kind says what is wrong with a place in a record, or with the whole.
type Kind string

// Mistakes in the text of a record. Each is a permerror (RFC 7208 section 4.6).
const (
	BadVersion       Kind = "bad_version"       // it does not begin with "v=spf1" and a space
	BadOctet         Kind = "bad_octet"         // an octet outside of visible ASCII; a tab is not a space here
	UnknownMechanism Kind = "unknown_mechanism" // a term that is neither a mechanism nor a modifier
	BadArgument      Kind = "bad_argument"      // an argument where none belongs, or none where one does
	BadDomain        Kind = "bad_domain"        // a name that cannot be a domain's
	BadMacro         Kind = "bad_macro"         // "%" that does not begin a macro
	BadAddress       Kind = "bad_address"       // ip4 or ip6 without an address of its kind
	BadPrefix        Kind = "bad_prefix"        // a prefix length out of range, or written with a leading zero
	TwiceModifier    Kind = "twice_modifier"    // redirect or exp more than once
)

// What is wrong with a record as others see it. Each is a permerror too.
const (
	Multiple       Kind = "multiple"         // several records where one is allowed (RFC 7208 section 4.5)
	TooManyLookups Kind = "too_many_lookups" // more than 10 terms that ask (section 4.6.4)
	TooManyVoids   Kind = "too_many_voids"   // more than 2 look-ups that find nothing (section 4.6.4)
	TooManyMX      Kind = "too_many_mx"      // mx with more than 10 hosts (section 4.6.4)
	Loop           Kind = "loop"             // a record that includes itself
	NoSuchRecord   Kind = "no_such_record"   // include or redirect of a domain without a record (sections 5.2 and 6.1)
)

// What is allowed, and rarely what was meant.
const (
	PassAll          Kind = "pass_all"          // everybody may send
	NeutralAll       Kind = "neutral_all"       // "?all": the record says nothing about others
	NoAll            Kind = "no_all"            // neither all nor redirect, which comes to "?all"
	AfterAll         Kind = "after_all"         // mechanisms behind all are never evaluated
	RedirectIgnored  Kind = "redirect_ignored"  // redirect beside all is ignored
	UnknownModifier  Kind = "unknown_modifier"  // ignored by everybody
	MistakenModifier Kind = "mistaken_modifier" // ignored, and most likely a mechanism written with "="
	DiscouragedPTR   Kind = "discouraged_ptr"   // ptr should not be published (section 5.5)
	WideNetwork      Kind = "wide_network"      // a network of millions of addresses
	HostBits         Kind = "host_bits"         // a network written with an address inside of it
	UpperCase        Kind = "upper_case"        // allowed (section 12), and unknown to some receivers
	AtLimit          Kind = "at_limit"          // all 10 look-ups are used
	LongRecord       Kind = "long_record"       // over 450 octets (section 3.4)
	LongAnswer       Kind = "long_answer"       // the answer does not fit into one UDP packet
	Glued            Kind = "glued"             // two strings of the record meet without a space between two terms
	Lookalike        Kind = "lookalike"         // a TXT record that was meant to be one of SPF
	Undecided        Kind = "undecided"         // a look-up failed for now
)

// Kinds lists every Kind in the order above.
func Kinds() []Kind {
	return []Kind{
		BadVersion, BadOctet, UnknownMechanism, BadArgument, BadDomain, BadMacro, BadAddress, BadPrefix, TwiceModifier,
		Multiple, TooManyLookups, TooManyVoids, TooManyMX, Loop, NoSuchRecord,
		PassAll, NeutralAll, NoAll, AfterAll, RedirectIgnored, UnknownModifier, MistakenModifier, DiscouragedPTR,
		WideNetwork, HostBits, UpperCase, AtLimit, LongRecord, LongAnswer, Glued, Lookalike, Undecided,
	}
}

// Permanent reports whether the problem makes receivers give permerror.
func (k Kind) Permanent() bool { return k.syntax() || k.structure() }

// syntax reports a mistake in the text of one record.
func (k Kind) syntax() bool {
	switch k {
	case BadVersion, BadOctet, UnknownMechanism, BadArgument, BadDomain, BadMacro, BadAddress, BadPrefix, TwiceModifier:
		return true
	}
	return false
}

// structure reports a mistake that shows only with the records around it.
func (k Kind) structure() bool {
	switch k {
	case Multiple, TooManyLookups, TooManyVoids, TooManyMX, Loop, NoSuchRecord:
		return true
	}
	return false
}

// Problem is one thing to say about a record.
type Problem struct {
	Kind   Kind   `json:"kind"`
	Domain string `json:"domain,omitempty"` // whose record it is in; "" from [Parse]
	Term   int    `json:"term,omitempty"`   // which term, counted from 1 without the version; 0: the record as a whole
	Column int    `json:"column,omitempty"` // of the octet, counted from 1; 0: the record as a whole
	Text   string `json:"text"`             // one clause for people; foreign text in it is quoted
}

// String is the problem with its place.
func (p Problem) String() string {
	s := p.Text
	if p.Term > 0 {
		s = fmt.Sprintf("term %d, octet %d: %s", p.Term, p.Column, s)
	} else if p.Column > 0 {
		s = fmt.Sprintf("octet %d: %s", p.Column, s)
	}
	if p.Domain != "" {
		s = p.Domain + ": " + s
	}
	return s
}

// wrong reports whether one of the problems is a mistake in a record's text.
func wrong(ps []Problem) bool {
	for _, p := range ps {
		if p.Kind.syntax() {
			return true
		}
	}
	return false
}

// byPlace orders the problems of one record.
func byPlace(a, b Problem) int { return cmp.Compare(a.Column, b.Column) }
