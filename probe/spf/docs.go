package spf

import (
	"slices"

	"mx_exporter/probe/fact"
)

var docs = []fact.Doc{
	doc(CodeMissing, "The domain has no SPF record.",
		"Nothing for mail to the domain. Mail from it is trusted less, and some receivers refuse it; anybody can forge its address.",
		`Publish a TXT record that lists the servers that send for the domain, or "v=spf1 -all" if none does.`),
	doc(CodeMultiple, "The domain, or one that its record includes, has more than one SPF record (RFC 7208 section 4.5).",
		"Receivers give permerror for all mail of the domain; many refuse it, and DMARC counts it as not authenticated by SPF.",
		"Join the records into one: one \"v=spf1\", the terms of all, one \"all\" at the end."),
	doc(CodeSyntax, "The SPF record, or one that it includes, has a mistake.",
		"Receivers give permerror for all mail of the domain, also for servers that stand before the mistake (RFC 7208 section 4.6).",
		"Correct the term. If it stands in somebody else's record, tell them, and take the include out until they have mended it."),
	doc(CodeTooManyLookups, "The SPF record takes more than 10 DNS look-ups to evaluate; those of included records count (RFC 7208 section 4.6.4).",
		"Receivers stop at the eleventh and give permerror. Servers that match before it still pass, all others do not.",
		"Remove includes of services that are no longer used; put ip4 and ip6 in place of a and mx; move a service to a subdomain with a record of its own."),
	doc(CodeLookupsAtLimit, "The SPF record takes exactly the 10 DNS look-ups that are allowed.",
		"Nothing yet. The next include, or one more in a record of somebody else, breaks the record.",
		"Make room as for spf-too-many-lookups."),
	doc(CodeVoidLookups, "More than 2 of the SPF record's DNS look-ups find nothing (RFC 7208 section 4.6.4).",
		"Many receivers give permerror; those that do not waste their time.",
		"Remove the terms that name hosts or domains that are gone."),
	doc(CodeMXHosts, "An mx term of the SPF record stands for more than 10 hosts (RFC 7208 section 4.6.4).",
		"Receivers give permerror when they come to it.",
		"Put the servers' networks in its place with ip4 and ip6."),
	doc(CodeLoop, "An SPF record includes itself, or redirects to itself, perhaps by way of others.",
		"Receivers run in circles until the limit of look-ups and give permerror.",
		"Remove the term that leads back."),
	doc(CodeIncludeMissing, "The SPF record includes, or redirects to, a domain that has no SPF record.",
		"Receivers give permerror when they come to it (RFC 7208 section 5.2).",
		"Look for a typing error in the name. If the service is gone, or moved to another name, correct or remove the term."),
	doc(CodePassAll, "The SPF record lets everybody send, by \"+all\" or a bare \"all\".",
		"Every forgery of the domain passes SPF, and with it DMARC; some receivers count such a record as a sign of spam.",
		"List the servers and end the record with \"~all\" or \"-all\"."),
	doc(CodeNeutralAll, "The SPF record says nothing about servers that it does not list: it ends with \"?all\", or without all and redirect.",
		"Nothing for proper mail. Forgeries get neutral, which is no reason to refuse them.",
		"End the record with \"~all\" while you are looking for forgotten senders, and with \"-all\" after that."),
	doc(CodeIgnoredTerm, "Part of the SPF record is never looked at: it stands behind all, is a redirect beside all, or is a mechanism written with \"=\".",
		"Servers that the part was to allow do not pass.",
		"Move mechanisms before all, remove all where redirect is meant, and write \":\" after the name of a mechanism."),
	doc(CodeUnknownModifier, "The SPF record has a part that nobody has defined (an unknown modifier, RFC 7208 section 6).",
		"Nothing: receivers ignore it.",
		"Remove it, unless you know what it is for."),
	doc(CodePTR, "The SPF record uses ptr, which is not to be published any more (RFC 7208 section 5.5).",
		"It costs receivers time, and some skip it, so that servers allowed by it alone do not pass.",
		"Name the servers by ip4, ip6, a or mx."),
	doc(CodeWideNetwork, "The SPF record allows a network of millions of addresses.",
		"Forgers who have a server in that network pass SPF.",
		"Check the prefix length for a typing error, and list the networks that are your own."),
	doc(CodeStyle, "Part of the SPF record is allowed, but written in an uncommon way: capital letters, or a network with an address inside of it.",
		"Nothing with receivers that keep to RFC 7208; a few do not know such forms.",
		"Write the record in small letters, and a network with its first address."),
	doc(CodeLong, "The SPF record, or the answer with all TXT records of the name, is long (RFC 7208 section 3.4).",
		"Receivers need a second question over TCP; where TCP to the name servers is blocked they find no record.",
		"Shorten the record, and remove TXT records that are no longer needed from the name."),
	doc(CodeGlued, "The SPF record is published in several strings, and two terms stand together without a space where they meet (RFC 7208 section 3.3).",
		"The two terms are read as one, which is no term that was meant.",
		"Put a space at the end of the first string."),
	doc(CodeLookalike, "A TXT record looks like one of SPF and does not begin as one must (\"v=spf1\" and a space).",
		"Receivers do not see it.",
		"Correct its beginning, or remove it."),
	doc(CodeLookupFailed, "A DNS look-up that the SPF record needs failed.",
		"Receivers that see the same give temperror: they may ask for the mail to be sent again later.",
		"Check the name servers of the domain that the detail names. If it is somebody else's and lasts, take the term out."),
	doc(CodeSender, "A server that is configured as a sender of the domain does not pass SPF.",
		"Receivers refuse its mail, or put it with the junk.",
		"Add its address to the record. If it sends no more, remove it from the module."),
}

// Docs explains every code of this package.
func Docs() []fact.Doc { return slices.Clone(docs) }

func doc(c fact.Code, meaning, effect, mend string) fact.Doc {
	return fact.Doc{Check: CheckName, Code: c, Meaning: meaning, Effect: effect, Mend: mend}
}
