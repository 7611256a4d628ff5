package config

import "fmt"

// dnsKeys are the keys of resolvers, which modules and round trips have alike.
func dnsKeys(section string) map[string]key {
	return map[string]key{
		section + "dns": {meaning: "How names are resolved."},
		section + "dns.servers": {
			meaning: "The resolvers, as address, address:port or [IPv6]:port; a name cannot be resolved before there is a resolver.",
			unset:   "those of resolv.conf",
			rule:    entry(fmt.Sprintf("port %d, with transport `tls` %d, unless named", DefaultDNSPort, DefaultDoTPort), checkServer),
		},
		section + "dns.transport": {
			meaning: "How a resolver is spoken to; `udp` asks again over TCP where an answer is truncated.",
		},
		section + "dns.tls_server_name": {
			meaning: "The name in the resolvers' certificate, with transport `tls`.",
			unset:   "each resolver's own name or address",
			rule:    text("a host name or an address", checkHost),
		},
		section + "dns.ca_file": {
			meaning: "The certificate authorities for transport `tls`, as PEM.",
			unset:   "the system's",
			rule:    text("read when the file is loaded", checkPath),
		},
		section + "dns.timeout": {
			meaning: "How long one server may take for one query.",
			rule:    within(MaxDNSTimeout),
		},
		section + "dns.tries": {
			meaning: "How many queries one question is worth, over all servers.",
			rule:    number(1, MaxDNSTries),
		},
		section + "dns.trust_ad": {
			meaning: "Believe a resolver beyond this machine that says, without TLS, that an answer is signed (AD); DANE rests on it.",
		},
	}
}
