package report

import (
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
)

// Sizes of the waterfall, in pixels. Widths are percentages, so that letters
// keep their size on a telephone.
const (
	rowHeight  = 74
	barTop     = 42 // below the two lines of the row's label
	axisHeight = 26
	maxRows    = 40 // addresses drawn; the table below the picture has them all
)

// timingView is the waterfall, and the same numbers as a table.
type timingView struct {
	Height int // of the whole picture
	Bottom int // where the axis is
	Ticks  []tick
	Rows   []waterfallRow
	Left   int // addresses that are not drawn
	Legend []legend
	Stages []fact.Stage
	Table  []timingRow
}

// tick is a mark of the axis. Anchor is the side of its label that stands there.
type tick struct{ X, Label, Anchor string }

type waterfallRow struct {
	Host  string
	Total string // address, time and how it ended
	Y     int
	Top   int // of the bars
	State stateView
	Bars  []bar
}

// bar is one stage on the axis. Label is empty where the bar has no room for it.
type bar struct {
	Stage   fact.Stage
	X, W    string
	Label   string
	Failed  bool
	Pattern string
}

type legend struct {
	Stage   fact.Stage
	Meaning string
	Pattern string
}

type timingRow struct {
	Host, Address string
	Cells         []string // beside Stages
	Total         string
}

// timed is one address with something to draw.
type timed struct {
	host    *probe.Host
	address *probe.Address
	steps   []smtp.Stage
	total   time.Duration
}

func timingOf(s *subject) any {
	all, longest := timedOf(s.Result)
	if len(all) == 0 {
		return nil
	}
	step, span := scale(longest)
	v := &timingView{Stages: stagesOf(all), Left: max(len(all)-maxRows, 0)}
	for i, t := range all[:min(len(all), maxRows)] {
		v.Rows = append(v.Rows, t.draw(i*rowHeight, span))
	}
	for _, t := range all {
		v.Table = append(v.Table, t.row(v.Stages))
	}
	for _, st := range v.Stages {
		v.Legend = append(v.Legend, legend{st, stageMeaning(st), pattern(st)})
	}
	v.Bottom = len(v.Rows) * rowHeight
	v.Height = v.Bottom + axisHeight
	for at := time.Duration(0); at <= span; at += step {
		v.Ticks = append(v.Ticks, tickAt(at, span))
	}
	return v
}

// timedOf is every address that was talked to, and the longest time.
func timedOf(r *probe.Result) (all []timed, longest time.Duration) {
	for i := range r.Hosts {
		for j := range r.Hosts[i].Addresses {
			t := timed{host: &r.Hosts[i], address: &r.Hosts[i].Addresses[j]}
			if t.steps = t.address.Steps(); len(t.steps) == 0 {
				continue
			}
			for _, s := range t.steps {
				t.total += time.Duration(s.Took)
			}
			longest = max(longest, t.total)
			all = append(all, t)
		}
	}
	return all, longest
}

// stagesOf is the stages that took any time worth showing, in order.
func stagesOf(all []timed) (stages []fact.Stage) {
	for _, s := range fact.Stages() {
		if slices.ContainsFunc(all, func(t timed) bool {
			took, ok := t.took(s)
			return ok && (s != fact.Queue || took >= time.Millisecond)
		}) {
			stages = append(stages, s)
		}
	}
	return stages
}

func (t timed) took(stage fact.Stage) (sum time.Duration, reached bool) {
	for _, s := range t.steps {
		if s.Stage == stage {
			sum += time.Duration(s.Took)
			reached = true
		}
	}
	return sum, reached
}

// draw lays the stages of one address one behind the other.
func (t timed) draw(top int, span time.Duration) waterfallRow {
	row := waterfallRow{
		Host: short(name(t.host.Name)), Total: t.address.IP.String() + ": " + ms(fact.Elapsed(t.total)),
		Y: top, Top: top + barTop, State: stateOf(t.address.State),
	}
	if f := t.address.Failure; f != nil {
		row.Total += ", " + ended(f)
	}
	at := time.Duration(0)
	for _, s := range t.steps {
		took := time.Duration(s.Took)
		b := bar{Stage: s.Stage, X: percent(at, span), W: percent(took, span), Pattern: pattern(s.Stage)}
		if roomy(took, span, string(s.Stage)) {
			b.Label = string(s.Stage)
		}
		b.Failed = t.address.Failure != nil && t.address.State == probe.Down && t.address.Failure.Stage == s.Stage
		row.Bars = append(row.Bars, b)
		at += took
	}
	return row
}

func (t timed) row(stages []fact.Stage) timingRow {
	r := timingRow{Host: name(t.host.Name), Address: t.address.IP.String(), Total: ms(fact.Elapsed(t.total))}
	for _, s := range stages {
		cell := "–"
		if took, ok := t.took(s); ok {
			cell = ms(fact.Elapsed(took))
		}
		r.Cells = append(r.Cells, cell)
	}
	return r
}

// roomy reports whether a word fits into a bar where the picture is some 700
// pixels wide; on a narrower screen it is cut at the bar's end.
func roomy(took, span time.Duration, word string) bool {
	const width, letter, margin = 700, 7, 10
	return float64(took)/float64(span)*width >= float64(utf8.RuneCountInString(word)*letter+margin)
}

// short keeps a host name from growing out of the picture.
func short(host string) string {
	const most = 44
	if utf8.RuneCountInString(host) <= most {
		return host
	}
	r := []rune(host)
	return string(r[:most/2]) + "…" + string(r[len(r)-most/2:])
}

// pattern is the drawing that tells a stage from its neighbours without colour.
func pattern(s fact.Stage) string {
	switch s {
	case fact.Queue, fact.Quit:
		return "dots"
	case fact.Banner, fact.TLS, fact.Rcpt, fact.Quota:
		return "rising"
	case fact.EHLO, fact.EHLOTLS, fact.Auth, fact.Capability, fact.CapabilityTLS, fact.Data:
		return "falling"
	case fact.StartTLS, fact.Mail, fact.Login:
		return "upright"
	case fact.Connect:
	}
	return "plain"
}

// scale gives the distance of two ticks and the length of an axis that holds
// longest: some five ticks of 1, 2 or 5 times a power of ten.
func scale(longest time.Duration) (step, span time.Duration) {
	const ticks = 5
	longest = max(longest, 100*time.Microsecond)
	step = 10 * time.Microsecond
	for grow := 0; step*ticks < longest; grow++ {
		if grow%3 == 1 {
			step = step / 2 * 5 // 2 to 5
		} else {
			step *= 2 // 1 to 2, 5 to 10
		}
	}
	return step, (longest + step - 1) / step * step
}

func tickAt(at, span time.Duration) tick {
	t := tick{X: percent(at, span), Label: axisLabel(at), Anchor: "middle"}
	switch at {
	case 0:
		t.Anchor = "start"
	case span:
		t.Anchor = "end"
	}
	return t
}

// axisLabel is a round time, as short as it can be written.
func axisLabel(at time.Duration) string {
	if at == 0 {
		return "0"
	}
	if at < time.Second {
		return strconv.FormatFloat(float64(at.Nanoseconds())/1e6, 'f', -1, 64) + " ms"
	}
	return strconv.FormatFloat(at.Seconds(), 'f', -1, 64) + " s"
}

func percent(part, whole time.Duration) string {
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 3, 64) + "%"
}
