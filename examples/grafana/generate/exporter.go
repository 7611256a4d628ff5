package main

// its is the matcher of the exporter that the dashboard is about.
const its = `instance=~"$exporter"`

// exporter is the exporter's own health: whether what it says can be believed,
// and whether it has room.
func exporter() dashboard {
	b := newBoard("mx-exporter", "Mail: the exporter", "Whether what the exporter says can be believed, and whether it has room.",
		chosen("exporter", "Exporter", "Exporters; all of them, or some.", "label_values(mx_exporter_build_info, instance)", true))
	believe(b)
	room(b)
	names(b)
	process(b)
	return b.dashboard
}

func believe(b *board) {
	b.row("Can it be believed")
	yes := func(title, description, expr, legend string, zero, one string) {
		p := stat(what{title, description, "none"}, from("text"), query{expr, legend})
		p.FieldConfig.Defaults.Mappings = either(zero, bad, one, well)
		b.put(p, 4, 4)
	}
	no := func(title, description, expr, legend string) {
		p := stat(what{title, description, "none"}, from("text"), query{expr, legend})
		p.FieldConfig.Defaults.Mappings = either("no", well, "yes", bad)
		b.put(p, 4, 4)
	}
	yes("Answers", "Whether Prometheus can read its metrics.", `up{job="mx_exporter", `+its+`}`, "{{instance}}", "down", "up")
	yes("Resolvers answer", "Whether each resolver that modules ask answers.", `mx_exporter_resolver_up{`+its+`}`, "{{resolver}}", "down", "up")
	yes("Resolvers are honest", "Whether each denies names that do not exist.", `mx_exporter_resolver_honest{`+its+`}`, "{{resolver}}", "lies", "honest")
	no("Way out blocked", "Whether every connection to a port is lost in silence.", `mx_exporter_egress_suspect{`+its+`}`, "port {{port}}")
	no("Clock suspect", "Whether the clock cannot be right.", `mx_exporter_clock_suspect{`+its+`}`, "{{instance}}")
	yes("EHLO name is known", "Whether the names that modules announce have an address.", `mx_exporter_ehlo_name_resolves{`+its+`}`, "{{name}}", "no", "yes")
	no("Own address listed", "Whether block lists have an address that the exporter speaks from; servers that use them refuse its probes.", `mx_exporter_self_dnsbl_listed{`+its+`}`, "{{address}} {{list}}")
	p := stat(what{"Own name in DNS", "Whether an address that the exporter speaks from has a name that leads back to it.", "none"}, from("text"),
		query{`max by (address) (0 * mx_exporter_self_fcrdns{status="none", ` + its + `} or mx_exporter_self_fcrdns{status="pass", ` + its + `} or 2 * mx_exporter_self_fcrdns{status="error", ` + its + `} or 3 * mx_exporter_self_fcrdns{status="fail", ` + its + `})`, "{{address}}"})
	p.FieldConfig.Defaults.Mappings = []mapping{{"value", map[string]shown{
		"0": {"has none", bad, 0}, "1": {"right", well, 1}, "2": {"could not be told", untold, 2}, "3": {"leads elsewhere", bad, 3},
	}}}
	b.put(p, 4, 4)
	yes("EHLO name is its own", "Whether the names that modules announce have the address that the exporter speaks from.", `mx_exporter_self_ehlo_name_matches{`+its+`}`, "{{name}} {{address}}", "no", "yes")
	yes("Configuration read", "Whether the last reload succeeded; if not, the older configuration is in use.", `mx_exporter_config_last_reload_successful{`+its+`}`, "{{instance}}", "failed", "read")
	b.put(stat(what{"Configuration from", "When the configuration in use was read.", "dateTimeFromNow"}, from("blue"),
		query{`mx_exporter_config_last_reload_success_timestamp_seconds{` + its + `} * 1000`, "{{instance}}"}), 4, 4)
	b.put(words(what{"Version", "What runs.", "none"}, query{`mx_exporter_build_info{` + its + `}`, "{{version}} {{goversion}}"}), 4, 4)
	b.put(stat(what{"Configuration", "A hash of the file in use; two exporters that should be alike show one.", "none"}, from("blue"),
		query{`mx_exporter_config_hash{` + its + `}`, "{{instance}}"}), 8, 4)
	b.put(stat(what{"Faults contained, 1 day", "Panics that were contained; the log has their stacks.", "none"}, from(well, at(1, bad)),
		query{`round(increase(mx_exporter_panics_total{` + its + `}[1d]))`, "{{instance}}"}), 8, 4)
	b.put(stat(what{"Wrong requests, 1 day", "Requests for modules that do not exist, and time-out headers that are no number.", "none"}, from(well, at(1, notice)),
		query{`round(increase(mx_exporter_module_unknown_total{` + its + `}[1d]))`, "module"},
		query{`round(increase(mx_exporter_timeout_header_invalid_total{` + its + `}[1d]))`, "time-out"}), 8, 4)
}

func room(b *board) {
	b.row("Probes and room")
	probes := stacked(what{"Probes", "Probes that ended, by verdict, or why they have none.", "reqps"},
		query{`sum by (outcome) (rate(mx_exporter_probes_total{` + its + `}[$__rate_interval])) > 0`, "{{outcome}}"})
	probes.as(verdictColors())
	b.put(probes, 12, 8)
	b.put(lines(what{"Turns", "Probes that run, that wait, and how many may run at once.", "none"},
		query{`mx_exporter_probes_in_flight{` + its + `}`, "run {{instance}}"}, query{`mx_exporter_probes_waiting{` + its + `}`, "wait {{instance}}"},
		query{`mx_exporter_probe_slots{` + its + `}`, "turns {{instance}}"}), 12, 8)
	b.put(lines(what{"Duration of probes", "Half of the probes, and all but one in twenty, were done in this time.", "s"},
		query{`histogram_quantile(0.5, sum by (le) (rate(mx_exporter_probe_duration_seconds_bucket{` + its + `}[$__rate_interval])))`, "half"},
		query{`histogram_quantile(0.95, sum by (le) (rate(mx_exporter_probe_duration_seconds_bucket{` + its + `}[$__rate_interval])))`, "95 of 100"}), 8, 8)
	b.put(lines(what{"Wait for a turn", "All but one in twenty waited no longer than this.", "s"},
		query{`histogram_quantile(0.95, sum by (le) (rate(mx_exporter_probe_queue_duration_seconds_bucket{` + its + `}[$__rate_interval])))`, "95 of 100"}), 8, 8)
	b.put(lines(what{"Turned away", "Requests that were not answered as asked. 503 is want of room, 400 a wrong request.", "reqps"},
		query{`sum by (code, reason) (rate(mx_exporter_requests_rejected_total{` + its + `}[$__rate_interval])) > 0`, "{{code}} {{reason}}"}), 8, 8)
	b.put(lines(what{"Saved", "Requests answered by a probe that was under way, or by an earlier one.", "reqps"},
		query{`sum(rate(mx_exporter_probes_shared_total{` + its + `}[$__rate_interval]))`, "shared"},
		query{`sum(rate(mx_exporter_probes_reused_total{` + its + `}[$__rate_interval]))`, "reused"}), 8, 7)
	b.put(lines(what{"HTTP connections", "Connections to the exporter, and how many there may be.", "none"},
		query{`mx_exporter_connections{` + its + `}`, "open {{instance}}"}, query{`mx_exporter_connections_limit{` + its + `}`, "limit {{instance}}"}), 8, 7)
	b.put(lines(what{"SMTP", "Connections to mail servers that stand, and those tried in a second.", "none"},
		query{`mx_exporter_smtp_connections{` + its + `}`, "open {{instance}}"},
		query{`rate(mx_exporter_smtp_connections_total{` + its + `}[$__rate_interval])`, "tried {{instance}}"}), 8, 7)
}

func names(b *board) {
	b.row("DNS")
	b.put(stacked(what{"Questions", "Questions to resolvers by how they ended.", "reqps"},
		query{`sum by (result) (rate(mx_exporter_dns_questions_total{` + its + `}[$__rate_interval]))`, "{{result}}"}), 8, 8)
	b.put(lines(what{"From memory", "Questions that were answered without asking, and those that waited for the same question of another probe.", "reqps"},
		query{`sum(rate(mx_exporter_dns_cache_hits_total{` + its + `}[$__rate_interval]))`, "from memory"},
		query{`sum(rate(mx_exporter_dns_questions_shared_total{` + its + `}[$__rate_interval]))`, "shared"}), 8, 8)
	b.put(lines(what{"Trouble", "Queries that were repeated, answers that were cut, and messages that answered nothing.", "reqps"},
		query{`sum(rate(mx_exporter_dns_queries_repeated_total{` + its + `}[$__rate_interval]))`, "repeated"},
		query{`sum(rate(mx_exporter_dns_answers_truncated_total{` + its + `}[$__rate_interval]))`, "cut"},
		query{`sum(rate(mx_exporter_dns_messages_dropped_total{` + its + `}[$__rate_interval]))`, "dropped"}), 8, 8)
}

func process(b *board) {
	b.row("The process")
	b.put(lines(what{"Memory", "Resident memory.", "bytes"}, query{`process_resident_memory_bytes{job="mx_exporter", ` + its + `}`, "{{instance}}"}), 6, 7)
	b.put(lines(what{"Processor", "Processors in use.", "none"}, query{`rate(process_cpu_seconds_total{job="mx_exporter", ` + its + `}[$__rate_interval])`, "{{instance}}"}), 6, 7)
	b.put(lines(what{"File descriptors", "Open, and how many there may be. Each conversation needs one.", "none"},
		query{`process_open_fds{job="mx_exporter", ` + its + `}`, "open {{instance}}"}, query{`process_max_fds{job="mx_exporter", ` + its + `}`, "limit {{instance}}"}), 6, 7)
	b.put(lines(what{"Goroutines", "A number that only grows is a leak.", "none"}, query{`go_goroutines{job="mx_exporter", ` + its + `}`, "{{instance}}"}), 6, 7)
}
