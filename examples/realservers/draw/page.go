package draw

import (
	"fmt"
	"html"
	"strings"
)

// Cell is the height of one row of Grafana's grid, in pixels.
const Cell = 36

// Width is that of a page, in pixels.
const Width = 1680

// style is that of a page: Grafana's grid of 24 columns.
const style = `body{margin:8px;font:12px sans-serif;background:#f4f5f5}
main{display:grid;grid-template-columns:repeat(24,1fr);grid-auto-rows:36px;gap:4px}
section{background:#fff;border:1px solid #ddd;overflow:hidden;padding:4px;display:flex;flex-direction:column}
section.row{background:none;border:0;font-weight:bold;font-size:15px}
h2{font-size:12px;margin:0 0 2px}svg{flex:1;min-height:0;width:100%}
table{border-collapse:collapse}td,th{text-align:left;padding:1px 6px;border-bottom:1px solid #eee;white-space:nowrap}
.legend{font-size:10px;max-height:44px;overflow:hidden}.legend span{margin-right:8px;white-space:nowrap}
.tiles{flex:1;display:flex;gap:2px}.tiles div{flex:1;display:flex;flex-direction:column;align-items:center;justify-content:center;font-size:17px;text-align:center;overflow:hidden}
.tiles small{font-size:10px}.none{color:#c00;font-size:16px}`

// Page is a dashboard as a web page. data answers each target of a panel.
func Page(d Dashboard, data func(Panel) Answers) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html><meta charset=utf-8><title>%s</title><style>%s</style><h1>%[1]s</h1><main>", html.EscapeString(d.Title), style)
	for _, p := range d.Panels {
		g, class := p.GridPos, ""
		if p.Type == "row" {
			class = " class=row"
		}
		fmt.Fprintf(&b, "<section%s style=\"grid-area:%d/%d/span %d/span %d\"><h2>%s</h2>", class, g.Y+1, g.X+1, g.H, g.W, html.EscapeString(p.Title))
		if p.Type != "row" {
			b.WriteString(p.draw(data(p)))
		}
		b.WriteString("</section>\n")
	}
	b.WriteString("</main>")
	return b.String()
}

// draw is the inside of a panel.
func (p Panel) draw(answers Answers) string {
	series := p.named(answers)
	if len(series) == 0 {
		none := p.FieldConfig.Defaults.NoValue
		if none == "" {
			none = "No data"
		}
		return "<p class=none>" + html.EscapeString(none) + "</p>"
	}
	switch p.Type {
	case "timeseries":
		return p.lines(series)
	case "state-timeline":
		return p.states(series)
	case "stat":
		return p.tiles(series)
	case "bargauge":
		return p.bars(series)
	case "table":
		return p.table(answers)
	}
	return "<p class=none>a kind of panel that is not drawn: " + html.EscapeString(p.Type) + "</p>"
}

func (p Panel) tiles(series []named) string {
	var b strings.Builder
	b.WriteString("<div class=tiles>")
	for _, s := range series {
		f := p.field(s.name)
		big, small := f.text(s.Now()), s.name
		if p.Options.TextMode == "name" {
			big, small = s.name, ""
		} else if len(series) == 1 {
			small = "" // as Grafana has it
		}
		fmt.Fprintf(&b, "<div style=\"background:%s\">%s<small>%s</small></div>", f.color(s.Now()), html.EscapeString(big), html.EscapeString(small))
	}
	b.WriteString("</div>")
	return b.String()
}

func (p Panel) bars(series []named) string {
	most := 0.0
	for _, s := range series {
		most = max(most, s.Now())
	}
	var b strings.Builder
	b.WriteString("<table width=100%>")
	f := p.FieldConfig.Defaults
	for _, s := range series {
		share := 0.0
		if most > 0 {
			share = s.Now() / most * 100
		}
		fmt.Fprintf(&b, "<tr><td>%s<td width=50%%><div style=\"background:%s;width:%.0f%%\">&nbsp;</div><td>%s",
			html.EscapeString(s.name), f.color(s.Now()), share, f.text(s.Now()))
	}
	b.WriteString("</table>")
	return b.String()
}
