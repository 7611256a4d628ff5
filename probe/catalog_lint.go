package probe

import "mx_exporter/probe/fact"

// CheckMXLint looks for what is weak in the definition of a domain's servers
// although every server works.
const CheckMXLint fact.Check = "mx_lint"

// What can be weak although it works.
const (
	MXSingleHost  fact.Code = "mx-single-host"
	MXOneNetwork  fact.Code = "mx-one-network"
	MXNoIPv6      fact.Code = "mx-no-ipv6"
	MXTTLShort    fact.Code = "mx-ttl-short"
	MXTTLLong     fact.Code = "mx-ttl-long"
	MXHostsDiffer fact.Code = "mx-hosts-differ"
	MXOneRank     fact.Code = "mx-one-preference"
	MXNotSigned   fact.Code = "mx-not-signed"
)

var docsLint = []fact.Doc{
	doc(CheckMXLint, MXSingleHost, "The domain has one mail server only.",
		"When it is down, mail waits at its senders, for some days at most.",
		"Nothing, if that is acceptable: senders queue. Else add a second server that takes the same mail under the same rules."),
	doc(CheckMXLint, MXOneNetwork, "All mail servers stand in one network.",
		"One broken line or one broken router takes all of them away.",
		"Put one of them elsewhere, or accept that senders will queue."),
	doc(CheckMXLint, MXNoIPv6, "No mail server has an IPv6 address.",
		"Nothing today; senders without IPv4 cannot deliver.",
		"Publish an AAAA record for a server that listens on IPv6 and has a PTR record there."),
	doc(CheckMXLint, MXTTLShort, "The MX records live for less than a minute.",
		"Each mail costs a look-up, and a short fault of the name servers stops mail.",
		"Give the MX records a time to live of an hour or so."),
	doc(CheckMXLint, MXTTLLong, "The MX records live for more than a week.",
		"When a server has to be replaced in a hurry, senders use the old one for days.",
		"Give the MX records a time to live of a day at most."),
	doc(CheckMXLint, MXOneRank, "All mail servers have the same preference: senders choose among them by chance.",
		"Nothing, if they are alike and share the load. One that is meant as a backup gets as much mail as the others.",
		"Nothing, if it is meant. Give a backup a higher preference."),
	doc(CheckMXLint, MXNotSigned, "The mail servers have names in the domain itself, which is not signed with DNSSEC.",
		"Whoever can forge DNS answers to a sender can redirect mail, and DANE cannot protect against it.",
		"Sign the zone with DNSSEC; most registrars and DNS providers do it at the press of a button."),
	doc(CheckMXLint, MXHostsDiffer, "The mail servers of the domain differ in what they offer.",
		"What happens to a mail depends on which server it meets: one refuses what another takes.",
		"Give all servers the same size limit, the same extensions and the same protection; the detail says what differs."),
}
