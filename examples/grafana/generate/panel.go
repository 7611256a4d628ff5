package main

import "maps"

// what says in words what a panel shows, with the unit that its values have in
// Grafana's names: s, percentunit, short, none, bool.
type what struct {
	title, description, unit string
}

// query is an expression, with what its series are called.
type query struct {
	expr, legend string
}

func newPanel(kind string, w what, qs []query) panel {
	ds := source()
	p := panel{
		Type: kind, Title: w.title, Description: w.description, Datasource: &ds,
		FieldConfig: &fieldConfig{Defaults: field{Unit: w.unit, Custom: map[string]any{}}, Overrides: []override{}},
	}
	for i, q := range qs {
		p.Targets = append(p.Targets, target{RefID: string(rune('A' + i)), Datasource: ds, Expr: q.expr, LegendFormat: q.legend, Range: true})
	}
	return p
}

// now makes a panel ask for the present alone.
func now(p panel) panel {
	for i := range p.Targets {
		p.Targets[i].Range, p.Targets[i].Instant = false, true
	}
	return p
}

// lines shows values over time.
func lines(w what, qs ...query) panel {
	p := newPanel("timeseries", w, qs)
	p.FieldConfig.Defaults.Min = number(0)
	p.FieldConfig.Defaults.Custom = map[string]any{"lineWidth": 1, "fillOpacity": 8, "showPoints": "never", "spanNulls": false}
	p.Options = map[string]any{
		"legend":  map[string]any{"displayMode": "list", "placement": "bottom", "showLegend": true},
		"tooltip": map[string]any{"mode": "multi", "sort": "desc"},
	}
	return p
}

// stacked shows parts of a whole over time.
func stacked(w what, qs ...query) panel {
	p := lines(w, qs...)
	maps.Copy(p.FieldConfig.Defaults.Custom, map[string]any{"fillOpacity": 60, "stacking": map[string]any{"mode": "normal", "group": "A"}})
	return p
}

// states shows over time in which of some states each series was.
func states(w what, m []mapping, qs ...query) panel {
	p := newPanel("state-timeline", w, qs)
	p.FieldConfig.Defaults.Mappings = m
	p.FieldConfig.Defaults.Color = map[string]any{"mode": "thresholds"}
	p.FieldConfig.Defaults.Thresholds = from("text")
	p.FieldConfig.Defaults.Custom = map[string]any{"fillOpacity": 80, "lineWidth": 0}
	p.Options = map[string]any{
		"mergeValues": true, "showValue": "never", "rowHeight": 0.85,
		"legend": map[string]any{"showLegend": false}, "tooltip": map[string]any{"mode": "single"},
	}
	return p
}

// stat shows one number or word of now.
func stat(w what, t *thresholds, qs ...query) panel {
	p := now(newPanel("stat", w, qs))
	p.FieldConfig.Defaults.Thresholds = t
	p.FieldConfig.Defaults.Color = map[string]any{"mode": "thresholds"}
	p.FieldConfig.Defaults.NoValue = "none"
	p.Options = map[string]any{
		"colorMode": "background", "graphMode": "none", "justifyMode": "auto", "textMode": "auto",
		"reduceOptions": map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false},
	}
	return p
}

// words is a stat that shows the names of its series instead of their values.
func words(w what, qs ...query) panel {
	p := stat(w, from("blue"), qs...)
	p.Options["textMode"] = "name"
	return p
}

// bars compares values of now.
func bars(w what, t *thresholds, qs ...query) panel {
	p := now(newPanel("bargauge", w, qs))
	p.FieldConfig.Defaults.Thresholds = t
	p.FieldConfig.Defaults.Color = map[string]any{"mode": "thresholds"}
	p.FieldConfig.Defaults.Min = number(0)
	p.Options = map[string]any{
		"displayMode": "basic", "orientation": "horizontal",
		"reduceOptions": map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false},
	}
	return p
}

// table shows series of now, one in a line. Columns are the labels in this
// order, then the values, of which the second and later are joined by the first
// label.
func table(w what, columns []string, qs ...query) panel {
	p := now(newPanel("table", w, qs))
	order, hide, names := map[string]any{}, map[string]any{"Time": true}, map[string]any{}
	for i, c := range columns {
		order[c] = i
	}
	for i := range p.Targets {
		p.Targets[i].Format = "table"
		value := "Value"
		if len(qs) > 1 {
			value += " #" + p.Targets[i].RefID
		}
		order[value] = len(columns) + i
		names[value] = qs[i].legend
		if qs[i].legend == "" {
			hide[value] = true
		}
	}
	for _, l := range []string{"__name__", "job", "exporter", "module", "team", "maintenance"} {
		hide[l] = true
	}
	if len(qs) > 1 {
		p.Transformations = append(p.Transformations, transformation{"merge", map[string]any{}})
	}
	p.Transformations = append(p.Transformations, transformation{"organize", map[string]any{"excludeByName": hide, "indexByName": order, "renameByName": names}})
	p.Options = map[string]any{"showHeader": true, "cellHeight": "sm"}
	return p
}

// column changes how a column of a table looks.
func (p *panel) column(name string, props ...property) {
	p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, override{matcher{"byName", name}, props})
}

// sorted orders a table by one of its columns.
func (p *panel) sorted(by string, desc bool) {
	p.Options["sortBy"] = []map[string]any{{"displayName": by, "desc": desc}}
}

// hide leaves columns out of a table.
func (p *panel) hide(columns ...string) {
	for _, t := range p.Transformations {
		if hidden, ok := t.Options["excludeByName"].(map[string]any); ok {
			for _, c := range columns {
				hidden[c] = true
			}
		}
	}
}
