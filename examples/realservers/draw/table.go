package draw

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
)

// line is one of a table: texts of labels, and values by the name of their
// column.
type line struct {
	labels map[string]string
	values map[string]float64
}

// table draws a table as the panel's transformations make it.
func (p Panel) table(answers Answers) string {
	rows, columns := p.joined(answers), p.columns(answers)
	p.sort(rows)
	var b strings.Builder
	b.WriteString("<table><tr>")
	for _, c := range columns {
		fmt.Fprintf(&b, "<th>%s", html.EscapeString(p.heading(c)))
	}
	for _, r := range rows {
		b.WriteString("<tr>")
		for _, c := range columns {
			text, color := r.labels[c], "none"
			if v, ok := r.values[c]; ok {
				f := p.field(p.heading(c))
				text = f.text(v)
				if s, ok := f.mapped(v); ok {
					color = paint(s.Color)
				}
			}
			fmt.Fprintf(&b, "<td style=\"background:%s\">%s", color, html.EscapeString(text))
		}
	}
	b.WriteString("</table>")
	return b.String()
}

// organize is the options of the transformation that names, orders and hides.
func (p Panel) organize() (order map[string]int, hide map[string]bool, names map[string]string) {
	for _, t := range p.Transformations {
		if t.ID == "organize" {
			return t.Options.IndexByName, t.Options.ExcludeByName, t.Options.RenameByName
		}
	}
	return nil, nil, nil
}

// value is what Grafana calls the column of a target's values.
func (p Panel) value(i int) string {
	if len(p.Targets) > 1 {
		return "Value #" + p.Targets[i].RefID
	}
	return "Value"
}

// joined has a line for each series, or for each set of labels where the targets
// are merged.
func (p Panel) joined(answers Answers) []line {
	lines, order := map[string]line{}, []string{}
	for i, series := range answers {
		for _, s := range series {
			key := fmt.Sprint(s.Labels)
			if _, ok := lines[key]; !ok {
				lines[key] = line{s.Labels, map[string]float64{}}
				order = append(order, key)
			}
			lines[key].values[p.value(i)] = s.Now()
		}
	}
	all := make([]line, len(order))
	for i, key := range order {
		all[i] = lines[key]
	}
	return all
}

// columns are those that are not hidden, in their order.
func (p Panel) columns(answers Answers) []string {
	order, hide, _ := p.organize()
	all := map[string]bool{}
	for i, series := range answers {
		all[p.value(i)] = true
		for _, s := range series {
			for l := range s.Labels {
				all[l] = true
			}
		}
	}
	maps.DeleteFunc(all, func(c string, _ bool) bool { return hide[c] })
	place := func(c string) int {
		if i, ok := order[c]; ok {
			return i
		}
		return len(order)
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
	})
}

// heading is what stands above a column.
func (p Panel) heading(column string) string {
	_, _, names := p.organize()
	if n := names[column]; n != "" {
		column = n
	}
	if n := p.field(column).DisplayName; n != "" {
		return n
	}
	return column
}

// field is how a column's values are shown.
func (p Panel) field(heading string) field {
	f := p.FieldConfig.Defaults
	for _, o := range p.FieldConfig.Overrides {
		if o.Matcher.Options != heading {
			continue
		}
		for _, x := range o.Properties {
			switch x.ID {
			case "unit":
				_ = json.Unmarshal(x.Value, &f.Unit)
			case "displayName":
				_ = json.Unmarshal(x.Value, &f.DisplayName)
			case "mappings":
				_ = json.Unmarshal(x.Value, &f.Mappings)
			case "color":
				_ = json.Unmarshal(x.Value, &f.Color)
			}
		}
	}
	return f
}

func (p Panel) sort(rows []line) {
	for _, by := range p.Options.SortBy {
		slices.SortStableFunc(rows, func(a, b line) int {
			c := 0
			for i := range p.Targets {
				if p.heading(p.value(i)) == by.DisplayName {
					c = cmp.Compare(a.values[p.value(i)], b.values[p.value(i)])
				}
			}
			c = cmp.Or(c, cmp.Compare(a.labels[by.DisplayName], b.labels[by.DisplayName]))
			if by.Desc {
				return -c
			}
			return c
		})
	}
}
