package draw

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// Charts are drawn on a canvas of this size and stretched to their place.
const (
	chartWidth  = 1000.0
	chartHeight = 300.0
	chartLeft   = 70.0 // for the numbers of the axis
)

// span is what a chart shows of time and of values.
type span struct{ from, to, low, high float64 }

func (s span) x(at float64) float64 {
	return chartLeft + (at-s.from)/max(s.to-s.from, 1)*(chartWidth-chartLeft)
}

func (s span) y(v float64) float64 { return chartHeight - (v-s.low)/(s.high-s.low)*chartHeight }

// spanOf has zero at its foot.
func spanOf(series []named) span {
	s := span{from: math.Inf(1), to: math.Inf(-1)}
	for _, x := range series {
		for _, p := range x.Points {
			s.from, s.to = min(s.from, p.At), max(s.to, p.At)
			if !math.IsNaN(p.Value) && !math.IsInf(p.Value, 0) {
				s.low, s.high = min(s.low, p.Value), max(s.high, p.Value)
			}
		}
	}
	if s.high == s.low {
		s.high = s.low + 1
	}
	s.high += (s.high - s.low) / 20
	return s
}

// lines draws a time series panel: lines, or areas on top of each other.
func (p Panel) lines(series []named) string {
	f, shown := p.FieldConfig.Defaults, series
	if f.Custom.Stacking.Mode == "normal" {
		series = stack(series)
	}
	s := spanOf(series)
	var b strings.Builder
	fmt.Fprintf(&b, "<svg viewBox=\"0 0 %g %g\" preserveAspectRatio=none>", chartWidth, chartHeight)
	for _, share := range []float64{0, .25, .5, .75, 1} {
		v := s.low + share*(s.high-s.low)
		fmt.Fprintf(&b, "<path d=\"M%g %gH%g\" stroke=\"#eee\"/><text x=0 y=%g font-size=16>%s</text>",
			chartLeft, s.y(v), chartWidth, min(max(s.y(v), 14), chartHeight), html.EscapeString(f.text(v)))
	}
	for i, x := range slices.Backward(series) {
		b.WriteString(curve(s, x.Points, p.hue(i, x), f.Custom.Stacking.Mode == "normal"))
	}
	b.WriteString("</svg>")
	return b.String() + p.legend(shown)
}

func curve(s span, points []Point, color string, area bool) string {
	var d strings.Builder
	for i, p := range points {
		fmt.Fprintf(&d, "%c%.1f %.1f", "ML"[min(i, 1)], s.x(p.At), s.y(p.Value))
	}
	fill := "none"
	if area && len(points) > 0 {
		fill = color
		fmt.Fprintf(&d, "L%.1f %g L%.1f %gZ", s.x(points[len(points)-1].At), chartHeight, s.x(points[0].At), chartHeight)
	}
	return fmt.Sprintf("<path d=\"%s\" fill=\"%s\" stroke=\"%s\" stroke-width=2 vector-effect=non-scaling-stroke />", d.String(), fill, color)
}

// stack puts each series on top of those before.
func stack(series []named) []named {
	sum := map[float64]float64{}
	stacked := make([]named, len(series))
	for i, s := range series {
		stacked[i] = s
		stacked[i].Points = make([]Point, len(s.Points))
		for j, p := range s.Points {
			sum[p.At] += p.Value
			stacked[i].Points[j] = Point{p.At, sum[p.At]}
		}
	}
	return stacked
}

func (p Panel) legend(series []named) string {
	var b strings.Builder
	b.WriteString("<div class=legend>")
	for i, s := range series {
		fmt.Fprintf(&b, "<span><b style=\"color:%s\">&#9644;</b> %s (%s)</span> ", p.hue(i, s), html.EscapeString(s.name), html.EscapeString(p.FieldConfig.Defaults.text(s.Now())))
	}
	b.WriteString("</div>")
	return b.String()
}

// states draws a state time line: a bar for each series, coloured by its value.
func (p Panel) states(series []named) string {
	f, s := p.FieldConfig.Defaults, spanOf(series)
	height := max(chartHeight/float64(len(series)), 1)
	var b strings.Builder
	const names = 380.0
	fmt.Fprintf(&b, "<svg viewBox=\"0 0 %g %g\" preserveAspectRatio=none>", chartWidth+names, chartHeight)
	for i, x := range series {
		top := float64(i) * height
		fmt.Fprintf(&b, "<text x=0 y=%.1f font-size=%.1f>%s</text>", top+height*.7, min(height*.8, 16), html.EscapeString(x.name))
		for j, at := range x.Points {
			until := s.to
			if j+1 < len(x.Points) {
				until = x.Points[j+1].At
			}
			fmt.Fprintf(&b, "<rect x=%.1f y=%.1f width=%.1f height=%.1f fill=\"%s\"><title>%s</title></rect>", names+s.x(at.At)-chartLeft, top, s.x(until)-s.x(at.At)+.3, height*.85, f.color(at.Value), html.EscapeString(f.text(at.Value)))
		}
	}
	b.WriteString("</svg>")
	return b.String()
}
