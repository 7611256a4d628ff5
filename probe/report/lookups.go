package report

import (
	"strconv"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/srv"
)

// lookupsView is what DNS said of the domain itself.
type lookupsView struct {
	Failure *failureView
	Notes   []string
	Lookups []lookupView
}

type lookupView struct{ Type, Took string }

// failureView is where something ended, and why. What is local lies with us and
// says nothing about the domain.
type failureView struct {
	Local bool
	Text  string
}

func failureOf(f *fact.Failure) *failureView {
	if f == nil {
		return nil
	}
	what := ended(f)
	if f.Detail != "" {
		what += ": " + remark(f.Detail)
	}
	return &failureView{f.Reason.Local(), what}
}

// failed is a failure as one phrase, "" for none.
func failed(f *fact.Failure) string {
	v := failureOf(f)
	if v == nil {
		return ""
	}
	return v.Text
}

func lookupsOf(s *subject) any {
	v := lookupsView{Failure: failureOf(s.Failure), Notes: setNotes(s.Result)}
	for _, l := range s.Lookups {
		v.Lookups = append(v.Lookups, lookupView{remark(l.Type), ms(l.Took)})
	}
	if v.Failure == nil && len(v.Notes)+len(v.Lookups) == 0 {
		return nil
	}
	return v
}

// serviceNotes is what a domain's SRV records come to.
func serviceNotes(s *srv.Set) []string {
	record := "_" + string(s.Service) + "._tcp"
	switch {
	case s.None:
		return []string{"the domain says that it does not offer the service"}
	case !s.Published:
		return []string{"no SRV record for the service: the name itself was looked at"}
	}
	notes := []string{count(s.Records, "SRV record") + " of " + record}
	if s.Limited {
		notes = append(notes, "more servers than the limit mx_hosts allows; the rest was left out")
	}
	if s.Authentic {
		notes = append(notes, "validated by DNSSEC")
	}
	return notes
}

// setNotes is what is special about the MX set, or about the SRV records.
func setNotes(r *probe.Result) (notes []string) {
	if r.SRV != nil {
		return serviceNotes(r.SRV)
	}
	s := r.MX
	if s == nil {
		return nil
	}
	for _, n := range []struct {
		is   bool
		text string
	}{
		{s.Null && !s.NullMixed, "null MX: the domain says that it takes no mail"},
		{s.NullMixed, "a null MX that is not alone"},
		{s.Implicit, "no MX record: the domain's own addresses take its mail"},
		{len(s.Aliases) > 0, "the domain is an alias of " + names(s.Aliases)},
		{len(s.Duplicates) > 0, "listed more than once: " + names(s.Duplicates)},
		{s.Authentic, "validated by DNSSEC"},
	} {
		if n.is {
			notes = append(notes, n.text)
		}
	}
	if s.Named > 0 {
		notes = append(notes, count(s.Records, "MX record")+", "+count(s.Named, "host")+", "+count(s.Addressed, "address"))
	}
	for _, l := range s.Limited {
		notes = append(notes, "more than the limit "+string(l)+" allows; the rest was left out")
	}
	return notes
}

// count is a number of things.
func count(n int, thing string) string {
	s := strconv.Itoa(n) + " " + thing
	switch {
	case n == 1:
		return s
	case thing[len(thing)-1] == 's':
		return s + "es"
	}
	return s + "s"
}
