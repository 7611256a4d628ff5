package probe

import "mx_exporter/probe/fact"

// What can be wrong with the definition of a domain's mail servers.
const (
	DomainNotFound     fact.Code = "domain-not-found"
	DNSFailure         fact.Code = "dns-failure"
	NoMailServer       fact.Code = "no-mail-server"
	NullMX             fact.Code = "null-mx"
	NullMXMixed        fact.Code = "null-mx-mixed"
	ImplicitMX         fact.Code = "implicit-mx"
	MXDuplicate        fact.Code = "mx-duplicate"
	MXIsAlias          fact.Code = "mx-is-alias"
	MXNotAHostName     fact.Code = "mx-not-a-host-name"
	MXWithoutAddress   fact.Code = "mx-without-address"
	MXLookupIncomplete fact.Code = "mx-lookup-incomplete"
	MXAddressNotPublic fact.Code = "mx-address-not-public"
	MXAddressesShared  fact.Code = "mx-addresses-shared"
	MXLimitExceeded    fact.Code = "mx-limit-exceeded"
	MXHostLookupFailed fact.Code = "mx-host-lookup-failed"
)

var docsMX = []fact.Doc{
	doc(CheckDNS, DomainNotFound, "The domain does not exist in DNS.",
		"All mail to it bounces at once.",
		"Look for a typing error in the target. If the name is right, its registration or its delegation has lapsed: ask the registrar."),
	doc(CheckDNS, DNSFailure, "The domain's mail servers could not be looked up, although the resolver answers for other names.",
		"Senders keep the mail and try again; after some days they give it back.",
		"Check the domain's name servers: that each answers, that the delegation names them, and, where the zone is signed, that the signatures have not expired."),
	doc(CheckMX, NoMailServer, "The domain has no MX record, and no address that could stand in for one.",
		"All mail to it bounces at once.",
		"Publish an MX record, or a null MX (\"0 .\") if the domain is not meant to take mail."),
	doc(CheckMX, NullMX, "The domain says that it takes no mail (null MX, RFC 7505).",
		"Senders give mail to it back at once.",
		"If that is meant, tell the module so: expect: [{host: \".\", outcome: refuse}]. If not, replace the null MX by the real servers."),
	doc(CheckMX, NullMXMixed, "A null MX stands beside other MX records, or does not have preference 0.",
		"Some senders give the mail back, others deliver it: RFC 7505 section 3 forbids the mixture.",
		"Remove the null MX, or everything beside it."),
	doc(CheckMX, ImplicitMX, "The domain has no MX record; senders fall back to its own address (RFC 5321 section 5.1).",
		"Mail arrives as long as a mail server listens there, but some receivers refuse mail from such a domain.",
		"Publish an MX record."),
	doc(CheckMX, MXDuplicate, "One host stands in several MX records.",
		"Nothing, as long as it works: it is tried more often than needed when it does not.",
		"Keep the record with the lowest preference and remove the others."),
	doc(CheckMX, MXIsAlias, "An MX record names an alias, which is forbidden (CNAME, RFC 2181 section 10.3).",
		"Most senders deliver all the same; some refuse, and some bounce mail from the domain.",
		"Name the alias's target in the MX record."),
	doc(CheckMX, MXNotAHostName, "An MX record holds something that is not a host name, such as an address.",
		"That record is of no use to any sender; mail goes to the others, if there are any.",
		"Give the server a name with an A or AAAA record, and name that in the MX record."),
	doc(CheckMX, MXWithoutAddress, "An MX host has no address.",
		"That host gets no mail; senders try the others, if there are any.",
		"Publish its A or AAAA record, or remove the MX record."),
	doc(CheckMX, MXHostLookupFailed, "The address of an MX host could not be looked up.",
		"Senders that see the same try the other hosts, or wait.",
		"Check the name servers of the host's zone; they may be other ones than the domain's own."),
	doc(CheckMX, MXLookupIncomplete, "One address family of an MX host could not be looked up, the other was found.",
		"Some senders wait for the missing answer before they deliver.",
		"Check that the name servers of the host's zone answer both A and AAAA questions; old ones fail on AAAA."),
	doc(CheckMX, MXAddressNotPublic, "An MX host has an address that cannot be reached from the public network.",
		"Senders outside cannot deliver there, and lose time in trying.",
		"Publish the public address. If the probe is meant for an internal network, open it: allow_networks: [10.0.0.0/8]."),
	doc(CheckMX, MXAddressesShared, "Several MX hosts have the same address.",
		"What looks like a fallback is the same server: when it fails, they all fail.",
		"Give each MX host a server of its own, or list it once."),
	doc(CheckMX, MXLimitExceeded, "The domain has more MX hosts or addresses than one probe looks at.",
		"Nothing by itself; what lies beyond the limit is not watched.",
		"Remove what is not needed, or raise limits.mx_hosts, limits.addresses_per_host or limits.addresses in the module."),
}
