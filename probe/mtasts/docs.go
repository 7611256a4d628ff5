package mtasts

import (
	"slices"

	"mx_exporter/probe/fact"
)

// Docs explains every code of this check.
func Docs() []fact.Doc { return slices.Concat(docsAnnouncement(), docsFile(), docsHosts()) }

// docsAnnouncement are about the record, and getting at the file.
func docsAnnouncement() []fact.Doc {
	return []fact.Doc{
		{
			Check: Name, Code: CodeRecord,
			Meaning: "The MTA-STS record at _mta-sts is written wrongly, or there are several.",
			Effect:  "Senders act as if there were no policy: mail flows, and nothing protects it. Senders that have an earlier policy go by it until it is over.",
			Mend:    `Publish exactly one TXT record of the form "v=STSv1; id=20260101T000000;".`,
		},
		{
			Check: Name, Code: CodeIDUnchanged,
			Meaning: "The MTA-STS policy file was changed, and the id of the record was not.",
			Effect:  "Senders that have the old policy go by it until its max_age is over.",
			Mend:    "Change the id, whenever the file is changed.",
		},
		{
			Check: Name, Code: CodeUnreachable,
			Meaning: "The domain announces an MTA-STS policy, and the policy file cannot be had.",
			Effect:  "Senders that have no earlier policy deliver without its protection.",
			Mend: "Serve https://mta-sts.DOMAIN/.well-known/mta-sts.txt with a certificate for that name, status 200, without a redirect. " +
				"The finding's detail says where it ended.",
		},
		{
			Check: Name, Code: CodePending,
			Meaning: "The MTA-STS policy was not told in time: its host had not answered when everything else was known.",
			Effect:  "None that is known. Senders wait for a minute, and so does the exporter; the next look has what came of it.",
			Mend:    "Look again in a minute. Where each first look says this, find out what makes the policy host slow.",
		},
		{
			Check: Name, Code: CodeContentType,
			Meaning: "The MTA-STS policy file is not served as text/plain.",
			Effect:  "Some senders drop the policy, as RFC 8461 asks them to.",
			Mend:    "Have the web server send Content-Type: text/plain for the file.",
		},
	}
}

// docsFile are about what stands in the file.
func docsFile() []fact.Doc {
	return []fact.Doc{
		{
			Check: Name, Code: CodePolicy,
			Meaning: "The MTA-STS policy file is written so that senders drop it.",
			Effect:  "Senders that have no earlier policy deliver without its protection.",
			Mend:    "Mend the line that the detail names. A policy has the lines version, mode, max_age, and one mx for each host.",
		},
		{
			Check: Name, Code: CodeUntidy,
			Meaning: "The MTA-STS policy file can be read and has something odd in it.",
			Effect:  "Nothing with careful senders; a stricter one may drop the policy.",
			Mend:    "Tidy the line that the detail names.",
		},
		{
			Check: Name, Code: CodeTesting,
			Meaning: "The MTA-STS policy is in mode testing.",
			Effect:  "Senders report what fails, and deliver all the same: nothing is protected yet.",
			Mend:    "When the TLS reports show no failures, change to mode enforce, and change the id.",
		},
		{
			Check: Name, Code: CodeModeNone,
			Meaning: "The MTA-STS policy is in mode none.",
			Effect:  "Senders drop the policy that they have. Nothing is protected.",
			Mend:    "If MTA-STS is being taken down, remove the record once the old max_age is over; else set a mode.",
		},
		{
			Check: Name, Code: CodeMaxAge,
			Meaning: "The MTA-STS policy is enforced, and senders keep it for less than a week.",
			Effect:  "Somebody who can block the policy host for that long takes the protection away.",
			Mend:    "Raise max_age to some weeks (1209600 is two) once the policy has proved right.",
		},
	}
}

// docsHosts are about whether the servers keep what it promises.
func docsHosts() []fact.Doc {
	return []fact.Doc{
		{
			Check: Name, Code: CodeNotCovered,
			Meaning: "The MTA-STS policy does not name an MX host of the domain.",
			Effect: "Under mode enforce senders do not deliver to this host; where the policy names no other that works, they wait and then give the mail back. " +
				"Under mode testing they deliver and report.",
			Mend: "Add an mx line for the host, then change the id of the record. For the next new host do so before its MX record.",
		},
		{
			Check: Name, Code: CodeHost,
			Meaning: "A host that the MTA-STS policy names does not offer STARTTLS, or its certificate does not verify.",
			Effect:  "Under mode enforce senders do not deliver to this address. Under mode testing they deliver and report.",
			Mend:    "Give the server a certificate of a public authority for the name in the MX record, with the whole chain; the certificate findings say what is wrong with this one.",
		},
	}
}
