package dmarc

import "mx_exporter/probe/fact"

// Docs explains every code of this package.
func Docs() []fact.Doc {
	const open = "Nothing for proper mail. Forgeries of the domain are not turned away, and no reports come."
	return []fact.Doc{
		doc(CodeMissing, "No DMARC record applies to the domain.",
			"Nothing for proper mail, but large receivers ask bulk senders for a record. Anybody can use the domain's name in a From line.",
			`Publish a TXT record at _dmarc: "v=DMARC1; p=none; rua=mailto:reports@example.org", read the reports, and go on to quarantine and reject.`),
		doc(CodeMultiple, "The domain has more than one DMARC record, and receivers ignore them all (RFC 9989 section 4.10).", open,
			"Remove all but one."),
		doc(CodeLookalike, "A TXT record at _dmarc looks like one of DMARC and does not begin as one must (\"v=DMARC1;\").", open,
			"Correct its beginning, letter by letter: capital letters count, and a \";\" follows."),
		doc(CodeMisplaced, "A DMARC record stands at a name where nobody looks for it.", open,
			"Move it to _dmarc below the domain. A zone editor may add the domain by itself: enter \"_dmarc\" only."),
		doc(CodeSyntax, "The DMARC record has a mistake.",
			"Receivers drop the tag and take its default; a mistake in p, sp or np makes the policy none, or drops the record, and so does a tag that stands twice.",
			"Correct the tag."),
		doc(CodePolicyIgnored, "Receivers drop the DMARC record: its p is missing, or its p, sp or np cannot be read, and there is no address for reports (RFC 9989 section 4.10.1); or a tag stands twice (RFC 6376 section 3.2).", open,
			"Give it one p of none, quarantine or reject, and mend or remove the sp, np or second tag that the detail names."),
		doc(CodePolicyNone, "The DMARC policy that applies is none.",
			"Nothing for proper mail. Forgeries are reported, if at all, and not turned away.",
			"Read the reports until all proper mail passes, then go on to quarantine and reject."),
		doc(CodeWeakSubdomain, "The DMARC policy for subdomains is weaker than that for the domain.",
			"Nothing for proper mail. Forgers use a subdomain instead of the domain.",
			"Remove sp and np, or make them as strong as p; subdomains that need a weaker policy can have records of their own."),
		doc(CodeTesting, "The DMARC record is in test mode (t=y).",
			"Receivers apply a policy one step milder: quarantine for reject, none for quarantine.",
			"Remove t=y when the tests are over."),
		doc(CodePublicSuffix, "The DMARC record says that the domain is a registry such as that of .bank, and it is none (psd=y; the public suffix list).",
			"Receivers take each subdomain for an organisation of its own. Mail of the domain that is signed by a subdomain, or the other way round, fails DMARC, and the policy may turn it away.",
			"Remove psd=y. To make the domain an organisation of its own below another, write psd=n."),
		doc(CodeNoReports, "The DMARC record asks for no aggregate reports.",
			"Mail flows. Nobody tells you when proper mail fails, or who forges the domain.",
			`Add "rua=mailto:reports@example.org".`),
		doc(CodeReportAddress, "A place for DMARC reports, in rua or ruf, has a mistake.",
			"Mail flows. Reports do not go there.",
			"Write it as \"mailto:reports@example.org\", with commas between several."),
		doc(CodeNoConsent, "DMARC reports are to go to another organisation's domain, which does not agree to that in DNS (RFC 9990 section 4).",
			"Mail flows. Receivers send no reports there.",
			`Ask them to publish a TXT record "v=DMARC1" at DOMAIN._report._dmarc below theirs, or use an address of your own.`),
		doc(CodeOutdated, "The DMARC record uses what the newest standard removed (RFC 9989), or what only receivers care about that follow the old one (RFC 7489).",
			"Nothing with receivers of RFC 9989. Others may apply a pct below 100, or drop a record whose p is missing or does not come second.",
			"Remove pct, rf, ri and sizes, and put p right after v."),
		doc(CodeOlderDiffers, "Receivers that still follow the old standard apply another DMARC record than those that follow the new one (the public suffix list of RFC 7489, the tree walk of RFC 9989).",
			"The domain is treated by two policies, depending on the receiver.",
			"Publish a record at _dmarc of the domain itself."),
		doc(CodeUnknownTag, "The DMARC record has a part that nobody has defined (an unknown tag, RFC 9989).",
			"Nothing: receivers ignore it.",
			"Look for a typing error, or remove it."),
		doc(CodeLookupFailed, "The DMARC policy could not be looked up.",
			"Receivers that see the same deliver without a policy, or ask for the mail to be sent again later.",
			"Check the name servers of _dmarc: some fail on names that begin with an underscore."),
	}
}

func doc(c fact.Code, meaning, effect, mend string) fact.Doc {
	return fact.Doc{Check: CheckName, Code: c, Meaning: meaning, Effect: effect, Mend: mend}
}
