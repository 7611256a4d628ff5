package main

// here is the matcher of the domain that the dashboard is about.
const here = `instance="$instance"`

// domain is one domain on one page: its servers by preference, where the time
// goes, what they answered, and what the domain publishes.
func domain() dashboard {
	b := newBoard("mx-domain", "Mail: one domain", "One domain: its servers, where the time goes, what they answer, and what the domain publishes.",
		chosen("instance", "Domain", "The domain to look at.", "label_values(mx_verdict, instance)", false),
		chosen("host", "Host", "Mail servers of the domain; all of them, or some.", `label_values(mx_host_preference{instance="$instance"}, host)`, true))
	b.Links = append(b.Links, link{Title: "Report of $instance", Type: "link", URL: "${exporter_url}/report?target=$instance", TargetBlank: true})
	domainNow(b)
	domainServers(b)
	domainTime(b)
	domainTLS(b)
	domainPolicies(b)
	return b.dashboard
}

func domainNow(b *board) {
	v := stat(what{"Verdict", "The verdict of the last look.", "none"}, from("text"), query{`max by (instance) (mx_verdict{verdict="impaired", ` + here + `} or 2 * mx_verdict{verdict="unknown", ` + here + `} or 3 * mx_verdict{verdict="compromised", ` + here + `})`, "verdict"})
	v.FieldConfig.Defaults.Mappings = verdicts()
	b.put(v, 4, 4)
	b.put(stat(what{"Satisfactory, 1 day", "Share of the looks of the last day at which all was as expected.", "percentunit"},
		from(bad, at(.95, notice), at(.99, well)), query{`instance:mx_verdict_satisfactory:avg1d{` + here + `}`, "satisfactory"}), 4, 4)
	b.put(stat(what{"Hosts and addresses", "MX hosts, and addresses of them all.", "none"}, from("blue"),
		query{`mx_hosts{` + here + `}`, "hosts"}, query{`mx_addresses{` + here + `}`, "addresses"}), 4, 4)
	b.put(stat(what{"Certificate left", "Time until the first certificate of any server ends.", "s"},
		from(bad, at(86400, "orange"), at(7*86400, notice), at(21*86400, well)),
		query{`min(address:mx_tls_certificate_not_after_seconds:left{` + here + `})`, "left"}), 4, 4)
	b.put(stat(what{"Probe", "How long the last look took, and how long it may take.", "s"}, from("blue"),
		query{`probe_duration_seconds{` + here + `}`, "took"}, query{`probe_timeout_seconds{` + here + `}`, "may take"}), 4, 4)
	b.put(words(what{"Alerts", "Alerts about this domain that fire now.", "none"},
		query{`ALERTS{alertstate="firing", ` + here + `}`, "{{alertname}} {{host}}"}), 4, 4)
	p := table(what{"Findings", "What was found, worst first; the report says how to mend each.", "none"},
		[]string{"code", "host", "address"}, query{severityNumber(), "Severity"})
	p.column("Severity", colored(severities())...)
	p.hide("instance", "check", "severity")
	p.sorted("Severity", true)
	b.put(p, 12, 8)
	b.put(states(what{"Verdict over time", "When the domain was in which state.", "none"}, verdicts(),
		query{`max by (instance) (mx_verdict{verdict="impaired", ` + here + `} or 2 * mx_verdict{verdict="unknown", ` + here + `} or 3 * mx_verdict{verdict="compromised", ` + here + `})`, "verdict"}), 12, 8)
}

func domainServers(b *board) {
	b.row("Servers")
	p := table(what{"Servers by preference", "The lowest preference is tried first.", "none"}, []string{"host", "role"},
		query{`sum by (host, role) (mx_host_preference{` + here + `})`, "Preference"},
		query{`sum by (host, role) (mx_host_up{` + here + `})`, "Up"},
		query{`sum by (host, role) (host:mx_host_up:avg1d{` + here + `})`, "Up, 1 day"})
	p.column("Up", colored(upOrDown())...)
	p.column("Up, 1 day", unit("percentunit"))
	p.sorted("Preference", false)
	b.put(p, 12, 8)
	b.put(states(what{"Addresses", "Whether each address did as expected of its host.", "none"}, upOrDown(),
		query{`mx_smtp_up{` + here + `, host=~"$host"}`, "{{host}} {{address}} ({{role}})"}), 12, 8)
	codes := states(what{"Reply codes", "What the host answered at each stage, at its worst address: 2xx and 3xx yes, 4xx not now, 5xx no.", "none"}, nil,
		query{`max by (host, stage) (mx_smtp_reply_code{` + here + `, host=~"$host"})`, "{{host}} {{stage}}"})
	codes.FieldConfig.Defaults.Thresholds = from("text", at(200, well), at(400, notice), at(500, bad))
	codes.Options["showValue"] = "auto"
	b.put(codes, 12, 10)
	b.facts(what{"Replies that were not a plain yes", "Class and enhanced code of each.", "none"},
		[]string{"host", "address", "stage", "class", "enhanced"}, query{`mx_smtp_reply_info{` + here + `, host=~"$host", class!="accepted"}`, ""}, 6, 10)
	b.facts(what{"Why it failed", "Stage and reason of conversations that did not go well.", "none"},
		[]string{"host", "address", "stage", "reason"}, query{`mx_smtp_failure_info{` + here + `}`, ""}, 6, 10)
}

// facts puts a table of which the labels are all.
func (b *board) facts(w what, columns []string, q query, width, height int) {
	p := table(w, columns, q)
	p.hide("instance")
	b.put(p, width, height)
}

func domainTime(b *board) {
	b.row("Where the time goes")
	// One query for each, so that they lie on each other in the order of the dialogue.
	var stages []query
	for _, stage := range []string{"queue", "connect", "banner", "ehlo", "starttls", "tls", "ehlo_tls", "mail", "rcpt", "quit"} {
		stages = append(stages, query{`avg(mx_smtp_stage_duration_seconds{` + here + `, host=~"$host", stage="` + stage + `"})`, stage})
	}
	b.put(stacked(what{"Stages", "Time of each stage on top of the one before: from connect to quit. Average over the addresses of the chosen hosts; queue is the wait for our own turn.", "s"}, stages...), 12, 10)
	b.put(lines(what{"Conversations", "From connect to quit, for each address.", "s"},
		query{`mx_smtp_duration_seconds{` + here + `, host=~"$host"}`, "{{host}} {{address}}"}), 12, 10)
	b.put(lines(what{"Now against usual", "Half an hour's average of each stage over the median of the day before: 1 is as always.", "none"},
		query{`max by (host, stage) (stage:mx_smtp_stage_duration_seconds:avg30m{` + here + `, host=~"$host"} / stage:mx_smtp_stage_duration_seconds:median1d)`, "{{host}} {{stage}}"}), 12, 8)
	b.put(lines(what{"First byte of the greeting", "From the end of connect. Much shorter than the whole banner means a tarpit or a greeting that is fed slowly.", "s"},
		query{`mx_smtp_banner_first_byte_seconds{` + here + `, host=~"$host"}`, "{{host}} {{address}}"}), 6, 8)
	b.put(lines(what{"Look-ups", "The slowest look-up of each record type.", "s"},
		query{`mx_dns_lookup_duration_seconds{` + here + `}`, "{{type}}"}), 6, 8)
}

func domainTLS(b *board) {
	b.row("TLS")
	b.put(states(what{"Verified", "Whether the certificate has a path to a trusted root and the host's name (pkix), fits the TLSA records (dane), and whether a sender that honours the MTA-STS policy would deliver (mta_sts).", "none"},
		either("no", bad, "yes", well), query{`mx_tls_verified{` + here + `, host=~"$host"}`, "{{host}} {{address}} {{method}}"}), 12, 8)
	b.put(lines(what{"Certificates", "Time left of the certificates; it jumps up when one is renewed.", "s"},
		query{`address:mx_tls_certificate_not_after_seconds:left{` + here + `, host=~"$host"}`, "{{host}} {{address}}"}), 12, 8)
	b.facts(what{"Protocols", "Version and cipher of each conversation.", "none"},
		[]string{"host", "address", "version", "cipher"}, query{`mx_tls_info{` + here + `, host=~"$host"}`, ""}, 12, 7)
	b.put(states(what{"Offered and established", "TLS that is offered and does not come about keeps some senders out.", "none"}, either("no", notice, "yes", well),
		query{`mx_tls_offered{` + here + `, host=~"$host"}`, "offered {{address}}"},
		query{`mx_tls_established{` + here + `, host=~"$host"}`, "established {{address}}"}), 12, 7)
}

func domainPolicies(b *board) {
	b.row("What the domain publishes")
	b.put(states(what{"Policies", "Status of each over time: none, pass, fail where receivers drop it, error where it could not be told.", "none"}, statuses(),
		query{statusNumber("mx_spf"), "SPF"}, query{statusNumber("mx_dmarc"), "DMARC"},
		query{statusNumber("mx_mta_sts"), "MTA-STS"}, query{statusNumber("mx_tls_rpt"), "TLS-RPT"}), 16, 6)
	b.put(words(what{"What they ask for", "The mode of the MTA-STS policy, the policy of the DMARC record, and the status of the DKIM keys that the module names.", "none"},
		query{`mx_mta_sts_mode{` + here + `} == 1`, "MTA-STS: {{mode}}"}, query{`mx_dmarc_policy{` + here + `} == 1`, "DMARC: {{policy}}"},
		query{`mx_dkim{` + here + `} == 1`, "DKIM {{selector}}: {{status}}"}), 8, 6)
	b.facts(what{"DANE", "Status of the TLSA records of each host.", "none"}, []string{"host", "status"}, query{`mx_dane{` + here + `} == 1`, ""}, 8, 7)
	p := table(what{"MTA-STS", "Whether the policy names each host.", "none"}, []string{"host"}, query{`mx_mta_sts_host_covered{` + here + `}`, "covered"})
	p.hide("instance")
	p.column("covered", colored(either("no", bad, "yes", well))...)
	b.put(p, 8, 7)
	b.facts(what{"Reverse names", "Whether each address has a name in DNS that leads back to it.", "none"},
		[]string{"host", "address", "status"}, query{`mx_fcrdns{` + here + `} == 1`, ""}, 8, 7)
	b.put(stat(what{"SPF look-ups", "DNS look-ups that the SPF record costs a receiver; over 10 it is void.", "none"},
		from(well, at(9, notice), at(11, bad)), query{`mx_spf_lookups{` + here + `}`, "look-ups"}), 4, 6)
	b.put(states(what{"Block lists", "Whether each address is on each list. Gaps: the list could not be asked, or failed its self-test.", "none"},
		either("not listed", well, "listed", bad), query{`mx_dnsbl_listed{` + here + `}`, "{{address}} {{list}} ({{role}})"}), 12, 6)
	b.put(states(what{"Takes what it should not", "Mail for strangers' domains (open relay), and for mailboxes that cannot exist. Only where the module asks.", "none"},
		either("no", well, "yes", bad), query{`mx_smtp_open_relay{` + here + `}`, "relay {{host}} {{address}}"},
		query{`mx_smtp_unknown_recipient_accepted{` + here + `}`, "unknown {{host}} {{address}}"}), 8, 6)
}
