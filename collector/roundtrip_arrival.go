package collector

import (
	"strconv"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/roundtrip"
	"mx_exporter/probe/roundtrip/arrival"
)

// arrived makes a row about the message of the run that finished last, where it
// was seen.
func arrived(emit func(a *arrival.Arrival, out add)) func(*tripView, add) {
	return lastRun(func(r *roundtrip.Run, out add) {
		if r.Arrival != nil {
			emit(r.Arrival, out)
		}
	})
}

// tripArrivalFamilies are about the way of the last message.
func tripArrivalFamilies() []tripFamily {
	return []tripFamily{
		{
			name: "mx_roundtrip_stage_duration_seconds", kind: gauge, labels: []string{"stage"},
			help: "How long each stage of the last finished run took that it reached.",
			emit: lastRun(func(r *roundtrip.Run, out add) {
				for _, s := range r.Stages {
					out(s.Took.Seconds(), string(s.Stage))
				}
			}),
		},
		{
			name: "mx_roundtrip_last_delivery_seconds", kind: gauge,
			help:  "Time from sending until the message of the last finished run was seen; absent where it was not.",
			query: `mx_roundtrip_last_delivery_seconds > 60`,
			emit: lastRun(func(r *roundtrip.Run, out add) {
				if r.Delivery != nil {
					out(r.Delivery.Seconds())
				}
			}),
		},
		{
			name: "mx_roundtrip_folder_info", kind: gauge, labels: []string{"folder"},
			help:  "1 for the kind of folder that the last message was in.",
			query: `mx_roundtrip_folder_info{folder="` + string(mailbox.Junk) + `"}`,
			emit: lastRun(func(r *roundtrip.Run, out add) {
				if r.Folder != "" {
					out(1, string(r.Folder))
				}
			}),
		},
		{
			name: "mx_roundtrip_mx_info", kind: gauge, labels: []string{"host"},
			help: "1 for the MX host of the recipient's domain that took the last message, as its Received fields say.",
			emit: arrived(func(a *arrival.Arrival, out add) {
				if a.MX != "" {
					out(1, a.MX)
				}
			}),
		},
		{
			name: "mx_roundtrip_hop_delay_seconds", kind: gauge, labels: []string{"hop"},
			help: "How long the last message took to each server on its way, from 1; by the clocks of those servers.",
			emit: arrived(func(a *arrival.Arrival, out add) {
				for i, h := range a.Hops {
					if h.Delay != nil && !h.Skewed {
						out(h.Delay.Seconds(), hopLabel(i))
					}
				}
			}),
		},
		{
			name: "mx_roundtrip_hops", kind: gauge,
			help: "Servers that the last message went through.",
			emit: arrived(func(a *arrival.Arrival, out add) { out(float64(len(a.Hops))) }),
		},
	}
}

// tripJudgedFamilies are about what receivers and filters made of the last message.
func tripJudgedFamilies() []tripFamily {
	return []tripFamily{
		{
			name: "mx_roundtrip_authentication_info", kind: gauge, labels: []string{"method", "result"},
			help:  "1 for each check of the last message that its receiver tells of (RFC 8601).",
			query: `mx_roundtrip_authentication_info{method="dmarc", result!="pass"}`,
			emit: arrived(func(a *arrival.Arrival, out add) {
				if a.Authentication == nil {
					return
				}
				for _, r := range a.Authentication.Results {
					out(1, string(r.Method), string(r.Verdict))
				}
			}),
		},
		{
			name: "mx_roundtrip_dkim_verified", kind: gauge,
			help: "Whether a DKIM signature of the last message holds for what arrived; absent where there is none, or no key could be had.",
			emit: arrived(emitDKIM),
		},
		{
			name: "mx_roundtrip_spam", kind: gauge, labels: []string{"filter"},
			help:  "Whether the filter took the last message for spam; absent where it does not say.",
			query: `mx_roundtrip_spam == 1`,
			emit: perSpam(func(s *arrival.Spam, out add) {
				if s.Spam != nil {
					out(bit(*s.Spam), string(s.Filter))
				}
			}),
		},
		{
			name: "mx_roundtrip_spam_score", kind: gauge, labels: []string{"filter"},
			help: "Score that the filter gave to the last message; what it is out of differs from filter to filter.",
			emit: perSpam(func(s *arrival.Spam, out add) {
				if s.Score != nil {
					out(*s.Score, string(s.Filter))
				}
			}),
		},
		{
			name: "mx_roundtrip_spam_threshold", kind: gauge, labels: []string{"filter"},
			help:  "Score from which on the filter takes a message for spam; absent where it does not say.",
			query: `mx_roundtrip_spam_score > 0.8 * mx_roundtrip_spam_threshold`,
			emit: perSpam(func(s *arrival.Spam, out add) {
				if s.Threshold != nil {
					out(*s.Threshold, string(s.Filter))
				}
			}),
		},
	}
}

// tripFateFamilies are about what became of files, and about refusals and bounces.
func tripFateFamilies() []tripFamily {
	return []tripFamily{
		{
			name: "mx_roundtrip_attachment_intact", kind: gauge,
			help:  "Whether the harmless attachment of the last message arrived as it was sent.",
			query: `mx_roundtrip_attachment_intact == 0`,
			emit: arrived(func(a *arrival.Arrival, out add) {
				if a.Attachment != "" {
					out(bit(a.Attachment == arrival.Intact))
				}
			}),
		},
		{
			name: "mx_roundtrip_eicar_info", kind: gauge, labels: []string{"outcome"},
			help: "1 for what became of the EICAR test file of the last run.",
			emit: lastRun(func(r *roundtrip.Run, out add) {
				if r.EICAR != nil {
					out(1, string(r.EICAR.Outcome))
				}
			}),
		},
		{
			name: "mx_roundtrip_eicar_as_declared", kind: gauge,
			help:  "Whether what became of the EICAR test file of the last run is what the configuration declares.",
			query: `mx_roundtrip_eicar_as_declared == 0`,
			emit: lastRun(func(r *roundtrip.Run, out add) {
				if r.EICAR != nil {
					out(bit(r.EICAR.AsDeclared()))
				}
			}),
		},
		{
			name: "mx_roundtrip_refusal_info", kind: gauge, labels: []string{"class"},
			help: "1 for the class of the reply that refused the message of the last run, or delayed it.",
			emit: lastRun(func(r *roundtrip.Run, out add) {
				if r.Class != "" && r.Bounce == nil {
					out(1, string(r.Class))
				}
			}),
		},
		{
			name: "mx_roundtrip_bounce_info", kind: gauge, labels: []string{"class", "action", "code", "enhanced"},
			help:  "1 for the bounce of the message of the last run.",
			query: `mx_roundtrip_bounce_info{class="` + string(reply.MailboxFull) + `"}`,
			emit: lastRun(func(r *roundtrip.Run, out add) {
				if b := r.Bounce; b != nil {
					out(1, string(b.Class), string(b.Action), replyCode(b.Code), enhanced(&reply.Reply{Code: b.Code, Enhanced: b.Enhanced}))
				}
			}),
		},
	}
}

// replyCode is a code that a server may give (RFC 5321 section 4.2); a bounce can
// quote anything.
func replyCode(code int) string {
	if code < 200 || code > 599 {
		return ""
	}
	return strconv.Itoa(code)
}

func perSpam(emit func(s *arrival.Spam, out add)) func(*tripView, add) {
	return arrived(func(a *arrival.Arrival, out add) {
		for i := range a.Spam {
			emit(&a.Spam[i], out)
		}
	})
}

func emitDKIM(a *arrival.Arrival, out add) {
	told, holds := false, false
	for _, s := range a.DKIM {
		told = told || s.Status != fact.Error
		holds = holds || s.Status == fact.Pass
	}
	if told {
		out(bit(holds))
	}
}
