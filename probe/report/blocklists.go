package report

import (
	"slices"
	"strings"

	"mx_exporter/probe"
	"mx_exporter/probe/dnsbl"
)

// matrixView is what each list says of each subject, and more of those that
// list one.
type matrixView struct {
	Subjects []subjectView
	Rows     []listView
	Listings []listingView
}

type subjectView struct{ Name, Role string }

type listView struct {
	List  string
	Cells []stateView // beside Subjects
	Fault string      // of a list that failed its self-test
}

// listingView is one listing with what is known of it.
type listingView struct{ Subject, List, Meaning, Text, Delist string }

func blocklistsOf(s *subject) any {
	m := matrixOf(s.DNSBL)
	if m == nil {
		return nil
	}
	return m
}

// matrixOf is nil where no list was asked.
func matrixOf(r *dnsbl.Result) *matrixView {
	if r == nil || len(r.Answers) == 0 {
		return nil
	}
	m := &matrixView{}
	columns, rows := map[string]int{}, map[string]int{}
	for i := range r.Answers {
		a := &r.Answers[i]
		if key := subjectName(a.Subject); !slices.ContainsFunc(m.Subjects, func(v subjectView) bool { return v.Name == key }) {
			columns[key] = len(m.Subjects)
			m.Subjects = append(m.Subjects, subjectView{key, string(a.Subject.Role)})
		}
		if _, known := rows[a.List]; !known {
			rows[a.List] = len(m.Rows)
			m.Rows = append(m.Rows, listView{List: remark(a.List), Fault: faultOf(r, a.List)})
		}
	}
	for i := range m.Rows {
		m.Rows[i].Cells = make([]stateView, len(m.Subjects))
	}
	for i := range r.Answers {
		a := &r.Answers[i]
		m.Rows[rows[a.List]].Cells[columns[subjectName(a.Subject)]] = answerState(a)
		if a.Verdict == dnsbl.Listed {
			m.Listings = append(m.Listings, listingOf(a))
		}
	}
	return m
}

func subjectName(s dnsbl.Subject) string {
	if s.Domain != "" {
		return name(strings.TrimSuffix(s.Domain, "."))
	}
	return s.Address.Unmap().String()
}

// notListed is the word for what is well.
const notListed = "not listed"

// answerState is one cell of the matrix. One that nobody asked about has no
// word.
func answerState(a *dnsbl.Answer) stateView {
	switch a.Verdict {
	case dnsbl.Listed:
		return stateView{"down", "✗", "listed"}
	case dnsbl.NotListed:
		return stateView{"up", "✓", notListed}
	case dnsbl.Unknown:
	}
	return stateView{"untested", "?", "not known: " + string(a.Reason)}
}

func listingOf(a *dnsbl.Answer) listingView {
	l := listingView{
		Subject: subjectName(a.Subject), List: remark(a.List), Delist: remark(a.Delist),
		Meaning: remark(strings.Join(a.Meanings(), ", ")),
	}
	if a.Text != "" {
		l.Text = quoted(a.Text)
	}
	return l
}

// faultOf says what is wrong with a list.
func faultOf(r *dnsbl.Result, list string) string {
	for _, h := range r.Lists {
		if h.List == list && h.State == dnsbl.Broken {
			return "fails its self-test (" + string(h.Fault) + ")"
		}
	}
	return ""
}

// blocklists writes a line for each list that lists something or says nothing,
// and counts the others.
func (p *printer) blocklists(r *probe.Result) {
	m := matrixOf(r.DNSBL)
	if m == nil {
		return
	}
	p.gap()
	p.line(0, plainTexts(titleBlocklists))
	for i, s := range m.Subjects {
		p.subject(s, m.column(i))
	}
	for _, l := range m.Listings {
		p.line(1, coloured("listed", red), plainTexts(l.Subject+" on "+l.List+": "+l.Meaning))
		if l.Text != "" {
			p.line(2, plainTexts(l.Text))
		}
		if l.Delist != "" {
			p.line(2, plainTexts("to be removed: "+l.Delist))
		}
	}
	for _, row := range m.Rows {
		if row.Fault != "" {
			p.line(1, coloured("broken", grey), plainTexts(row.List+": "+row.Fault))
		}
	}
}

// column is what each list says of one subject, by word.
func (m *matrixView) column(i int) map[string][]string {
	said := map[string][]string{}
	for _, row := range m.Rows {
		if w := row.Cells[i].Word; w != "" {
			said[w] = append(said[w], row.List)
		}
	}
	return said
}

// subject is one line: what the lists say, most of them by number.
func (p *printer) subject(s subjectView, said map[string][]string) {
	var parts []string
	for word, lists := range said {
		if word == notListed {
			parts = append(parts, word+" on "+count(len(lists), "list"))
			continue
		}
		parts = append(parts, word+" ("+strings.Join(lists, ", ")+")")
	}
	slices.Sort(parts)
	p.line(1, plainTexts(s.Name+" ("+s.Role+"):", strings.Join(parts, ", ")))
}
