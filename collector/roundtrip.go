package collector

import (
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mx_exporter/probe/roundtrip"
)

// RoundTrips are the metrics of the round trips, for the exporter's own /metrics:
// they run on a schedule of their own, and a scrape reads how they stand. A name
// that an operator gave to a round trip is its label; each other label value is of
// a closed list, or an MX host of the recipient's domain.
//
// Counters and the histogram begin anew with the process unless it keeps its state
// on disk, as counters do.
func RoundTrips(read func() []roundtrip.Status) prometheus.Collector { return roundTrips{read} }

type roundTrips struct{ read func() []roundtrip.Status }

// Describe implements [prometheus.Collector].
func (roundTrips) Describe(ch chan<- *prometheus.Desc) {
	for _, f := range tripTable {
		ch <- f.desc
	}
	ch <- deliveryDesc
}

// Collect implements [prometheus.Collector].
func (c roundTrips) Collect(ch chan<- prometheus.Metric) {
	now := time.Now()
	for _, s := range c.read() {
		v := &tripView{Status: &s, now: now}
		for _, f := range tripTable {
			f.emit(v, func(x float64, labels ...string) {
				ch <- prometheus.MustNewConstMetric(f.desc, f.kind, x, append([]string{s.Name}, labels...)...)
			})
		}
		ch <- newDelivery(s.Name, s.Delivery)
	}
}

// tripView is one round trip at one moment.
type tripView struct {
	*roundtrip.Status
	now time.Time
}

// add takes one value with its label values behind the name of the round trip.
type add func(v float64, labels ...string)

// tripFamily is one row of the table of round trips.
type tripFamily struct {
	name   string
	help   string
	kind   prometheus.ValueType
	labels []string // behind roundtrip
	query  string
	emit   func(v *tripView, out add)

	desc *prometheus.Desc
}

// tripTable is every family of round trips but the histogram, in the order of the
// reference. It is never changed.
var tripTable = newTripTable(
	tripStateFamilies(), tripScheduleFamilies(), tripMailboxFamilies(), tripCountFamilies(),
	tripArrivalFamilies(), tripJudgedFamilies(), tripFateFamilies(),
)

func newTripTable(groups ...[]tripFamily) []tripFamily {
	t := slices.Concat(groups...)
	for i := range t {
		t[i].desc = prometheus.NewDesc(t[i].name, firstClause(t[i].help), append([]string{"roundtrip"}, t[i].labels...), nil)
	}
	return t
}

// lastRun makes a row about the run that finished last.
func lastRun(emit func(r *roundtrip.Run, out add)) func(*tripView, add) {
	return func(v *tripView, out add) {
		if v.Last != nil {
			emit(v.Last, out)
		}
	}
}

// RoundTripReference is every family of round trips, for the metrics reference.
func RoundTripReference() (ms []Metric) {
	kinds := map[prometheus.ValueType]string{prometheus.GaugeValue: "gauge", prometheus.CounterValue: "counter"}
	for _, f := range tripTable {
		ms = append(ms, Metric{Name: f.name, Type: kinds[f.kind], Labels: append([]string{"roundtrip"}, f.labels...), Help: f.help, Query: f.query})
	}
	return append(ms, Metric{
		Name: deliveryName, Type: "histogram", Labels: []string{"roundtrip"}, Help: deliveryHelp,
		Query: `histogram_quantile(0.95, sum by (roundtrip, le) (rate(` + deliveryName + `_bucket[1d])))`,
	})
}

// seconds is a time as Unix seconds.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
