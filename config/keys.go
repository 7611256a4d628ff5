package config

import "fmt"

// inModule is the path of a module's keys in the tables.
const inModule = "modules.<name>."

// tables hold every key there is. The order in the reference is that of the
// fields, so the order here does not matter.
var tables = [...]map[string]key{moduleKeys, smtpKeys}

// lookup finds the key of a path such as modules.<name>.expect[].host; of a
// list's entry it gives the key of the list.
func lookup(path string) (key, bool) {
	for _, t := range tables {
		if k, ok := t[path]; ok {
			return k, true
		}
		if n := len(path) - len("[]"); n > 0 && path[n:] == "[]" {
			if k, ok := t[path[:n]]; ok {
				return k, true
			}
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
		meaning: "The kind of probe: `mx` looks at a domain and every MX host of it, `smtp` at one named host.",
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
	inModule + "dns": {meaning: "How names are resolved."},
	inModule + "dns.servers": {
		meaning: "The resolvers, as host, host:port or [IPv6]:port.",
		unset:   "those of resolv.conf",
		rule:    entry(fmt.Sprintf("port %d, with transport `tls` %d, unless named", DefaultDNSPort, DefaultDoTPort), checkServer),
	},
	inModule + "dns.transport": {
		meaning: "How a resolver is spoken to; `udp` asks again over TCP where an answer is truncated.",
	},
	inModule + "dns.tls_server_name": {
		meaning: "The name in the resolvers' certificate, with transport `tls`.",
		unset:   "each resolver's own name or address",
		rule:    text("a host name or an address", checkHost),
	},
	inModule + "dns.ca_file": {
		meaning: "The certificate authorities for transport `tls`, as PEM.",
		unset:   "the system's",
		rule:    text("read when the file is loaded", checkPath),
	},
	inModule + "dns.timeout": {
		meaning: "How long one server may take for one query.",
		rule:    within(MaxDNSTimeout),
	},
	inModule + "dns.tries": {
		meaning: "How many queries one question is worth, over all servers.",
		rule:    number(1, MaxDNSTries),
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
