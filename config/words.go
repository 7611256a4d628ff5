package config

import (
	"fmt"
	"strings"
)

// closed is a word of a closed list; the reference shows the list.
type closed interface{ words() []string }

// Probers lists the probers.
func Probers() []Prober {
	return []Prober{ProberMX, ProberSMTP, ProberSubmission, ProberIMAP, ProberPOP3}
}

// UnmarshalText takes one of [Probers].
func (p *Prober) UnmarshalText(b []byte) error { return word(p, b, Probers()) }

func (Prober) words() []string { return texts(Probers()) }

// Successes lists what probe_success may ask for.
func Successes() []Success { return []Success{SuccessDeliverable, SuccessSatisfactory} }

// UnmarshalText takes one of [Successes].
func (s *Success) UnmarshalText(b []byte) error { return word(s, b, Successes()) }

func (Success) words() []string { return texts(Successes()) }

// AddressModes lists the address modes.
func AddressModes() []AddressMode { return []AddressMode{AllAddresses, IP4, IP6, OnePerHost} }

// UnmarshalText takes one of [AddressModes].
func (a *AddressMode) UnmarshalText(b []byte) error { return word(a, b, AddressModes()) }

func (AddressMode) words() []string { return texts(AddressModes()) }

// DNSTransports lists the transports of DNS.
func DNSTransports() []DNSTransport { return []DNSTransport{UDP, TCP, TLS} }

// UnmarshalText takes one of [DNSTransports].
func (t *DNSTransport) UnmarshalText(b []byte) error { return word(t, b, DNSTransports()) }

func (DNSTransport) words() []string { return texts(DNSTransports()) }

// StartTLSModes lists the ways to treat STARTTLS.
func StartTLSModes() []StartTLS {
	return []StartTLS{StartTLSWhenOffered, StartTLSRequired, StartTLSNever}
}

// UnmarshalText takes one of [StartTLSModes].
func (s *StartTLS) UnmarshalText(b []byte) error { return word(s, b, StartTLSModes()) }

func (StartTLS) words() []string { return texts(StartTLSModes()) }

// Outcomes lists the outcomes.
func Outcomes() []Outcome { return []Outcome{Accept, TempFail, Refuse, Unreachable} }

// UnmarshalText takes one of [Outcomes].
func (o *Outcome) UnmarshalText(b []byte) error { return word(o, b, Outcomes()) }

func (Outcome) words() []string { return texts(Outcomes()) }

// word sets a closed word, or says which ones there are.
func word[T ~string](to *T, b []byte, known []T) error {
	for _, k := range known {
		if string(k) == string(b) {
			*to = k
			return nil
		}
	}
	return notOneOf(string(b), texts(known))
}

func notOneOf(s string, known []string) error {
	return fmt.Errorf("%s is not one of %s", quote(s), strings.Join(known, ", "))
}

func texts[T ~string](ws []T) []string {
	out := make([]string, len(ws))
	for i, w := range ws {
		out[i] = string(w)
	}
	return out
}
