package report

import (
	"strconv"
	"strings"
	"time"

	"mx_exporter/probe"
	"mx_exporter/probe/dane"
	"mx_exporter/probe/dkim"
	"mx_exporter/probe/dmarc"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mtasts"
	"mx_exporter/probe/tlsrpt"
)

// policyView is one thing that the domain, or the owner of an address,
// publishes.
type policyView struct {
	Name   string
	At     string // selector, host or address; "" for the domain
	State  stateView
	Note   string // what it comes to
	Record string // as published, "" where it is none or more than one record
}

// statusOf is the status of a check with its mark.
func statusOf(s fact.Status) stateView {
	switch s {
	case fact.Pass:
		return stateView{"up", "✓", "pass"}
	case fact.Fail:
		return stateView{"down", "✗", "fail"}
	case fact.None:
		return stateView{"untested", "–", "none"}
	case fact.Error:
	}
	return stateView{"untested", "?", "not known"}
}

func policiesOf(s *subject) any {
	if rows := policies(s.Result); len(rows) > 0 {
		return rows
	}
	return nil
}

// policies lists what was looked at, the domain's own first.
func policies(r *probe.Result) (rows []policyView) {
	if p := r.SPF; p != nil {
		rows = append(rows, policyView{"SPF", "", statusOf(p.Status), note(p.Failure, count(p.Lookups, "look-up")+" of at most 10", p.Record != ""), record(p.Record)})
	}
	if r.DMARC != nil {
		rows = append(rows, dmarcView(r.DMARC))
	}
	for _, k := range r.DKIM {
		rows = append(rows, dkimView(k))
	}
	if r.MTASTS != nil {
		rows = append(rows, mtastsView(r.MTASTS))
	}
	if r.TLSRPT != nil {
		rows = append(rows, tlsrptView(r.TLSRPT))
	}
	for i := range r.Hosts {
		rows = append(rows, hostPolicies(&r.Hosts[i])...)
	}
	for _, c := range r.Unfinished {
		rows = append(rows, policyView{Name: string(c), State: statusOf(fact.Error), Note: "the probe's time was not enough"})
	}
	return rows
}

// note is why something could not be looked up, or else what it comes to, if it
// is there.
func note(f *fact.Failure, text string, there bool) string {
	switch {
	case f != nil:
		return failed(f)
	case there:
		return text
	}
	return ""
}

// record is a published record, fit to be printed.
func record(text string) string {
	if text == "" {
		return ""
	}
	return quoted(text)
}

func dmarcView(d *dmarc.Result) policyView {
	text := "policy " + string(d.Policy)
	if d.Testing {
		text += ", being tested"
	}
	if d.Found != "" && d.Found != d.Domain {
		text += ", of " + name(d.Found)
	}
	return policyView{"DMARC", "", statusOf(d.Status), note(d.Failure, text, d.Policy != ""), record(d.Record)}
}

func dkimView(k *dkim.Result) policyView {
	text := remark(string(k.Type))
	if k.Bits > 0 {
		text += ", " + strconv.Itoa(k.Bits) + " bits"
	}
	if k.Revoked {
		text += ", revoked"
	}
	if k.Testing {
		text += ", being tested"
	}
	return policyView{"DKIM", name(k.Selector), statusOf(k.Status), note(k.Failure, text, k.Record != ""), record(k.Record)}
}

func mtastsView(m *mtasts.Result) policyView {
	v := policyView{Name: "MTA-STS", State: statusOf(m.Status), Note: note(m.Failure, "", false), Record: record(m.RecordText)}
	if m.Pending {
		v.Note = "its host had not answered in time; the policy is being fetched for the next look"
	}
	if p := m.Policy; p != nil {
		v.Note = "mode " + string(p.Mode) + ", kept for " + days(time.Duration(p.MaxAge)*time.Second) + ", for " + names(p.MX)
	}
	return v
}

func tlsrptView(t *tlsrpt.Result) policyView {
	return policyView{"TLS reports", "", statusOf(t.Status), note(t.Failure, count(len(t.Reports), "place")+" to report to", t.Record != ""), record(t.Record)}
}

// hostPolicies is what is published about a server and its addresses.
func hostPolicies(h *probe.Host) (rows []policyView) {
	if h.DANE != nil {
		rows = append(rows, daneView(h))
	}
	for i := range h.Addresses {
		if p := h.Addresses[i].PTR; p != nil {
			var ns []string
			for _, n := range p.Names {
				ns = append(ns, n.Name)
			}
			rows = append(rows, policyView{"reverse name", h.Addresses[i].IP.String(), statusOf(p.Status), note(p.Failure, names(ns), true), ""})
		}
	}
	return rows
}

// daneView says of records to which no sender is held why that is so.
func daneView(h *probe.Host) policyView {
	v := policyView{Name: "DANE", At: name(h.Name), State: statusOf(h.DANE.Status)}
	recs := h.DANE.Records
	if recs == nil {
		return v
	}
	v.Note = note(recs.Failure, count(recs.Total, "TLSA record"), recs.Total > 0)
	if recs.Total == 0 || h.DANE.Status == fact.Error {
		return v
	}
	if h.DANE.Status == fact.None {
		v.State.Word = "not applicable"
	}
	switch {
	case recs.State == dane.Unsigned:
		v.Note += ", not signed: no sender looks at them"
	case recs.State == dane.Unusable:
		v.Note += ", none of which can be used: senders demand TLS and take any certificate"
	case !recs.MXAuthentic && h.DANE.Status == fact.None:
		v.Note += "; the MX record is not signed, so that only some senders look at them"
	}
	return v
}

// days is a length of time in whole days, or in what is needed below one.
func days(d time.Duration) string {
	if d < 48*time.Hour {
		return d.String()
	}
	return count(int(d.Hours()/24), "day")
}

// policies writes the rows of the table, a line each.
func (p *printer) policies(r *probe.Result) {
	rows := policies(r)
	if len(rows) == 0 {
		return
	}
	p.gap()
	p.line(0, plainTexts(titlePolicies))
	for _, v := range rows {
		p.line(1, plainTexts(strings.TrimSpace(v.Name+" "+v.At)+":"), coloured(v.State.Word, markColour(v.State)), plainTexts(v.Note))
		if v.Record != "" {
			p.line(2, plainTexts(v.Record))
		}
	}
}
