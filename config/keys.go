package config

import (
	"fmt"
	"strings"
)

// inModule is the path of a module's keys in the tables.
const inModule = "modules.<name>."

// schema is every key of one kind of file, in any number of tables. The order in
// the reference is that of the fields, so the order here does not matter.
type schema []map[string]key

// tables are the keys of the exporter's file.
var tables = schema{
	moduleKeys, smtpKeys, dnsblKeys, mailboxKeys, roundTripKeys, sendKeys, fetchKeys,
	tlsKeys(inModule+"smtp.tls", "for each handshake"), tlsKeys(inModule+"mailbox.tls", "for each handshake"),
	tlsKeys(inSend+"tls_config", "for each message"), tlsKeys(inFetch+"tls_config", "for each connection"),
	credentialKeys(inModule), credentialKeys(inSend), credentialKeys(inFetch),
	dnsKeys(inModule), dnsKeys(inRoundTrip),
}

// lookup finds the key of a path such as modules.<name>.expect[].host; of an
// entry of a list or a mapping it gives the key of the whole.
func (s schema) lookup(path string) (key, bool) {
	for _, t := range s {
		if k, ok := t[path]; ok {
			return k, true
		}
		whole, isEntry := strings.CutSuffix(path, "[]")
		if !isEntry {
			whole, isEntry = strings.CutSuffix(path, ".<name>")
		}
		if k, ok := t[whole]; ok && isEntry {
			return k, true
		}
	}
	return key{}, false
}

var moduleKeys = map[string]key{
	"modules": {
		meaning: "The modules by name, added to the built-in ones; a module of a built-in one's name replaces it.",
		rule:    rule{bounds: fmt.Sprintf("names of 1 to %d letters, digits, `_`, `.` and `-`", MaxModuleName)},
	},
	inModule + "prober": {
		meaning: "The kind of probe: `mx` looks at a domain and every MX host of it, `smtp` at one named host; `submission`, `imap` and `pop3` at the servers that a domain's users log in to, or at one named host.",
		unset:   "`mx`, or the built-in module's own",
	},
	inModule + "timeout": {
		meaning: "How long one probe may take, unless Prometheus waits for less.",
		rule:    within(MaxTimeout),
	},
	inModule + "reuse": {
		meaning: "A second probe of the same target within this time is given the first one's result; 0s is never.",
		rule:    upTo(MaxReuse),
	},
	inModule + "success": {
		meaning: "What makes `probe_success` 1: `deliverable` is a verdict of satisfactory or impaired, `satisfactory` that verdict alone.",
	},
	inModule + "addresses": {
		meaning: "Which addresses of a host are talked to.",
	},
	inModule + "allow_networks": {
		meaning: "Networks that may be talked to although they are not public, such as 10.0.0.0/8.",
		unset:   "public addresses only",
		rule:    rule{bounds: "CIDR without host bits, or one address"},
	},
	inModule + "smtp": {meaning: "How a mail server is spoken to."},
	inModule + "share_connections": {
		meaning: "Probes of several domains that want one server address at the same time share one conversation with it: one connection and one handshake, then MAIL, RCPT and RSET for each domain. It serves at most 100 domains, is passed on for one minute, and ends with the ninth refusal; who is left shares a new one.",
	},
	inModule + "recipients": {
		meaning: "The addresses that RCPT may name; nothing is ever sent to them.",
	},
	inModule + "recipients.check": {
		meaning: "Local parts that are tried at the domain; `[]` ends the dialogue after MAIL.",
		unset:   "`[postmaster]` for prober `mx`, else none",
		most:    MaxRecipients,
		rule:    entry(fmt.Sprintf("at most %d, dot-strings of at most %d bytes", MaxRecipients, MaxLocalPart), checkLocalPart),
	},
	inModule + "recipients.allow": {
		meaning: "Patterns of the addresses that a target may name in place of a domain; `*` is any run of characters.",
		unset:   "none",
		rule:    entry(fmt.Sprintf("one @, at most %d bytes", MaxPattern), checkAddressPattern),
	},
	inModule + "recipients.random": {
		meaning: "Also ask each server, at most once a day, whether it takes mail for a mailbox of the domain that cannot exist, and whether backups refuse what primaries do.",
	},
	inModule + "greylisting": {
		meaning: "How a server that asks to come again later is taken: `ok` takes mail, `fail` fails for now.",
	},
	inModule + "checks": {
		meaning: "What is looked at beside the SMTP dialogue; `[]` is nothing. DKIM and block lists have keys of their own.",
		unset:   "all; with prober `smtp` `fcrdns` and `dane`, which need no domain; with those for users none",
	},
	inModule + "dkim_selectors": {
		meaning: "The selectors whose DKIM keys are looked at: nobody can find them out by asking.",
		unset:   "none",
		most:    MaxSelectors,
		rule:    entry(fmt.Sprintf("at most %d, of at most %d bytes", MaxSelectors, MaxSelector), checkSelector),
	},
	inModule + "expect": {
		meaning: "What is right for the hosts that a pattern matches; the first that matches counts.",
		unset:   "every host is to accept mail",
	},
	inModule + "expect[].host": {
		meaning: "The pattern of a host's name; `*` is any run of characters, `.` alone is the host of a null MX.",
		rule:    entry(fmt.Sprintf("needed, at most %d bytes", MaxPattern), checkHostPattern),
	},
	inModule + "expect[].outcome": {
		meaning: "What such a host does with mail when all is well: `tempfail` answers 4yz as spam traps do, `refuse` 5yz, `unreachable` nothing.",
	},
	inModule + "limits": {meaning: "What one probe may take in."},
}
