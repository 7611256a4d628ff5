package dane

import "mx_exporter/probe/fact"

// Docs explains every code of this check.
func Docs() []fact.Doc {
	return []fact.Doc{
		{
			Check: Name, Code: CodeMismatch,
			Meaning: "The server's certificate fits none of its TLSA records.",
			Effect:  "Senders that honour DANE do not deliver to this address; they wait and then give the mail back. Others deliver and notice nothing.",
			Mend: "Publish a record for the certificate in use (usage 3, selector 1, matching type 1), or go back to the old key. " +
				"Next time publish the new record first and change the key when the old answer's time to live is over, or renew with the same key.",
		},
		{
			Check: Name, Code: CodeNeedsTLS,
			Meaning: "TLSA records demand TLS, and the server does not offer STARTTLS or fails in the handshake.",
			Effect:  "Senders that honour DANE do not deliver to this address; others deliver in clear.",
			Mend:    "Give the server its certificate and key back and switch STARTTLS on. Until then take the TLSA records away.",
		},
		{
			Check: Name, Code: CodeLookup,
			Meaning: "The host's zone is signed, and the question for its TLSA records gets no answer that can be trusted.",
			Effect:  "Senders that honour DANE treat the host as out of reach, since somebody may be hiding its records; mail waits.",
			Mend: "Ask every name server of the zone for the TLSA type: some servers and firewalls do not answer for types they do not know. " +
				"If the answer is bogus, sign the zone anew. That there are no records must be answered too, and signed.",
		},
		{
			Check: Name, Code: CodeUnusable,
			Meaning: "Some TLSA records can be used by no mail server (usage 0 or 1, an unknown number, or data of the wrong length).",
			Effect:  "They protect nothing. Where there are no others, senders that honour DANE demand TLS and take any certificate.",
			Mend:    "Replace them by a record of usage 3, selector 1, matching type 1: the SHA-256 of the server's public key.",
		},
		{
			Check: Name, Code: CodeNoSpare,
			Meaning: "The TLSA records fit the server's key, and none is there for the next one.",
			Effect:  "Nothing yet. If the next certificate comes with a new key, mail from senders that honour DANE stops at once.",
			Mend:    "Renew with the same key, publish a record of the next key ahead of time, or one of usage 2 for the authority that issues your certificates.",
		},
		{
			Check: Name, Code: CodeUnsigned,
			Meaning: "TLSA records are published, and DNSSEC does not sign them or the host's addresses.",
			Effect:  "Nothing: no sender looks at them, so they protect nothing.",
			Mend:    "Sign the zone, and have the registrar publish its DS record; or take the records away.",
		},
		{
			Check: Name, Code: CodeMXSigning,
			Meaning: "The host's TLSA records are signed, and the domain's MX records, which lead to it, are not.",
			Effect:  "Somebody who forges the MX answer leads mail elsewhere. Some senders honour the records all the same, others do not look.",
			Mend:    "Sign the domain's zone too.",
		},
		{
			Check: Name, Code: CodeTooMany,
			Meaning: "The host has more TLSA records than are looked at.",
			Effect:  "Large answers are slow and fail behind some firewalls; which records count differs between senders.",
			Mend:    "Keep those of the key in use and of the next one.",
		},
	}
}
