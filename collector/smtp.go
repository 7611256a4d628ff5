package collector

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
)

// smtpFamilies are about the conversation with each address.
func smtpFamilies() []family {
	return slices.Concat(outcomeFamilies(), timeFamilies(), replyFamilies())
}

// outcomeFamilies say how each address did.
func outcomeFamilies() []family {
	return []family{
		{
			name:   "mx_smtp_up",
			help:   "Whether the address did as expected of its host; absent where nothing can be told, as where it turned away nobody but us.",
			labels: []string{"host", "address", "role"},
			query:  `avg by (host) (mx_smtp_up) < 1`,
			emit: perServer(func(a *address, out *sink) {
				if a.State != probe.NotTested {
					out.add(bit(a.State == probe.Up), a.host, a.ip, a.role)
				}
			}),
		},
		{
			name:   "mx_smtp_reachable",
			help:   "Whether the address took a connection and sent a greeting, whatever it said.",
			labels: []string{"host", "address", "role"},
			query:  `mx_smtp_reachable == 1 and mx_smtp_up == 0`,
			emit:   perServer(emitReachable),
		},
		{
			name:   "mx_smtp_failure_info",
			help:   "1, with stage and reason, where not every stage went well; the address is empty where it is about finding the host's addresses.",
			labels: []string{"host", "address", "stage", "reason"},
			query:  `mx_smtp_up == 0 and on (instance, host, address) mx_smtp_failure_info{reason="connect_timeout"}`,
			emit:   func(v *view, out *sink) { emitFailures(v, out, false) },
		},
	}
}

// timeFamilies say how long each conversation took.
func timeFamilies() []family {
	return []family{
		{
			name:   "mx_smtp_stage_duration_seconds",
			help:   "How long each stage took that the conversation reached; queue is the wait for our own turn at the address.",
			labels: []string{"host", "address", "stage"},
			query:  `max by (stage) (mx_smtp_stage_duration_seconds) > 5`,
			emit: perDialogue(func(a *address, out *sink) {
				for i := range a.Dialogue.Stages {
					s := &a.Dialogue.Stages[i]
					out.add(s.Took.Seconds(), a.host, a.ip, string(s.Stage))
				}
			}),
		},
		{
			name:   "mx_smtp_banner_first_byte_seconds",
			help:   "Time from the end of connect to the first byte of the greeting; a tarpit sends that soon and the rest late.",
			labels: []string{"host", "address"},
			emit: perDialogue(func(a *address, out *sink) {
				if b := a.Dialogue.FirstByte; b != nil {
					out.add(b.Seconds(), a.host, a.ip)
				}
			}),
		},
		{
			name:   "mx_smtp_duration_seconds",
			help:   "How long the conversation took; from connect to quit, without queue.",
			labels: []string{"host", "address"},
			query:  `quantile_over_time(0.95, mx_smtp_duration_seconds[1d])`,
			emit:   perDialogue(emitDuration),
		},
	}
}

// replyFamilies say what the server answered.
func replyFamilies() []family {
	return []family{
		{
			name:   "mx_smtp_reply_code",
			help:   "Reply code of each stage; as the server sent it: 220, 250, 421, and so on.",
			labels: []string{"host", "address", "stage"},
			query:  `mx_smtp_reply_code{stage="rcpt"} >= 500`,
			emit: perDialogue(func(a *address, out *sink) {
				for i := range a.Dialogue.Stages {
					if s := &a.Dialogue.Stages[i]; s.Reply != nil {
						out.add(float64(s.Reply.Code), a.host, a.ip, string(s.Stage))
					}
				}
			}),
		},
		{
			name:   "mx_smtp_reply_info",
			help:   "1 for the reply of each stage: enhanced status code and class; the code is that of RFC 3463; other where no registry has it, empty where there is none.",
			labels: []string{"host", "address", "stage", "enhanced", "class"},
			query:  `mx_smtp_reply_info{class=~"greylisted|rate_limited|blocked_us"}`,
			emit: perDialogue(func(a *address, out *sink) {
				for i := range a.Dialogue.Stages {
					if s := &a.Dialogue.Stages[i]; s.Reply != nil {
						out.add(1, a.host, a.ip, string(s.Stage), enhanced(s.Reply), string(s.Class))
					}
				}
			}),
		},
		{
			name:   "mx_smtp_extension",
			help:   "1 for each keyword of the last EHLO reply; keywords that are not registered with IANA are left out.",
			labels: []string{"host", "address", "extension"},
			query:  `mx_smtp_reachable unless on (instance, host, address) mx_smtp_extension{extension="SMTPUTF8"}`,
			emit:   perDialogue(emitExtensions),
		},
		{
			name:   "mx_smtp_max_size_bytes",
			help:   "Largest message that the server takes (SIZE, RFC 1870); absent where it names no limit.",
			labels: []string{"host", "address"},
			query:  `mx_smtp_max_size_bytes < 10e6`,
			emit:   perDialogue(emitMaxSize),
		},
		{
			name:   "mx_smtp_open_relay",
			help:   "Whether the server takes mail for domains that are none of its business; absent where the module does not ask (smtp.open_relay).",
			labels: []string{"host", "address"},
			query:  `mx_smtp_open_relay == 1`,
			emit:   perDialogue(emitOpenRelay),
		},
		{
			name:   "mx_smtp_unknown_recipient_accepted",
			help:   "Whether the server took mail for a mailbox that cannot exist, when last asked; it is asked once a day; absent where the module does not ask (recipients.random) or the answer told neither.",
			labels: []string{"host", "address"},
			query:  `mx_smtp_unknown_recipient_accepted == 1`,
			emit:   perServer(emitUnknown),
		},
	}
}

func emitOpenRelay(a *address, out *sink) {
	if len(a.Dialogue.Relay) == 0 {
		return
	}
	_, open := probe.OpensRelay(a.Dialogue)
	out.add(bit(open), a.host, a.ip)
}

func emitUnknown(a *address, out *sink) {
	if a.Unknown == nil {
		return
	}
	if accepted, told := a.Unknown.Accepted(); told {
		out.add(bit(accepted), a.host, a.ip)
	}
}

// emitReachable says nothing of an address that nobody tried to reach: for want
// of time or means, or because the address policy forbids it.
func emitReachable(a *address, out *sink) {
	greeted := a.greeted()
	tried := a.State != probe.NotTested && (a.Failure == nil || a.Failure.Reason != fact.AddressBlocked)
	if greeted || tried {
		out.add(bit(greeted), a.host, a.ip, a.role)
	}
}

// emitFailures is for servers of SMTP, or for those of mailboxes.
func emitFailures(v *view, out *sink, mailbox bool) {
	for i := range v.hosts {
		if h := &v.hosts[i]; h.Failure != nil && v.mailbox == mailbox {
			out.add(1, h.Label, "", string(h.Failure.Stage), string(h.Failure.Reason))
		}
	}
	for i := range v.addresses {
		if a := &v.addresses[i]; a.Failure != nil && a.mailbox == mailbox {
			out.add(1, a.host, a.ip, string(a.Failure.Stage), string(a.Failure.Reason))
		}
	}
}

func emitDuration(a *address, out *sink) {
	var sum fact.Elapsed
	begun := false
	stages := a.Steps()
	for i := range stages {
		if s := &stages[i]; s.Stage != fact.Queue {
			sum += s.Took
			begun = true
		}
	}
	if begun {
		out.add(sum.Seconds(), a.host, a.ip)
	}
}

func emitExtensions(a *address, out *sink) {
	for i := range a.Dialogue.Extensions {
		if k := strings.ToUpper(a.Dialogue.Extensions[i].Keyword); smtp.Known(k) {
			out.add(1, a.host, a.ip, k)
		}
	}
}

func emitMaxSize(a *address, out *sink) {
	for i := range a.Dialogue.Extensions {
		if e := &a.Dialogue.Extensions[i]; strings.EqualFold(e.Keyword, "SIZE") {
			if n, ok := maxSize(e.Params); ok {
				out.add(n, a.host, a.ip)
			}
		}
	}
}

// maxSize is the parameter of SIZE. RFC 1870 section 3: 0 means that no limit
// is in force, and no parameter tells nothing. A number over 64 bits is taken
// as the largest there is.
func maxSize(param string) (float64, bool) {
	n, err := strconv.ParseUint(param, 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		return math.MaxUint64, true
	}
	return float64(n), err == nil && n > 0
}
