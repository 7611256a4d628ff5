package collector

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"mx_exporter/probe"
	"mx_exporter/probe/roundtrip"
)

const (
	gauge   = prometheus.GaugeValue
	counter = prometheus.CounterValue
)

// tripStateFamilies say how a round trip stands and how its last run ended.
func tripStateFamilies() []tripFamily {
	return []tripFamily{
		{
			name: "mx_roundtrip_success", kind: gauge,
			help:  "Whether the message of the last finished run arrived within its window; absent where the run could tell nothing.",
			query: `mx_roundtrip_success == 0`,
			emit: lastRun(func(r *roundtrip.Run, out add) {
				if r.Told() {
					out(bit(r.Success()))
				}
			}),
		},
		{
			name: "mx_roundtrip_outcome", kind: gauge, labels: []string{"outcome"},
			help:  "State set of how the last finished run ended.",
			query: `mx_roundtrip_outcome{outcome="unread"} == 1`,
			emit: lastRun(func(r *roundtrip.Run, out add) {
				for _, o := range roundtrip.Outcomes() {
					out(bit(r.Outcome == o), string(o))
				}
			}),
		},
		{
			name: "mx_roundtrip_failure_info", kind: gauge, labels: []string{"stage", "reason"},
			help: "1 where the last finished run did not go well, and why.",
			emit: lastRun(func(r *roundtrip.Run, out add) {
				if f := r.Failure; f != nil {
					out(1, string(f.Stage), string(f.Reason))
				}
			}),
		},
		{
			name: "mx_roundtrip_last_run_timestamp_seconds", kind: gauge,
			help:  "When a run finished last, as Unix time.",
			query: `time() - mx_roundtrip_last_run_timestamp_seconds > 2 * mx_roundtrip_interval_seconds`,
			emit: func(v *tripView, out add) {
				if !v.LastRun.IsZero() {
					out(seconds(v.LastRun))
				}
			},
		},
		{
			name: "mx_roundtrip_last_success_timestamp_seconds", kind: gauge,
			help: "When a run succeeded last, as Unix time.",
			emit: func(v *tripView, out add) {
				if !v.LastSuccess.IsZero() {
					out(seconds(v.LastSuccess))
				}
			},
		},
	}
}

// tripScheduleFamilies are about what is configured, and what is under way.
func tripScheduleFamilies() []tripFamily {
	return []tripFamily{
		{
			name: "mx_roundtrip_interval_seconds", kind: gauge,
			help: "Time from one message to the next, as configured.",
			emit: func(v *tripView, out add) { out(v.Interval.Seconds()) },
		},
		{
			name: "mx_roundtrip_window_seconds", kind: gauge,
			help: "How long a message may take, as configured.",
			emit: func(v *tripView, out add) { out(v.Window.Seconds()) },
		},
		{
			name: "mx_roundtrip_running", kind: gauge,
			help:  "Whether the round trip runs as configured; the log and the first page say why it does not.",
			query: `mx_roundtrip_running == 0`,
			emit:  func(v *tripView, out add) { out(bit(v.Problem == "")) },
		},
		{
			name: "mx_roundtrip_pending", kind: gauge,
			help: "Messages that are awaited.",
			emit: func(v *tripView, out add) { out(float64(v.Pending)) },
		},
		{
			name: "mx_roundtrip_oldest_seconds", kind: gauge,
			help: "Age of the oldest message that is awaited; absent while there is none.",
			emit: func(v *tripView, out add) {
				if v.Pending > 0 {
					out(max(v.now.Sub(v.Oldest).Seconds(), 0))
				}
			},
		},
	}
}

// tripMailboxFamilies are about the mailbox and, with each_mx, about each host.
func tripMailboxFamilies() []tripFamily {
	return []tripFamily{
		{
			name: "mx_roundtrip_auth_backoff", kind: gauge,
			help:  "Whether logins to the mailbox, or to the server that is sent through, are held back; the password was refused several times.",
			query: `mx_roundtrip_auth_backoff == 1`,
			emit:  func(v *tripView, out add) { out(bit(v.waits(v.Backoff) || v.waits(v.SendBackoff))) },
		},
		{
			name: "mx_roundtrip_auth_failures", kind: gauge,
			help: "Logins to the mailbox, or to the server that is sent through, that were refused since the last one that was not; the larger number of the two.",
			emit: func(v *tripView, out add) { out(float64(max(refusals(v.Backoff), refusals(v.SendBackoff)))) },
		},
		{
			name: "mx_roundtrip_foreign_messages", kind: gauge,
			help: "Messages in the mailbox that look like ours and are not; they are left alone.",
			emit: func(v *tripView, out add) { out(float64(v.Foreign)) },
		},
		{
			name: "mx_roundtrip_host_success", kind: gauge, labels: []string{"host"},
			help:  "With each_mx, whether the last message that was given to the MX host arrived within its window.",
			query: `mx_roundtrip_host_success == 0`,
			emit: func(v *tripView, out add) {
				for _, h := range v.Hosts {
					if h.Run.Told() {
						out(bit(h.Run.Success()), h.Host)
					}
				}
			},
		},
		{
			name: "mx_roundtrip_host_last_run_timestamp_seconds", kind: gauge, labels: []string{"host"},
			help: "With each_mx, when a message to the MX host was finished last, as Unix time.",
			emit: func(v *tripView, out add) {
				for _, h := range v.Hosts {
					out(seconds(h.Run.Finished), h.Host)
				}
			},
		},
	}
}

// tripCountFamilies count over all runs.
func tripCountFamilies() []tripFamily {
	count := func(name, help string, of func(c *roundtrip.Counts) uint64) tripFamily {
		return tripFamily{name: "mx_roundtrip_" + name + "_total", kind: counter, help: help, emit: func(v *tripView, out add) { out(float64(of(&v.Counts))) }}
	}
	lost := count("lost", "Messages that were not there when their window ended; each is counted once.", func(c *roundtrip.Counts) uint64 { return c.Lost })
	lost.query = `increase(mx_roundtrip_lost_total[1h]) > 0`
	late := count("late", "Messages among the lost that came all the same; the difference never came.", func(c *roundtrip.Counts) uint64 { return c.Late })
	late.query = `increase(mx_roundtrip_late_total[1h]) > 0`
	return []tripFamily{
		count("runs", "Runs that finished.", func(c *roundtrip.Counts) uint64 { return c.Runs }),
		{
			name: "mx_roundtrip_outcomes_total", kind: counter, labels: []string{"outcome"},
			help:  "Runs that finished, by how they ended; one that is amended later keeps its first outcome here.",
			query: `sum without (outcome) (rate(mx_roundtrip_outcomes_total{outcome="bounced"}[1d]))`,
			emit: func(v *tripView, out add) {
				for _, o := range roundtrip.Outcomes() {
					out(float64(v.Counts.Outcomes[o]), string(o))
				}
			},
		},
		lost, late,
		count("junk", "Messages that were found in the junk folder.", func(c *roundtrip.Counts) uint64 { return c.Junk }),
		count("duplicates", "Further copies of messages that had arrived; they were deleted.", func(c *roundtrip.Counts) uint64 { return c.Duplicate }),
		count("swept", "Messages of this exporter older than a day that were deleted.", func(c *roundtrip.Counts) uint64 { return c.Swept }),
	}
}

// hopLabel is the place of a hop on the way, from 1.
func hopLabel(i int) string { return strconv.Itoa(i + 1) }

// waits reports that the next login is not to be tried yet.
func (v *tripView) waits(b *probe.Backoff) bool { return b != nil && v.now.Before(b.Until) }

func refusals(b *probe.Backoff) int {
	if b == nil {
		return 0
	}
	return b.Failures
}
