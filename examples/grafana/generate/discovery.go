package main

// found is the matcher of the mx_sd that the dashboard is about.
const found = `instance=~"$sd"`

// discovery is what mx_sd finds to be watched, how old that is, and what it says of
// the websites that it reads.
func discovery() dashboard {
	b := newBoard("mx-discovery", "Mail: what is found", "What mx_sd finds to be watched, how old it is, and what it says of websites.",
		chosen("sd", "mx_sd", "Programs mx_sd; all of them, or some.", "label_values(mx_sd_build_info, instance)", true))
	b.Annotations.List[0].Expr = `ALERTS{alertstate="firing", alertname=~"MXDiscovery.*|MXAddresses.*|MXCrawl.*|MXPDF.*"}`
	refreshes(b)
	websites(b)
	finder(b)
	return b.dashboard
}

func refreshes(b *board) {
	b.row("What is found")
	b.put(stat(what{"Domains", "Domains of each set.", "none"}, from("blue"), query{`mx_sd_domains{` + found + `}`, "{{set}}"}), 6, 4)
	b.put(stat(what{"Servers", "Mail servers behind each set, each once.", "none"}, from("blue"), query{`mx_sd_servers{` + found + `}`, "{{set}}"}), 6, 4)
	b.put(stat(what{"Look-ups failed", "Domains that could not be looked up for a reason that says nothing of them; their servers stay.", "none"}, from(well, at(1, notice)),
		query{`mx_sd_domains_failed{` + found + `}`, "{{set}}"}), 6, 4)
	b.put(stat(what{"Broken addresses", "Addresses on each website that nobody can write to.", "none"}, from(well, at(1, notice)),
		query{`mx_crawl_addresses{state="broken", ` + found + `}`, "{{site}}"}), 6, 4)
	p := table(what{"Refreshes", "How old what is served is. It should be less than the interval and a bit.", "none"}, []string{"kind", "name"},
		query{`mx_sd_refresh_successful{` + found + `}`, "last refresh"}, query{`mx_sd_result_age_seconds{` + found + `}`, "age"},
		query{`mx_sd_refresh_interval_seconds{` + found + `}`, "interval"}, query{`mx_sd_refresh_duration_seconds{` + found + `}`, "took"},
		query{`mx_sd_refresh_failures_total{` + found + `}`, "failures"})
	p.column("last refresh", colored(either("failed", bad, "good", well))...)
	for _, name := range []string{"age", "interval", "took"} {
		p.column(name, unit("s"))
	}
	p.sorted("age", true)
	b.put(p, 12, 9)
	b.put(lines(what{"Domains and servers", "A line that falls without anybody's doing is a list that was cut off, or a website that shows nothing.", "none"},
		query{`mx_sd_domains{` + found + `}`, "domains of {{set}}"}, query{`mx_sd_servers{` + found + `}`, "servers of {{set}}"}), 12, 9)
}

func websites(b *board) {
	b.row("Websites")
	p := table(what{"Websites", "What the last crawl of each read. Cut means that a limit left something out.", "none"}, []string{"site"},
		query{`mx_crawl_pages{` + found + `}`, "pages"}, query{`mx_crawl_pages_unread{` + found + `}`, "not read"},
		query{`mx_pdf_parse_errors{` + found + `}`, "PDFs not read"}, query{`mx_crawl_domains{` + found + `}`, "domains"},
		query{`mx_crawl_bytes{` + found + `}`, "size"}, query{`mx_crawl_truncated{` + found + `}`, "cut"})
	p.column("cut", colored(either("no", well, "yes", notice))...)
	p.column("size", unit("bytes"))
	b.put(p, 12, 9)
	b.put(lines(what{"Addresses", "Distinct addresses on each website.", "none"}, query{`mx_crawl_addresses{` + found + `}`, "{{state}}, {{site}}"}), 12, 9)
	b.put(lines(what{"Not as expected", "Addresses that expect_addresses names and that are missing, and those beside them, where a site has that key.", "none"},
		query{`mx_crawl_addresses_missing{` + found + `}`, "missing on {{site}}"}, query{`mx_crawl_addresses_unexpected{` + found + `}`, "unexpected on {{site}}"}), 24, 7)
}

func finder(b *board) {
	b.row("The program")
	up := stat(what{"Answers", "Whether Prometheus can read its metrics.", "none"}, from("text"), query{`up{job="mx_sd", ` + found + `}`, "{{instance}}"})
	up.FieldConfig.Defaults.Mappings = upOrDown()
	b.put(up, 6, 4)
	read := stat(what{"Configuration read", "Whether the last reload succeeded; if not, the older configuration is in use.", "none"}, from("text"),
		query{`mx_sd_config_last_reload_successful{` + found + `}`, "{{instance}}"})
	read.FieldConfig.Defaults.Mappings = either("failed", bad, "read", well)
	b.put(read, 6, 4)
	b.put(words(what{"Version", "What runs.", "none"}, query{`mx_sd_build_info{` + found + `}`, "{{version}} {{goversion}}"}), 6, 4)
	b.put(stat(what{"Memory", "What it holds, without the children that read PDFs.", "bytes"}, from("blue"), query{`process_resident_memory_bytes{job="mx_sd", ` + found + `}`, "{{instance}}"}), 6, 4)
}
