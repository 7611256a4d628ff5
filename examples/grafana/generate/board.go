package main

// tag is what the dashboards find each other by.
const tag = "mx_exporter"

// board is a dashboard that is being filled, panel by panel from the left to the
// right and from the top down.
type board struct {
	dashboard
	x, y, height int // where the next panel goes, and how high this line is
}

func newBoard(uid, title, description string, vars ...variable) *board {
	alerts := `ALERTS{alertstate="firing"}`
	for _, v := range vars {
		if v.Name == "instance" {
			alerts = `ALERTS{alertstate="firing", instance=~"$instance"}`
		}
		if v.Name == "roundtrip" {
			alerts = `ALERTS{alertstate="firing", alertname=~"MXRoundTrip.*|MXMailbox.*|MXLogin.*|MXUser.*|MXSubmission.*"}`
		}
	}
	return &board{dashboard: dashboard{
		UID: uid, Title: title, Description: description, Tags: []string{tag},
		SchemaVersion: 39, Version: 1, Editable: true, GraphTooltip: 1, Refresh: "1m",
		Time: timeRange{"now-6h", "now"},
		Links: []link{
			{Title: "Mail", Type: "dashboards", Tags: []string{tag}, IncludeVars: true, KeepTime: true},
			{Title: "Exporter", Type: "link", URL: "${exporter_url}/", TargetBlank: true},
		},
		Templating: templating{append([]variable{
			{
				Name: "datasource", Label: "Data source", Description: "The Prometheus that scrapes the exporter.",
				Type: "datasource", Query: "prometheus",
			},
			{
				Name: "exporter_url", Label: "Exporter", Description: "Where the exporter's pages are, for the links to its reports.",
				Type: "textbox", Query: "http://127.0.0.1:10925", Current: &current{"http://127.0.0.1:10925", "http://127.0.0.1:10925"},
			},
		}, vars...)},
		Annotations: annotations{[]annotation{{
			Name: "Alerts", Datasource: source(), Enable: true, IconColor: "red",
			Expr: alerts, Step: "60s", TitleFormat: "{{alertname}}", TextFormat: "{{instance}} {{host}}", TagKeys: "severity",
		}}},
	}}
}

func source() datasource { return datasource{"prometheus", "${datasource}"} }

// chosen is a variable with the values of a metric's label.
func chosen(name, label, description, values string, several bool) variable {
	ds := source()
	v := variable{
		Name: name, Label: label, Description: description, Type: "query", Definition: values,
		Query: map[string]any{"query": values, "refId": name}, Datasource: &ds, Refresh: 2, Sort: 1,
	}
	if several {
		v.Multi, v.IncludeAll, v.AllValue = true, true, ".+"
		v.Current = &current{[]string{"All"}, []string{"$__all"}}
	}
	return v
}

// row begins a new part of the dashboard.
func (b *board) row(title string) {
	b.endLine()
	open := false
	b.put(panel{Type: "row", Title: title, Collapsed: &open}, 24, 1)
}

// endLine moves to the left edge below what is there.
func (b *board) endLine() { b.x, b.y, b.height = 0, b.y+b.height, 0 }

// put places a panel behind the last one, on a new line where it does not fit.
func (b *board) put(p panel, width, height int) {
	if b.x+width > 24 {
		b.endLine()
	}
	p.ID = len(b.Panels) + 1
	p.GridPos = place{H: height, W: width, X: b.x, Y: b.y}
	b.x, b.height = b.x+width, max(b.height, height)
	b.Panels = append(b.Panels, p)
}
