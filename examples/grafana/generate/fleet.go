package main

// fleet is all domains on one page: what needs somebody now, worst first.
func fleet() dashboard {
	b := newBoard("mx-fleet", "Mail: all domains", "Verdicts of all domains that the exporter watches, worst first, and what is behind them.")
	fleetNow(b)
	fleetDomains(b)
	fleetServers(b)
	fleetSlowly(b)
	return b.dashboard
}

func fleetNow(b *board) {
	count := func(verdict, color, description string) {
		t := from("green", at(1, color))
		if verdict == "satisfactory" {
			t = from(well)
		}
		b.put(stat(what{verdict, description, "none"}, t, query{`sum(mx_verdict{verdict="` + verdict + `"})`, verdict}), 4, 4)
	}
	count("compromised", bad, "Domains to which a sender that does everything right cannot deliver now.")
	count("unknown", untold, "Domains about which nothing can be told, because the fault is on our side.")
	count("impaired", notice, "Domains that get their mail, where something is not as expected.")
	count("satisfactory", well, "Domains where all is as expected.")
	b.put(stat(what{"Backups down", "Backup mail servers that do not do as expected. Nobody else notices them.", "none"},
		from(well, at(1, bad)), query{`count(mx_host_up{role="backup"} == 0)`, "down"}), 4, 4)
	alerts := stat(what{"Alerts", "Alerts that fire now, by severity.", "none"},
		from(well, at(1, notice)), query{`count by (severity) (ALERTS{alertstate="firing", alertname=~"MX.*"})`, "{{severity}}"})
	alerts.as(severityColors())
	b.put(alerts, 4, 4)
}

func fleetDomains(b *board) {
	b.row("Domains")
	p := table(what{"Domains, worst first", "Every domain with its verdict, how many of its hosts are down, how much of the last day was satisfactory, and the days left of its earliest certificate. Click on a name for its dashboard or its report.", "none"},
		[]string{"instance"},
		query{verdictNumber, "Verdict"},
		query{`count by (instance) (mx_host_up == 0)`, "Hosts down"},
		query{`max by (instance) (instance:mx_verdict_satisfactory:avg1d)`, "Satisfactory, 1 day"},
		query{`min by (instance) (address:mx_tls_certificate_not_after_seconds:left)`, "Certificate left"},
		query{`max by (instance) (probe_duration_seconds and on (job, exporter, instance, module) mx_records or probe_duration_seconds and on (job, exporter, instance, module) mx_failure_info)`, "Probe"})
	p.column("instance", property{"displayName", "Domain"}, drill(), property{"custom.width", 260})
	p.column("Verdict", colored(verdicts())...)
	p.column("Satisfactory, 1 day", unit("percentunit"))
	p.column("Certificate left", unit("s"))
	p.column("Probe", unit("s"))
	p.sorted("Verdict", true)
	b.put(p, 14, 14)
	line := states(what{"Verdicts over time", "When each domain was in which state.", "none"}, verdicts(), query{verdictNumber, "{{instance}}"})
	line.FieldConfig.Defaults.Links = []link{{Title: "Dashboard", URL: "/d/mx-domain?var-instance=${__field.labels.instance}&${datasource:queryparam}&${__url_time_range}"}}
	b.put(line, 10, 14)
	many := stacked(what{"Domains by verdict", "How many domains were in each state.", "none"},
		query{`sum by (verdict) (verdict:mx_verdict:sum)`, "{{verdict}}"})
	many.as(verdictColors())
	b.put(many, 24, 7)
}

func fleetServers(b *board) {
	b.row("Servers")
	p := table(what{"Hosts that are down", "Mail servers of which no address does as expected.", "none"},
		[]string{"instance", "host", "role"}, query{`mx_host_up == 0`, ""})
	p.column("instance", property{"displayName", "Domain"}, drill())
	b.put(p, 12, 9)
	q := table(what{"Why", "The stage at which conversations end, and the reason. An empty address means that the host has none that could be asked.", "none"},
		[]string{"instance", "host", "address", "stage", "reason"}, query{`mx_smtp_failure_info == 1`, ""})
	q.column("instance", property{"displayName", "Domain"}, drill())
	b.put(q, 12, 9)
	b.put(bars(what{"Reasons", "How many addresses fail for which reason.", "none"}, from(notice),
		query{`sort_desc(count by (reason) (mx_smtp_failure_info))`, "{{reason}}"}), 12, 8)
	b.put(bars(what{"Findings", "Findings that are more than a note, by how many domains have them.", "none"}, from(notice),
		query{`sort_desc(topk(20, count by (code, severity) (count by (instance, code, severity) (mx_finding{severity!="info"}))))`, "{{code}} ({{severity}})"}), 12, 8)
}

func fleetSlowly(b *board) {
	b.row("Soon, and slowly")
	b.put(bars(what{"Certificates that end next", "Time left of the certificates that servers show.", "s"},
		from(bad, at(86400, "orange"), at(7*86400, notice), at(21*86400, well)),
		query{`sort(bottomk(20, min by (instance, host) (address:mx_tls_certificate_not_after_seconds:left)))`, "{{host}}"}), 12, 9)
	b.put(bars(what{"Slowest stages", "Average of half an hour, without the wait for our own turn.", "s"}, from(well, at(5, notice), at(15, bad)),
		query{`sort_desc(topk(20, max by (instance, host, stage) (stage:mx_smtp_stage_duration_seconds:avg30m)))`, "{{host}} {{stage}}"}), 12, 9)
	b.put(bars(what{"Hosts that fail now and then", "Share of the last day in which a host did as expected, where that was neither always nor never.", "percentunit"},
		from(bad, at(.95, notice), at(.99, well)), query{`sort(bottomk(20, host:mx_host_up:avg1d < 1 > 0))`, "{{host}} ({{role}})"}), 12, 8)
	b.put(lines(what{"Slow look-ups", "The slowest look-up of each record type, over all domains.", "s"},
		query{`max by (type) (mx_dns_lookup_duration_seconds)`, "{{type}}"}), 12, 8)
}
