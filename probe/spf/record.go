package spf

import (
	"net/netip"
	"strconv"
	"strings"
)

// Qualifier is the result that a mechanism gives when it matches.
type Qualifier string

// The qualifiers (RFC 7208 section 4.6.2).
const (
	Plus     Qualifier = "+" // pass; the one meant when none is written
	Minus    Qualifier = "-" // fail
	Tilde    Qualifier = "~" // softfail
	Question Qualifier = "?" // neutral
)

// Name is what a term is called, in lower case.
type Name string

// The mechanisms (RFC 7208 section 5) and the modifiers (section 6).
const (
	All      Name = "all"
	Include  Name = "include"
	A        Name = "a"
	MX       Name = "mx"
	PTR      Name = "ptr"
	IP4      Name = "ip4"
	IP6      Name = "ip6"
	Exists   Name = "exists"
	Redirect Name = "redirect"
	Exp      Name = "exp"
)

// mechanisms and modifiers are what the RFC defines; other modifiers are allowed
// and ignored.
var (
	mechanisms = []string{string(All), string(Include), string(A), string(MX), string(PTR), string(IP4), string(IP6), string(Exists)}
	modifiers  = []string{string(Redirect), string(Exp)}
)

// asks reports whether a term costs a look-up (RFC 7208 section 4.6.4).
func (n Name) asks() bool {
	switch n {
	case Include, A, MX, PTR, Exists, Redirect:
		return true
	}
	return false
}

// Term is one mechanism or modifier of a record.
type Term struct {
	Number    int          // counted from 1, without the version
	Column    int          // of its first octet in the record, counted from 1
	Qualifier Qualifier    // of a mechanism; "" for a modifier
	Name      Name         // of an unknown modifier too
	Argument  string       // what follows ":" or "=", macros unexpanded; "" without one. For ip4 and ip6 see Network
	Network   netip.Prefix // of ip4 and ip6, with the address as written
	Bits4     int          // of a and mx: prefix length for IPv4 addresses, 32 unless written
	Bits6     int          // of a and mx: prefix length for IPv6 addresses, 128 unless written
}

// String writes the term in its plainest form.
func (t Term) String() string {
	if t.Qualifier == "" {
		return string(t.Name) + "=" + t.Argument
	}
	s := string(t.Name)
	if t.Qualifier != Plus {
		s = string(t.Qualifier) + s
	}
	switch {
	case t.Network.IsValid() && t.Network.IsSingleIP():
		return s + ":" + t.Network.Addr().String()
	case t.Network.IsValid():
		return s + ":" + t.Network.String()
	case t.Argument != "":
		s += ":" + t.Argument
	}
	if t.Name == A || t.Name == MX {
		if t.Bits4 != 32 {
			s += "/" + strconv.Itoa(t.Bits4)
		}
		if t.Bits6 != 128 {
			s += "//" + strconv.Itoa(t.Bits6)
		}
	}
	return s
}

// Record is an SPF record, as far as it can be read.
type Record struct {
	Terms []Term
}

// String writes the record in its plainest form. Reading that gives the same
// terms.
func (r *Record) String() string {
	var b strings.Builder
	b.WriteString("v=spf1")
	for _, t := range r.Terms {
		b.WriteByte(' ')
		b.WriteString(t.String())
	}
	return b.String()
}

// find gives the first term of that name, and nil without one.
func (r *Record) find(n Name) *Term {
	for i := range r.Terms {
		if r.Terms[i].Name == n {
			return &r.Terms[i]
		}
	}
	return nil
}

// evaluated gives the terms that a receiver can come to: those up to all, and
// without all the redirect after the rest (RFC 7208 sections 5.1 and 6.1).
func (r *Record) evaluated() []*Term {
	var terms []*Term
	var redirect *Term
	for i := range r.Terms {
		t := &r.Terms[i]
		switch {
		case t.Name == Redirect:
			redirect = t
		case t.Name == All:
			return append(terms, t)
		case t.Qualifier != "":
			terms = append(terms, t)
		}
	}
	if redirect != nil {
		terms = append(terms, redirect)
	}
	return terms
}
