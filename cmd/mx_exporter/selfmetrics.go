package main

import (
	"slices"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"mx_exporter/cmd/mx_exporter/web"
	"mx_exporter/probe"
	"mx_exporter/probe/selfcheck"
)

// selfMetrics shows the self-checks and the conversations as metrics of the
// exporter. What is not known has no series.
type selfMetrics struct {
	env      *probe.Env
	watch    *selfcheck.Watch
	store    web.Store
	families []selfFamily
}

// emit takes one value with the values of the family's labels.
type emit func(v float64, labels ...string)

type selfFamily struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func(m *selfMetrics, out emit)
}

func family(kind prometheus.ValueType, name, help string, labels []string, read func(*selfMetrics, emit)) selfFamily {
	return selfFamily{prometheus.NewDesc("mx_exporter_"+name, help, labels, nil), kind, read}
}

func newSelfMetrics(e *probe.Env, w *selfcheck.Watch, s web.Store) *selfMetrics {
	const gauge, counter = prometheus.GaugeValue, prometheus.CounterValue
	return &selfMetrics{env: e, watch: w, store: s, families: []selfFamily{
		family(gauge, "resolver_up", "Whether a resolver, or one of a set, answers questions.", []string{"resolver"}, (*selfMetrics).resolversUp),
		family(gauge, "resolver_honest", "Whether a resolver denies names that do not exist; where it does not, what rests on its denials is unknown.", []string{"resolver"}, (*selfMetrics).resolversHonest),
		family(gauge, "ehlo_name_resolves", "Whether a name that modules announce in EHLO has an address.", []string{"name"}, (*selfMetrics).names),
		family(gauge, "self_dnsbl_listed", "Whether a block list has an address that this exporter speaks from; absent while that is not known.", []string{"list", "address"}, (*selfMetrics).ourListings),
		family(gauge, "self_fcrdns", "State set of the reverse name of an address that this exporter speaks from.", []string{"address", "status"}, (*selfMetrics).ourReverse),
		family(gauge, "self_ehlo_name_matches", "Whether a name that this exporter announces in EHLO has the address that it speaks from.", []string{"name", "address"}, (*selfMetrics).ourNames),
		family(gauge, "clock_suspect", "Whether the clock cannot be right, or was set within the last quarter of an hour.", nil, (*selfMetrics).clock),
		family(gauge, "egress_suspect", "Whether every connection to a port was lost in silence for minutes, over several targets: most likely our own network lets nothing out.", []string{"port"}, (*selfMetrics).egress),
		family(gauge, "smtp_connections", "SMTP connections that stand now, those being made included.", nil, func(m *selfMetrics, out emit) { out(float64(m.env.Traffic().Open)) }),
		family(counter, "smtp_connections_total", "SMTP connections tried.", nil, func(m *selfMetrics, out emit) { out(float64(m.env.Traffic().Begun)) }),
		family(counter, "smtp_conversations_shared_total", "Domains that were asked about in a conversation begun for another, as share_connections allows.", nil, func(m *selfMetrics, out emit) { out(float64(m.env.Traffic().Shared)) }),
		family(counter, "smtp_received_bytes_total", "Octets that SMTP servers sent, TLS taken off.", nil, func(m *selfMetrics, out emit) { out(float64(m.env.Traffic().Received)) }),
	}}
}

// Describe implements [prometheus.Collector].
func (m *selfMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, f := range m.families {
		ch <- f.desc
	}
}

// Collect implements [prometheus.Collector].
func (m *selfMetrics) Collect(ch chan<- prometheus.Metric) {
	for _, f := range m.families {
		f.read(m, func(v float64, labels ...string) {
			ch <- prometheus.MustNewConstMetric(f.desc, f.kind, v, labels...)
		})
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (m *selfMetrics) resolversUp(out emit) {
	if s := m.watch.State(); s != nil {
		for _, r := range s.Resolvers {
			out(truth(r.Up), r.Name)
		}
	}
}

func (m *selfMetrics) resolversHonest(out emit) {
	if s := m.watch.State(); s != nil {
		for _, r := range s.Resolvers {
			if r.Honesty != selfcheck.Untold {
				out(truth(r.Honesty == selfcheck.Honest), r.Name)
			}
		}
	}
}

func (m *selfMetrics) names(out emit) {
	if s := m.watch.State(); s != nil {
		for _, n := range s.Names {
			if n.Known {
				out(truth(n.Resolves), n.Name)
			}
		}
	}
}

func (m *selfMetrics) clock(out emit) {
	if s := m.watch.State(); s != nil {
		out(truth(s.Clock.Suspect))
	}
}

// egress has a series for each port that a module uses, and for those of
// modules that are gone while they are still suspect.
func (m *selfMetrics) egress(out emit) {
	suspects := m.env.EgressSuspect()
	ports := slices.Clone(suspects)
	for _, module := range m.store.Snapshot().Modules {
		ports = append(ports, module.SMTP.Port)
	}
	slices.Sort(ports)
	for _, p := range slices.Compact(ports) {
		out(truth(slices.Contains(suspects, p)), strconv.Itoa(p))
	}
}
