package collector

import (
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"mx_exporter/probe"
)

// family is one row of the table. Every family is a gauge: a probe tells how
// things stand at one moment, and there is nothing to count over time.
type family struct {
	name   string
	help   string   // up to the first semicolon it is HELP, the whole is in the metrics reference
	labels []string // in the order in which emit gives the values
	query  string   // PromQL that shows what the family is for; "" where the name says it
	emit   func(v *view, out *sink)

	short string // what every scrape carries of help
	desc  *prometheus.Desc
	names []string // labels, sorted
	order []int    // names[i] is labels[order[i]]
}

// table is every family there is, in the order of the metrics reference. It is
// never changed.
var table = newTable(domainFamilies(), hostFamilies(), smtpFamilies(), mailboxFamilies(), submissionFamilies(), tlsFamilies(), policyFamilies(), listFamilies())

func newTable(groups ...[]family) []family {
	t := slices.Concat(groups...)
	for i := range t {
		t[i].prepare()
	}
	return t
}

// prepare shortens the help and sorts the label names, since an exposition has its label pairs and
// its series in the order of the sorted names.
func (f *family) prepare() {
	f.names = slices.Sorted(slices.Values(f.labels))
	f.order = make([]int, len(f.names))
	for i, n := range f.names {
		f.order[i] = slices.Index(f.labels, n)
	}
	f.short = firstClause(f.help)
	f.desc = prometheus.NewDesc(f.name, f.short, f.names, nil)
}

// firstClause is what every scrape carries. HELP is a third of a compressed
// exposition, so what explains further stands in the reference alone.
func firstClause(help string) string {
	if first, _, more := strings.Cut(help, "; "); more {
		return first + "."
	}
	return help
}

// perHost makes a row about one host a row about each.
func perHost(emit func(h *host, out *sink)) func(*view, *sink) {
	return func(v *view, out *sink) {
		for i := range v.hosts {
			emit(&v.hosts[i], out)
		}
	}
}

// perAddress makes a row about one address a row about each.
func perAddress(emit func(a *address, out *sink)) func(*view, *sink) {
	return func(v *view, out *sink) {
		for i := range v.addresses {
			emit(&v.addresses[i], out)
		}
	}
}

// perServer is perAddress for servers of SMTP, whether talked to or not.
func perServer(emit func(a *address, out *sink)) func(*view, *sink) {
	return perAddress(func(a *address, out *sink) {
		if !a.mailbox {
			emit(a, out)
		}
	})
}

// perMailbox is perAddress for servers of IMAP and POP3, likewise.
func perMailbox(emit func(a *address, out *sink)) func(*view, *sink) {
	return perAddress(func(a *address, out *sink) {
		if a.mailbox {
			emit(a, out)
		}
	})
}

// perTalk is perAddress for the addresses where a conversation of whatever
// protocol was begun.
func perTalk(emit func(a *address, t *probe.Talk, out *sink)) func(*view, *sink) {
	return perAddress(func(a *address, out *sink) {
		if t := a.Talk(); t != nil {
			emit(a, t, out)
		}
	})
}

// perDialogue is perAddress for the addresses where a conversation of SMTP was
// begun.
func perDialogue(emit func(a *address, out *sink)) func(*view, *sink) {
	return perAddress(func(a *address, out *sink) {
		if a.Dialogue != nil {
			emit(a, out)
		}
	})
}

// bit is Prometheus's true and false.
func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
