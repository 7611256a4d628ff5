package draw

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// text is a value in a unit of Grafana's, as people read it.
func (f field) text(v float64) string {
	if s, ok := f.mapped(v); ok {
		return s.Text
	}
	switch f.Unit {
	case "s":
		return seconds(v)
	case "percentunit":
		return number(v*100) + " %"
	case "reqps":
		return number(v) + " /s"
	case "bytes":
		return number(v/(1<<20)) + " MiB"
	case "dateTimeFromNow":
		return time.Since(time.UnixMilli(int64(v))).Round(time.Second).String() + " ago"
	}
	return number(v)
}

func number(v float64) string {
	if math.Abs(v) >= 1000 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

func seconds(v float64) string {
	const day = 24 * time.Hour
	switch d := time.Duration(v * float64(time.Second)); {
	case d.Abs() >= day:
		return fmt.Sprintf("%.1f days", d.Hours()/24)
	case d.Abs() >= time.Minute:
		return d.Round(time.Second).String()
	default:
		return d.Round(10 * time.Microsecond).String()
	}
}

func (f field) mapped(v float64) (shown struct{ Text, Color string }, ok bool) {
	for _, m := range f.Mappings {
		if s, ok := m.Options[strconv.FormatFloat(v, 'g', -1, 64)]; ok {
			return s, true
		}
	}
	return shown, false
}

// color is that of a value: fixed, by its mapping, or by the thresholds.
func (f field) color(v float64) string {
	if f.Color.FixedColor != "" {
		return paint(f.Color.FixedColor)
	}
	if s, ok := f.mapped(v); ok && s.Color != "" {
		return paint(s.Color)
	}
	c := "text"
	for _, s := range f.Thresholds.Steps {
		if s.Value == nil || v >= *s.Value {
			c = s.Color
		}
	}
	return paint(c)
}

// paint is a colour of Grafana's for a web page.
func paint(name string) string {
	switch name {
	case "green":
		return "#73bf69"
	case "yellow":
		return "#fade2a"
	case "orange":
		return "#ff9830"
	case "red":
		return "#f2495c"
	case "purple":
		return "#b877d9"
	case "blue":
		return "#8ab8ff"
	}
	return "#ccccdc"
}

// hue is the colour of a line: its own, or one by its turn.
func (p Panel) hue(i int, s named) string {
	if c := p.field(s.name).Color.FixedColor; c != "" {
		return paint(c)
	}
	return fmt.Sprintf("hsl(%d 65%% 45%%)", i*137%360)
}
