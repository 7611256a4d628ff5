package bounce

import (
	"strings"

	"mx_exporter/probe/reply"
)

// statusOf reads the fields for machines (RFC 3464 section 2): one block about the
// message, then one per recipient. Blocks are told apart by their fields and not by
// their place, since some writers run them together and others put empty lines in
// between.
func statusOf(s string) (message fields, recipients []Recipient) {
	var one fields
	flush := func() {
		if r, ok := recipientOf(one); ok && len(recipients) < maxRecipients {
			recipients = append(recipients, r)
		}
		one = nil
	}
	for blocks := 0; s != "" && blocks < maxFields; blocks++ {
		var block fields
		block, s = cutFields(s)
		for _, f := range block {
			switch {
			case perMessage(f.name):
				message = append(message, f)
			case one.has(f.name) && (f.name == "final-recipient" || f.name == "original-recipient" && one.has("final-recipient")):
				flush()
				fallthrough
			default:
				one = append(one, f)
			}
		}
		if one.has("action") || one.has("status") || one.has("diagnostic-code") {
			flush()
		}
	}
	flush()
	return message, recipients
}

// perMessage reports the fields of RFC 3464 section 2.2.
func perMessage(name string) bool {
	switch name {
	case "reporting-mta", "original-envelope-id", "dsn-gateway", "received-from-mta", "arrival-date":
		return true
	}
	return false
}

// recipientOf reads the fields of RFC 3464 section 2.3.
func recipientOf(fs fields) (Recipient, bool) {
	r := Recipient{
		Address:    finalRecipient(fs),
		Original:   mailbox(fs.first("original-recipient")),
		Status:     enhancedIn(fs.first("status")),
		Diagnostic: clean(untyped(fs.first("diagnostic-code"))),
		Remote:     hostName(fs.first("remote-mta")),
		When:       fs.date("last-attempt-date"),
		RetryUntil: fs.date("will-retry-until"),
	}
	if r.Address == "" && r.Status == "" && !fs.has("final-recipient") {
		return Recipient{}, false
	}
	if strings.EqualFold(r.Original, r.Address) {
		r.Original = ""
	}
	r.Action = actionOf(fs.first("action"), r.Status)
	if one, ok := refusal(untyped(fs.first("diagnostic-code"))); ok && r.Action != Delivered {
		r.Reply = &one
	}
	return r, true
}

// finalRecipient is the mailbox, or where its type is not one of mail, such as
// "unknown; nair_s" behind a gateway, the name as it stands.
func finalRecipient(fs fields) string {
	if who := mailbox(fs.first("final-recipient", "x-actual-recipient", "original-recipient")); who != "" {
		return who
	}
	kind, name, _ := strings.Cut(fs.first("final-recipient"), ";")
	if kind = strings.ToLower(strings.TrimSpace(kind)); kind == "rfc822" || kind == "utf-8" {
		return ""
	}
	return clean(name)
}

// untyped is a diagnostic without the name of its protocol.
func untyped(s string) string {
	if kind, rest, ok := strings.Cut(s, ";"); ok && len(kind) < 20 && !strings.ContainsAny(kind, " :<@") {
		s = rest
	}
	return strings.TrimSpace(s)
}

// actionOf reads the Action field; where it is missing or made up, the first digit
// of the status tells.
func actionOf(s, status string) Action {
	word, _, _ := strings.Cut(strings.TrimSpace(strings.ToLower(s)), " ")
	for _, a := range Actions() {
		if strings.TrimRight(word, ".;,") == string(a) {
			return a
		}
	}
	e, ok := reply.ParseEnhanced(status)
	switch {
	case ok && e.Class == 2:
		return Delivered
	case ok && e.Class == 4:
		return Delayed
	}
	return Failed
}

// fieldsIn cuts the part of a text that looks like the fields of a report, for
// systems that print them in their prose.
func fieldsIn(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		name, _, ok := cutField(strings.TrimSpace(line))
		if !ok {
			continue
		}
		switch name {
		case "final-recipient", "original-recipient", "action", "status", "diagnostic-code", "remote-mta", "reporting-mta", "arrival-date", "last-attempt-date", "will-retry-until":
			b.WriteString(strings.TrimSpace(line) + "\n")
		}
	}
	if !strings.Contains(strings.ToLower(b.String()), "final-recipient") {
		return ""
	}
	return b.String()
}
