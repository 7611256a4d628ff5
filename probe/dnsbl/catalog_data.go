package dnsbl

// The catalogue's data, as of 2026-11. Each list names the pages that its codes,
// families, test entries and terms were taken from. What could not be found
// there was left out; lists that could not be checked were left out as a whole.

// spamhaus is ZEN and DBL. Codes:
// https://docs.spamhaus.com/datasets/docs/source/10-data-type-documentation/datasets/040-zones.html
// (127.0.0.5 to .7 and 127.0.0.8 are there as unused; they are kept so that their
// return would be understood). Errors: https://www.spamhaus.org/returnc/vol/ and
// https://www.spamhaus.org/faqs/dnsbl-usage/. Terms:
// https://www.spamhaus.org/organization/dnsblusage/. Test entry of DBL: dbltest.com,
// on the same FAQ.
func spamhaus() []Entry {
	const note = "Refuses public and large resolvers: ask through one of your own, or take a free DQS key and set zone_file."
	return []Entry{{
		List: List{
			Name: "spamhaus_zen", Zone: must("zen.spamhaus.org"), IP4: true, IP6: true,
			Codes: codes(
				"127.0.0.2", "sbl",
				"127.0.0.3", "css",
				"127.0.0.4-127.0.0.7", "xbl",
				"127.0.0.9", "drop",
				"127.0.0.10", "pbl_isp",
				"127.0.0.11", "pbl",
				"127.0.0.30", "bcl",
			),
			PolicyURL: "https://www.spamhaus.org/blocklists/", DelistURL: "https://check.spamhaus.org/",
		},
		Terms: LowVolume, Note: note,
	}, {
		List: List{
			Name: "spamhaus_dbl", Zone: must("dbl.spamhaus.org"), Domains: true, TestPoint: "dbltest.com",
			Codes: codes(
				"127.0.1.2", "spam",
				"127.0.1.4", "phish",
				"127.0.1.5", "malware",
				"127.0.1.6", "botnet_cc",
				"127.0.1.102", "abused_spam",
				"127.0.1.103", "abused_redirector",
				"127.0.1.104", "abused_phish",
				"127.0.1.105", "abused_malware",
				"127.0.1.106", "abused_botnet_cc",
			),
			Errors:    codes("127.0.1.255", "typo"),
			PolicyURL: "https://www.spamhaus.org/blocklists/domain-blocklist/", DelistURL: "https://check.spamhaus.org/",
		},
		Terms: LowVolume, Note: note,
	}}
}

// addressLists are the other lists of addresses. Sources:
//
//   - spamcop: https://www.spamcop.net/bl.shtml (entries lapse by themselves)
//   - barracuda: http://www.barracudacentral.org/rbl/how-to-use (test entry), registration:
//     https://whatismyipaddress.com/blacklist/barracudacentral
//   - psbl: http://psbl.surriel.com/howto/ ("anybody is free to use PSBL")
//   - dronebl: https://dronebl.org/docs/howtouse (terms); classes as in InspIRCd's and others'
//     tables of https://dronebl.org/classes, of which 1 is "testing" and so no test entry
//   - uceprotect_1: http://whatismyipaddress.com/blacklist-details?dnsbl=dnsbl-1.uceprotect.net
//   - mailspike: https://www.suped.com/blocklists/mailspike-blacklist-bl (terms); codes as in
//     rspamd's conf/modules.d/rbl.conf
//   - s5h: http://www.s5h.net/rblcheck ("fully RFC 5782 compliant"), both families:
//     https://whatismyipaddress.com/blacklist/s5h
//   - nordspam: https://nordspam.com/usage (codes, test entries of both families, terms)
//
// The test entries of spamcop, psbl, mailspike, uceprotect_1, s5h and nordspam were seen to
// answer in checks of September and October 2026 that are published on GitHub.
func addressLists() []Entry {
	spam := codes("127.0.0.2", "spam")
	return []Entry{
		{List{
			Name: "spamcop", Zone: must("bl.spamcop.net"), IP4: true, Codes: spam,
			PolicyURL: "https://www.spamcop.net/bl.shtml", DelistURL: "https://www.spamcop.net/bl.shtml",
		}, Free, "Entries lapse by themselves within a day after the last report."},
		{List{
			Name: "barracuda", Zone: must("b.barracudacentral.org"), IP4: true, Codes: spam,
			PolicyURL: "https://www.barracudacentral.org/rbl", DelistURL: "https://www.barracudacentral.org/rbl/removal-request",
		}, Registration, "Answers only resolvers whose address is registered with Barracuda Central, at no cost."},
		{List{
			Name: "psbl", Zone: must("psbl.surriel.com"), IP4: true, Codes: spam,
			PolicyURL: "https://psbl.org/usage/", DelistURL: "https://psbl.org/remove",
		}, Free, ""},
		{List{
			Name: "dronebl", Zone: must("dnsbl.dronebl.org"), IP4: true, SelfTest: Canary, Codes: codes(
				"127.0.0.2", "sample",
				"127.0.0.3", "irc_drone",
				"127.0.0.5", "bottler",
				"127.0.0.6", "spambot",
				"127.0.0.7", "ddos_drone",
				"127.0.0.8", "socks_proxy",
				"127.0.0.9", "http_proxy",
				"127.0.0.10", "proxy_chain",
				"127.0.0.11", "web_proxy",
				"127.0.0.12", "open_resolver",
				"127.0.0.13", "brute_force",
				"127.0.0.14", "wingate_proxy",
				"127.0.0.15", "compromised_router",
				"127.0.0.16", "autorooting_worm",
				"127.0.0.17", "botnet",
			),
			PolicyURL: "https://dronebl.org/docs/howtouse", DelistURL: "https://dronebl.org/lookup",
		}, Free, "Lists abused machines of all kinds; few mail servers use it."},
		{List{
			Name: "uceprotect_1", Zone: must("dnsbl-1.uceprotect.net"), IP4: true, Codes: spam,
			PolicyURL: "https://www.uceprotect.net/en/", DelistURL: "https://www.uceprotect.net/en/rblcheck.php",
		}, Free, "Single addresses only; entries lapse after seven days. Levels 2 and 3 list whole providers and are left out."},
		{List{
			Name: "mailspike", Zone: must("bl.mailspike.net"), IP4: true, Codes: codes(
				"127.0.0.2", "spam_wave",
				"127.0.0.10", "reputation_worst",
				"127.0.0.11", "reputation_very_bad",
				"127.0.0.12", "reputation_bad",
			),
			PolicyURL: "https://mailspike.io/ip_verify/usage", DelistURL: "https://mailspike.io/ip_verify",
		}, LowVolume, "Below 100,000 messages and 100,000 questions a day."},
		{List{
			Name: "s5h", Zone: must("all.s5h.net"), IP4: true, IP6: true, Codes: spam,
			PolicyURL: "https://www.usenix.org.uk/content/rbl.html", DelistURL: "https://www.usenix.org.uk/content/rblremove",
		}, Free, ""},
		{List{
			Name: "nordspam", Zone: must("bl.nordspam.com"), IP4: true, IP6: true, Codes: spam,
			PolicyURL: "https://nordspam.com/usage", DelistURL: "https://www.nordspam.com/delist/",
		}, LowVolume, "Below 10,000 questions a day."},
	}
}

// domainLists are the other lists of domains. Sources:
//
//   - surbl: bits as on https://www.surbl.org/lists (multi.surbl.org), 127.0.0.1 refuses; terms
//     http://www.surbl.org/usage-policy.html; test entry test.surbl.org
//   - uribl: https://uribl.com/refused.shtml (bit 1 refuses), https://www.uribl.com/about.shtml
//     (the sublists, low volume); test entry test.uribl.com, which answers 127.0.0.14
//   - nordspam_dbl: https://nordspam.com/usage
func domainLists() []Entry {
	return []Entry{
		{List{
			Name: "surbl", Zone: must("multi.surbl.org"), Domains: true, TestPoint: "test.surbl.org",
			Codes: codes(
				"127.0.0.0&8", "phish",
				"127.0.0.0&16", "malware",
				"127.0.0.0&64", "abuse",
				"127.0.0.0&128", "cracked",
			),
			PolicyURL: "https://www.surbl.org/usage-policy", DelistURL: "https://www.surbl.org/surbl-analysis",
		}, LowVolume, "Lists the domains of links in mail. For organisations of fewer than 1,000 users."},
		{List{
			Name: "uribl", Zone: must("multi.uribl.com"), Domains: true, TestPoint: "test.uribl.com",
			Codes: codes(
				"127.0.0.0&2", "black",
				"127.0.0.0&4", "grey",
				"127.0.0.0&8", "red",
			),
			Errors:    codes("127.0.0.0&1", "refused"),
			PolicyURL: "https://www.uribl.com/usage.shtml", DelistURL: "https://admin.uribl.com/",
		}, LowVolume, "Lists the domains of links in mail. Refuses public resolvers."},
		{List{
			Name: "nordspam_dbl", Zone: must("dbl.nordspam.com"), Domains: true, Codes: codes("127.0.0.2", "spam"),
			PolicyURL: "https://nordspam.com/usage", DelistURL: "https://www.nordspam.com/delist/",
		}, LowVolume, "Below 10,000 questions a day."},
	}
}

// must is ParseZone for the zones above; a test reads them all.
func must(s string) Zone { z, _ := ParseZone(s); return z }

// codes is ParseCodes for the codes above, key and meaning in turn; a test
// counts them.
func codes(rows ...string) Codes {
	table := map[string]string{}
	for i := 0; i+1 < len(rows); i += 2 {
		table[rows[i]] = rows[i+1]
	}
	cs, _ := ParseCodes(table)
	return cs
}
