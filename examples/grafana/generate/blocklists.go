package main

// blocklists is what block lists say of all addresses, and whether the lists
// themselves can be believed.
func blocklists() dashboard {
	b := newBoard("mx-blocklists", "Mail: block lists", "What block lists say of servers and names, week by week, and which lists can be believed.",
		chosen("list", "List", "Block lists; all of them, or some.", "label_values(mx_dnsbl_list_healthy, list)", true))
	b.put(stat(what{"Addresses listed", "Addresses that are on at least one list.", "none"}, from(well, at(1, bad)),
		query{`count(count by (address) (mx_dnsbl_listed{list=~"$list"} == 1))`, "addresses"}), 6, 4)
	b.put(stat(what{"Names listed", "Domains that are on at least one list of names.", "none"}, from(well, at(1, bad)),
		query{`count(count by (domain) (mx_dnsbl_domain_listed{list=~"$list"} == 1))`, "names"}), 6, 4)
	b.put(stat(what{"Lists that fail", "Lists that fail their self-test: what they say is not used.", "none"}, from(well, at(1, notice)),
		query{`count(min by (list) (mx_dnsbl_list_healthy{list=~"$list"}) == 0)`, "lists"}), 6, 4)
	b.put(stat(what{"Lists that do not answer", "Lists that could not be asked this time, or do not want us.", "none"}, from(well, at(1, notice)),
		query{`count(count by (list) (mx_dnsbl_error{list=~"$list"}))`, "lists"}), 6, 4)
	listed(b)
	weeks(b)
	health(b)
	return b.dashboard
}

func listed(b *board) {
	b.row("Listed now")
	p := table(what{"Addresses", "Each address with each list that has it.", "none"}, []string{"instance", "address", "role", "list"},
		query{`mx_dnsbl_listed{list=~"$list"} == 1`, ""})
	p.column("instance", property{"displayName", "Domain"}, drill())
	b.put(p, 12, 8)
	b.put(table(what{"What the lists mean", "The codes that lists returned, and what they stand for.", "none"},
		[]string{"address", "list", "code", "meaning"}, query{`mx_dnsbl_code{list=~"$list"}`, ""}), 12, 8)
	b.put(states(what{"Addresses over time", "When each address was on each list.", "none"}, either("not listed", well, "listed", bad),
		query{`max by (address, list) (mx_dnsbl_listed{list=~"$list"})`, "{{address}} {{list}}"}), 24, 9)
}

func weeks(b *board) {
	b.row("Week by week")
	b.put(lines(what{"Addresses on lists", "Addresses on at least one list, now and a week before.", "none"},
		query{`count(count by (address) (mx_dnsbl_listed{list=~"$list"} == 1))`, "now"},
		query{`count(count by (address) (mx_dnsbl_listed{list=~"$list"} offset 7d == 1))`, "a week before"}), 12, 8)
	b.put(bars(what{"Share of the week", "How much of the last seven days an address spent on each list, and of the seven days before.", "percentunit"},
		from(well, at(.01, notice), at(.5, bad)),
		query{`topk(20, max by (address, list) (avg_over_time(mx_dnsbl_listed{list=~"$list"}[7d])) > 0)`, "{{address}} {{list}}"},
		query{`topk(20, max by (address, list) (avg_over_time(mx_dnsbl_listed{list=~"$list"}[7d] offset 7d)) > 0)`, "{{address}} {{list}}, the week before"}), 12, 8)
	b.put(lines(what{"Lists for each address", "How many lists have an address; those that work on their own seldom agree by chance.", "none"},
		query{`max by (address) (address:mx_dnsbl_listed:sum)`, "{{address}}"}), 24, 7)
}

func health(b *board) {
	b.row("The lists themselves")
	b.put(states(what{"Self-test", "Whether each list passes the test of RFC 5782 section 5: it has its test entry, and lists nothing that it must not.", "none"},
		either("fails", bad, "passes", well), query{`min by (list) (mx_dnsbl_list_healthy{list=~"$list"})`, "{{list}}"}), 12, 8)
	b.put(lines(what{"Time to answer", "The slowest look-up at each list within a quarter of an hour, of those that were not answered from memory.", "s"},
		query{`max by (list) (max_over_time(mx_dnsbl_lookup_duration_seconds{list=~"$list"}[15m]))`, "{{list}}"}), 12, 8)
	b.put(table(what{"Errors", "Why lists gave no usable answer, and for how many domains.", "none"}, []string{"list", "reason"},
		query{`count by (list, reason) (mx_dnsbl_error{list=~"$list"})`, "domains"}), 24, 7)
}
