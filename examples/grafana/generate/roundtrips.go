package main

import (
	"strconv"
	"strings"
)

// trip is the matcher of the round trips that the dashboard is about.
const trip = `roundtrip=~"$roundtrip"`

// roundTrips is what became of the messages that the exporter sends itself, and
// what it sees of the doors that users go in by.
func roundTrips() dashboard {
	b := newBoard("mx-roundtrips", "Mail: round trips and mailboxes", "Whether messages arrive, when and as what, and whether users get in where they send and read.",
		chosen("roundtrip", "Round trip", "Round trips; all of them, or some.", "label_values(mx_roundtrip_interval_seconds, roundtrip)", true))
	tripsNow(b)
	delivery(b)
	filters(b)
	returned(b)
	doors(b)
	mailboxes(b)
	return b.dashboard
}

// outcomes are how a run ends, the worst last.
func outcomes() []string {
	return []string{"arrived", "late", "unknown", "unread", "unsent", "refused", "bounced", "lost"}
}

// numbered makes one number of an info metric or a state set: the place of the
// label's value among those given.
func numbered(metric, label string, values []string) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = strconv.Itoa(i) + " * " + metric + "{" + label + `="` + v + `", ` + trip + "}"
	}
	return "max by (roundtrip) (" + strings.Join(parts, " or ") + ")"
}

// named gives the numbers of numbered their words and colours back.
func named(values []string, colors ...string) []mapping {
	m := map[string]shown{}
	for i, v := range values {
		m[strconv.Itoa(i)] = shown{v, colors[i], i}
	}
	return []mapping{{"value", m}}
}

func outcomeColors() []mapping {
	return named(outcomes(), well, notice, untold, "orange", "orange", bad, bad, bad)
}

// tripReport leads from a round trip's name to the exporter's page about it.
func tripReport() property {
	return property{"links", []link{{Title: "Report of the exporter", URL: "${exporter_url}/report?roundtrip=${__value.text}", TargetBlank: true}}}
}

func tripsNow(b *board) {
	b.row("Now")
	p := table(what{"Round trips, worst first", "How the last run of each ended, how long its message took, when one last arrived in time, and how much of the last day went well. Click on a name for its report.", "none"},
		[]string{"roundtrip"},
		query{numbered("mx_roundtrip_outcome", "outcome", outcomes()), "Outcome"},
		query{`max by (roundtrip) (mx_roundtrip_last_delivery_seconds{` + trip + `})`, "Delivery"},
		query{`max by (roundtrip) (time() - mx_roundtrip_last_success_timestamp_seconds{` + trip + `})`, "Last success"},
		query{`min by (roundtrip) (avg_over_time(mx_roundtrip_success{` + trip + `}[1d]))`, "Well, 1 day"},
		query{`max by (roundtrip) (mx_roundtrip_interval_seconds{` + trip + `})`, "Interval"})
	p.column("roundtrip", property{"displayName", "Round trip"}, tripReport(), property{"custom.width", 200})
	p.column("Outcome", colored(outcomeColors())...)
	p.column("Delivery", unit("s"))
	p.column("Last success", unit("s"))
	p.column("Well, 1 day", unit("percentunit"))
	p.column("Interval", unit("s"))
	p.sorted("Outcome", true)
	b.put(p, 12, 12)
	b.put(states(what{"Outcomes over time", "How the last run of each round trip had ended.", "none"}, outcomeColors(),
		query{numbered("mx_roundtrip_outcome", "outcome", outcomes()), "{{roundtrip}}"}), 12, 12)
	folders := []string{"inbox", "other", "junk"}
	b.put(states(what{"Folders over time", "Where the last message lay. Nobody looks into the junk folder.", "none"}, named(folders, well, notice, bad),
		query{numbered("mx_roundtrip_folder_info", "folder", folders), "{{roundtrip}}"}), 24, 8)
}

func delivery(b *board) {
	b.row("Delivery")
	b.put(lines(what{"Time of delivery", "From sending until the message was seen, last message of each round trip.", "s"},
		query{`max by (roundtrip) (mx_roundtrip_last_delivery_seconds{` + trip + `})`, "{{roundtrip}}"}), 12, 8)
	b.put(lines(what{"Time of delivery, over an hour", "Half of the messages, and all but one in twenty, took no longer.", "s"},
		query{`histogram_quantile(0.5, sum by (roundtrip, le) (rate(mx_roundtrip_delivery_duration_seconds_bucket{` + trip + `}[1h]))) >= 0`, "half {{roundtrip}}"},
		query{`histogram_quantile(0.95, sum by (roundtrip, le) (rate(mx_roundtrip_delivery_duration_seconds_bucket{` + trip + `}[1h]))) >= 0`, "95 of 100 {{roundtrip}}"}), 12, 8)
	b.put(lines(what{"Stages", "Sending, waiting, fetching and deleting, in the last run.", "s"},
		query{`max by (roundtrip, stage) (mx_roundtrip_stage_duration_seconds{` + trip + `})`, "{{roundtrip}} {{stage}}"}), 8, 8)
	b.put(lines(what{"Hops", "How long the last message took to each server on its way, by the clocks of those servers.", "s"},
		query{`max by (roundtrip, hop) (mx_roundtrip_hop_delay_seconds{` + trip + `})`, "{{roundtrip}} hop {{hop}}"}), 8, 8)
	b.put(lines(what{"Under way", "Messages that are awaited. One that waits long is on its way to being late.", "none"},
		query{`max by (roundtrip) (mx_roundtrip_pending{` + trip + `})`, "{{roundtrip}}"}), 8, 8)
	b.put(bars(what{"Gone wrong, 1 day", "Messages that were not there in time, those among them that came later, those in the junk folder, and further copies.", "none"}, from(notice),
		query{`sum by (roundtrip) (round(increase(mx_roundtrip_lost_total{` + trip + `}[1d]))) > 0`, "lost {{roundtrip}}"},
		query{`sum by (roundtrip) (round(increase(mx_roundtrip_late_total{` + trip + `}[1d]))) > 0`, "late {{roundtrip}}"},
		query{`sum by (roundtrip) (round(increase(mx_roundtrip_junk_total{` + trip + `}[1d]))) > 0`, "junk {{roundtrip}}"},
		query{`sum by (roundtrip) (round(increase(mx_roundtrip_duplicates_total{` + trip + `}[1d]))) > 0`, "twice {{roundtrip}}"}), 8, 8)
	b.put(states(what{"Each MX host", "With each_mx, whether what the host took arrived in time.", "none"}, either("lost", bad, "arrived", well),
		query{`min by (roundtrip, host) (mx_roundtrip_host_success{` + trip + `})`, "{{host}}"}), 8, 8)
	took := table(what{"Taken by", "The MX host that took the last message.", "none"}, []string{"roundtrip", "host"},
		query{`mx_roundtrip_mx_info{` + trip + `} == 1`, ""})
	took.column("roundtrip", property{"displayName", "Round trip"}, tripReport())
	took.hide("instance")
	b.put(took, 8, 8)
}

func filters(b *board) {
	b.row("What filters did")
	b.put(lines(what{"Spam score", "The score that the receiver's filter gave, and the one from which on it takes a message for spam.", "none"},
		query{`max by (roundtrip, filter) (mx_roundtrip_spam_score{` + trip + `})`, "{{roundtrip}} {{filter}}"},
		query{`max by (roundtrip, filter) (mx_roundtrip_spam_threshold{` + trip + `})`, "spam from: {{roundtrip}} {{filter}}"}), 10, 9)
	p := table(what{"SPF, DKIM, DMARC", "What the receiver found, by the last message's Authentication-Results.", "none"}, []string{"roundtrip", "method", "result"},
		query{`mx_roundtrip_authentication_info{` + trip + `} == 1`, ""})
	p.column("roundtrip", property{"displayName", "Round trip"}, tripReport())
	p.hide("instance")
	b.put(p, 8, 9)
	b.put(states(what{"DKIM signature", "Whether a signature holds for what arrived, as we find it.", "none"}, either("broken", bad, "holds", well),
		query{`min by (roundtrip) (mx_roundtrip_dkim_verified{` + trip + `})`, "{{roundtrip}}"}), 6, 9)
	b.put(states(what{"Attachment", "Whether the harmless attachment arrived as it was sent.", "none"}, either("stripped or changed", bad, "whole", well),
		query{`min by (roundtrip) (mx_roundtrip_attachment_intact{` + trip + `})`, "{{roundtrip}}"}), 8, 6)
	b.put(states(what{"Virus scanner", "Whether the EICAR test file ended as the configuration declares.", "none"}, either("wrong", bad, "as declared", well),
		query{`min by (roundtrip) (mx_roundtrip_eicar_as_declared{` + trip + `})`, "{{roundtrip}}"}), 8, 6)
	v := table(what{"EICAR file", "What became of it.", "none"}, []string{"roundtrip", "outcome"}, query{`mx_roundtrip_eicar_info{` + trip + `} == 1`, ""})
	v.column("roundtrip", property{"displayName", "Round trip"}, tripReport())
	v.hide("instance")
	b.put(v, 8, 6)
}

func returned(b *board) {
	b.row("Refused and returned")
	list := func(title, description, metric string, columns ...string) {
		p := table(what{title, description, "none"}, append([]string{"roundtrip"}, columns...), query{metric + `{` + trip + `} == 1`, ""})
		p.column("roundtrip", property{"displayName", "Round trip"}, tripReport())
		p.hide("instance")
		b.put(p, 8, 7)
	}
	list("Bounces", "The bounce of the last message: its class, and the codes that it quotes.", "mx_roundtrip_bounce_info", "class", "action", "code", "enhanced")
	list("Refusals", "The class of the reply that refused the last message, or delayed it.", "mx_roundtrip_refusal_info", "class")
	list("Why", "The stage and the reason for which the last run did not go well.", "mx_roundtrip_failure_info", "stage", "reason")
}
