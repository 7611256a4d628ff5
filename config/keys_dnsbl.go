package config

import "fmt"

// inList is the path of a block list's keys in the tables.
const inList = "dnsbl_lists.<name>."

var dnsblKeys = map[string]key{
	inModule + "dnsbl": {meaning: "Which block lists are asked, and about whom beside the servers that receive."},
	inModule + "dnsbl.lists": {
		meaning: "The lists that are asked about addresses: names of `dnsbl_lists` or of the lists that come with the program.",
		unset:   "none",
		most:    MaxLists,
		rule:    entry(fmt.Sprintf("with `domain_lists` at most %d", MaxLists), checkWord),
	},
	inModule + "dnsbl.domain_lists": {
		meaning: "The lists that are asked about the domain and its hosts' names.",
		unset:   "none",
		most:    MaxLists,
		rule:    entry(fmt.Sprintf("with `lists` at most %d", MaxLists), checkWord),
	},
	inModule + "dnsbl.senders": {
		meaning: "Addresses that send the domain's mail, which is what lists judge; `spf` stands for those of its SPF record.",
		unset:   "none: the servers that receive alone",
		most:    MaxSenders,
		rule:    entry(fmt.Sprintf("public, at most %d", MaxSenders), checkSending),
	},
	inModule + "dnsbl.servers": {
		meaning: "Resolvers for the lists alone, asked over UDP; most lists refuse public ones.",
		unset:   "those of `dns`",
		rule:    entry(fmt.Sprintf("as `dns.servers`, port %d unless named", DefaultDNSPort), checkServer),
	},
	inModule + "dnsbl.txt": {
		meaning: "Once a list has answered that it lists, ask it for its reason too, for people; it is in no metric.",
	},
	"dnsbl_lists": {
		meaning: "Block lists by name, added to those that come with the program; one of such a list's name begins with what that has.",
		most:    MaxLists,
		rule:    rule{bounds: fmt.Sprintf("at most %d, names of 1 to %d letters, digits, `_` and `-`", MaxLists, MaxWord)},
		names:   checkWord,
	},
	inList + "zone": {
		meaning: "The zone that is asked; give it or `zone_file`.",
		unset:   "none",
		rule:    text(fmt.Sprintf("a domain name of at most %d bytes without a key in it, in use, under one name only", MaxZone), checkZone),
	},
	inList + "zone_file": {
		meaning: "A file that holds the zone, for lists that have a key in it; it is read again at use and never shown.",
		unset:   "none",
		rule:    text("read when the file is loaded", checkPath),
	},
	inList + "codes": {
		meaning: "What the list's answers mean, as `127.0.0.2: spam`; answers are an address, a range `127.0.0.4-127.0.0.7`, a network `127.0.1.0/24`, or `127.0.0.0&8` for one bit of the last byte.",
		unset:   "none: an answer means no more than listed",
		most:    MaxCodes,
		names:   checkCode,
		rule:    entry(fmt.Sprintf("at most %d, meanings of 1 to %d letters, digits, `_` and `-`", MaxCodes, MaxWord), checkWord),
	},
	inList + "ip4": {
		meaning: "The list has IPv4 addresses.",
		unset:   "`true`, with `domains` `false`",
	},
	inList + "ip6": {
		meaning: "The list has IPv6 addresses.",
	},
	inList + "domains": {
		meaning: "The list has names, and may stand in `domain_lists`.",
	},
	inList + "selftest": {
		meaning: "How the list is tested before it is believed: `required` by the entries of RFC 5782, `canary` by one that it must not have, `skip` not at all.",
	},
	inList + "queries_per_second": {
		meaning: "How often the list is asked, over time; what finds no turn within 3 seconds is `unknown`. 0 is as often as there is something to ask.",
		unset:   "0; for a list that comes with the program 5, which the terms of public lists bear",
		rule:    number(0, MaxListRate),
	},
	inList + "policy_url": {
		meaning: "The page where the list says whom it lists, for people.",
		unset:   "none",
		rule:    text("http or https", checkURL),
	},
	inList + "delist_url": {
		meaning: "The page where one asks to be taken off, for people.",
		unset:   "none",
		rule:    text("http or https", checkURL),
	},
}
