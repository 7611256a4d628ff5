package collector

import (
	"slices"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/sasl"
	"mx_exporter/probe/smtp"
)

// mailboxFamilies are about servers of IMAP and POP3, which people read their
// mail at.
func mailboxFamilies() []family {
	return slices.Concat(mailboxOutcomes(), mailboxLogins(), mailboxOffers(), mailboxContents())
}

// mailboxOutcomes say how each address did, and how long it took.
func mailboxOutcomes() []family {
	return []family{
		{
			name:   "mx_mailbox_up",
			help:   "Whether users get in at the address; by a login where the module has one.",
			labels: []string{"host", "address", "role"},
			query:  `avg by (host) (mx_mailbox_up) < 1`,
			emit: perMailbox(func(a *address, out *sink) {
				if a.State != probe.NotTested {
					out.add(bit(a.State == probe.Up), a.host, a.ip, a.role)
				}
			}),
		},
		{
			name:   "mx_mailbox_reachable",
			help:   "Whether the address took a connection and sent a greeting, whatever it said.",
			labels: []string{"host", "address", "role"},
			query:  `mx_mailbox_reachable == 1 and mx_mailbox_up == 0`,
			emit:   perMailbox(emitReachable),
		},
		{
			name:   "mx_mailbox_failure_info",
			help:   "1, with stage and reason, where not every stage went well; the address is empty where it is about finding the host's addresses.",
			labels: []string{"host", "address", "stage", "reason"},
			query:  `mx_mailbox_up == 0 and on (instance, host, address) mx_mailbox_failure_info{stage="login"}`,
			emit:   func(v *view, out *sink) { emitFailures(v, out, true) },
		},
		{
			name:   "mx_mailbox_stage_duration_seconds",
			help:   "How long each stage took that the conversation reached; queue is the wait for our own turn at the address.",
			labels: []string{"host", "address", "stage"},
			query:  `max by (stage) (mx_mailbox_stage_duration_seconds) > 5`,
			emit: perMailbox(func(a *address, out *sink) {
				for _, s := range a.Steps() {
					out.add(s.Took.Seconds(), a.host, a.ip, string(s.Stage))
				}
			}),
		},
		{
			name:   "mx_mailbox_duration_seconds",
			help:   "How long the conversation took; from connect to the farewell, without queue.",
			labels: []string{"host", "address"},
			query:  `quantile_over_time(0.95, mx_mailbox_duration_seconds[1d])`,
			emit:   perMailbox(emitDuration),
		},
	}
}

// mailboxLogins say how the module's own login went.
func mailboxLogins() []family {
	return []family{
		{
			name:   "mx_mailbox_login_success",
			help:   "Whether the last login went well; 0 also while it waits, absent where the module has none.",
			labels: []string{"host", "address"},
			query:  `mx_mailbox_login_success == 0`,
			emit:   perMailbox(emitLogin),
		},
		{
			name:   "mx_mailbox_login_info",
			help:   "1, with the mechanism of the login that was tried.",
			labels: []string{"host", "address", "mechanism"},
			query:  `mx_mailbox_login_info{mechanism!~"SCRAM-.*"}`,
			emit: perMailbox(func(a *address, out *sink) {
				if d := a.Mailbox; d != nil && d.Login != nil && d.Login.Mechanism != "" {
					out.add(1, a.host, a.ip, d.Login.Mechanism)
				}
			}),
		},
		{
			name:   "mx_mailbox_auth_backoff",
			help:   "Whether the login is not tried because it was refused before; absent where the module has none.",
			labels: []string{"host", "address"},
			query:  `mx_mailbox_auth_backoff == 1`,
			emit:   perMailbox(emitBackoff),
		},
	}
}

// mailboxOffers say what the server can do.
func mailboxOffers() []family {
	return []family{
		{
			name:   "mx_mailbox_capability",
			help:   "1 for each capability of the last list; those that no standard has are left out.",
			labels: []string{"host", "address", "capability"},
			query:  `mx_mailbox_reachable unless on (instance, host, address) mx_mailbox_capability{capability="IDLE"}`,
			emit: perMailbox(func(a *address, out *sink) {
				if a.Mailbox != nil {
					for _, c := range a.Mailbox.Capabilities {
						out.add(1, a.host, a.ip, c)
					}
				}
			}),
		},
		{
			name:   "mx_mailbox_mechanism",
			help:   "1 for each mechanism of SASL that is offered; those that are not known are other.",
			labels: []string{"host", "address", "mechanism"},
			query:  `mx_mailbox_mechanism{mechanism="SCRAM-SHA-256"}`,
			emit: perMailbox(func(a *address, out *sink) {
				if a.Mailbox != nil {
					for _, m := range a.Mailbox.Mechanisms {
						out.add(1, a.host, a.ip, m)
					}
				}
			}),
		},
	}
}

// mailboxContents say what is in the mailbox of the login.
func mailboxContents() []family {
	return []family{
		contents("mx_mailbox_messages", "Messages in the inbox.", `mx_mailbox_messages > 10000`,
			func(d *mailbox.Dialogue) *int64 { return d.Messages }),
		contents("mx_mailbox_unseen_messages", "Messages in the inbox that nobody has read; not told by POP3.", `mx_mailbox_unseen_messages > 100`,
			func(d *mailbox.Dialogue) *int64 { return d.Unseen }),
		contents("mx_mailbox_quota_used_bytes", "Room that the mailbox takes; absent where the server does not tell.", `mx_mailbox_quota_used_bytes / mx_mailbox_quota_limit_bytes > 0.9`,
			quota(func(q *mailbox.Quota) *int64 { return q.UsedBytes })),
		contents("mx_mailbox_quota_limit_bytes", "Room that the mailbox may take; absent where there is no limit.", `mx_mailbox_quota_limit_bytes - mx_mailbox_quota_used_bytes < 50e6`,
			quota(func(q *mailbox.Quota) *int64 { return q.LimitBytes })),
		contents("mx_mailbox_quota_used_messages", "Messages that count against the limit.", `mx_mailbox_quota_used_messages / mx_mailbox_quota_limit_messages > 0.9`,
			quota(func(q *mailbox.Quota) *int64 { return q.UsedMessages })),
		contents("mx_mailbox_quota_limit_messages", "Messages that the mailbox may hold; absent where there is no limit.", "",
			quota(func(q *mailbox.Quota) *int64 { return q.LimitMessages })),
	}
}

func contents(name, help, query string, of func(*mailbox.Dialogue) *int64) family {
	return family{
		name: name, help: help, labels: []string{"host", "address"}, query: query,
		emit: perMailbox(func(a *address, out *sink) {
			if a.Mailbox == nil {
				return
			}
			if n := of(a.Mailbox); n != nil {
				out.add(float64(*n), a.host, a.ip)
			}
		}),
	}
}

func quota(of func(*mailbox.Quota) *int64) func(*mailbox.Dialogue) *int64 {
	return func(d *mailbox.Dialogue) *int64 {
		if d.Quota == nil {
			return nil
		}
		return of(d.Quota)
	}
}

// submissionFamilies are about logging in to send. The conversation itself is one
// of SMTP and has its families.
func submissionFamilies() []family {
	return []family{
		{
			name:   "mx_submission_login_success",
			help:   "Whether the last login went well; 0 also while it waits, absent where the module has none.",
			labels: []string{"host", "address"},
			query:  `mx_submission_login_success == 0`,
			emit:   perServer(emitLogin),
		},
		{
			name:   "mx_submission_auth_backoff",
			help:   "Whether the login is not tried because it was refused before; absent where the module has none.",
			labels: []string{"host", "address"},
			query:  `mx_submission_auth_backoff == 1`,
			emit:   perServer(emitBackoff),
		},
		{
			name:   "mx_submission_mechanism",
			help:   "1 for each mechanism of AUTH that is offered; those that are not known are other.",
			labels: []string{"host", "address", "mechanism"},
			query:  `mx_smtp_reachable unless on (instance, host, address) mx_submission_mechanism`,
			emit: perDialogue(func(a *address, out *sink) {
				if a.submission { // elsewhere strangers have no use for it
					for _, m := range sasl.Labels(smtp.Mechanisms(a.Dialogue.Extensions)) {
						out.add(1, a.host, a.ip, m)
					}
				}
			}),
		},
	}
}

// emitLogin says nothing where no login was tried for another reason than that
// it was refused before.
func emitLogin(a *address, out *sink) {
	if ok, tried := a.LoggedIn(); tried || a.Backoff != nil {
		out.add(bit(ok), a.host, a.ip)
	}
}

func emitBackoff(a *address, out *sink) {
	if _, tried := a.LoggedIn(); tried || a.Backoff != nil {
		out.add(bit(a.Backoff != nil), a.host, a.ip)
	}
}

// greeted reports that a server has said something for a greeting.
func (a *address) greeted() bool {
	switch {
	case a.Dialogue != nil:
		return a.answered(fact.Banner)
	case a.Mailbox != nil:
		f := a.Failure
		return a.Reached(fact.Banner) && (f == nil || f.Stage != fact.Banner || f.Reason == fact.GreetingRefused || f.Reason == fact.Preauth)
	}
	return false
}
