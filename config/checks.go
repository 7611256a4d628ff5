package config

import "slices"

// Check is something that is looked at beside the SMTP dialogue. DKIM keys and
// block lists are not in the list: they are looked at where dkim_selectors and
// dnsbl name any.
type Check string

// The checks.
const (
	CheckFCrDNS Check = "fcrdns"  // reverse names of the servers' addresses, confirmed forward
	CheckSPF    Check = "spf"     // RFC 7208
	CheckDMARC  Check = "dmarc"   // RFC 7489 and what came after it
	CheckMTASTS Check = "mta_sts" // RFC 8461
	CheckTLSRPT Check = "tls_rpt" // RFC 8460
	CheckDANE   Check = "dane"    // RFC 7672
	CheckMXLint Check = "mx_lint" // how the MX records are laid out
)

// Checks lists the checks.
func Checks() []Check {
	return []Check{CheckFCrDNS, CheckSPF, CheckDMARC, CheckMTASTS, CheckTLSRPT, CheckDANE, CheckMXLint}
}

// hostChecks are those that need no domain: all that prober smtp, which knows
// one host, can do.
func hostChecks() []Check { return []Check{CheckFCrDNS, CheckDANE} }

// defaultChecks gives all that a prober can do.
func defaultChecks(p Prober) []Check {
	switch {
	case p == ProberSMTP:
		return hostChecks()
	case p.ForUsers():
		return nil
	}
	return Checks()
}

// UnmarshalText takes one of [Checks].
func (c *Check) UnmarshalText(b []byte) error { return word(c, b, Checks()) }

func (Check) words() []string { return texts(Checks()) }

// Runs says whether the module makes this check: it is in the module's list, and
// the prober can do it.
func (m Module) Runs(c Check) bool {
	return slices.Contains(m.Checks, c) && slices.Contains(defaultChecks(m.Prober), c)
}

// Greylisting is how an answer is taken that asks a stranger to come again
// (RFC 6647).
type Greylisting string

// The ways to take greylisting.
const (
	GreylistingOK   Greylisting = "ok"   // a host that does it takes mail
	GreylistingFail Greylisting = "fail" // it is a temporary failure as any other
)

// Greylistings lists the ways to take greylisting.
func Greylistings() []Greylisting { return []Greylisting{GreylistingOK, GreylistingFail} }

// UnmarshalText takes one of [Greylistings].
func (g *Greylisting) UnmarshalText(b []byte) error { return word(g, b, Greylistings()) }

func (Greylisting) words() []string { return texts(Greylistings()) }
