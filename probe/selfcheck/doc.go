// Package selfcheck looks at what every probe relies on and no probe can see:
// the resolvers, the clock, and the name that we give in EHLO.
//
// It protects the people who are woken at night. A resolver that is dead makes
// every domain look dead. One that answers for names which do not exist, as
// some providers' do to show advertising, makes a mail server out of every
// typing error. A clock that is wrong makes certificates expire. None of that
// is the fault of the domains that are probed, so the probe has to know of it
// before it judges.
//
// It decides whether a resolver is up ([dnsq.Alive]), whether its denials mean
// anything, whether the clock can be right, and whether a name that we announce
// exists. What follows from that for a verdict is the probe's to say.
//
// The canary names are new ones each time. One lies below invalid., which RFC
// 6761 section 6.4 keeps from ever existing; resolvers that know this name as
// special deny it even when they lie about all others, so a second one lies
// directly below com.: nobody can have registered 130 random bits, mistyped
// names of that zone are what liars earn their money with, and its servers deny
// with NXDOMAIN. Zones that deny by an empty answer (RFC 9824), as those kept
// for examples may, hide a resolver that rewrites NXDOMAIN alone.
//
// It leaves out whether the EHLO name leads back to the address that we speak
// from, and whether packets get out at all, which only the conversations of
// many probes can tell.
package selfcheck
