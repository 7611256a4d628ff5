package report

import (
	"strconv"

	"mx_exporter/probe"
	"mx_exporter/probe/smtp"
)

// maxTalk bounds the octets of transcript on one page, over all addresses.
const maxTalk = 256 << 10

// talkView is what was said at one address.
type talkView struct {
	ID    string
	At    string // host and address
	State stateView
	End   string // where and why it failed, "" where it went well
	Lines []lineView
	Count string
}

type lineView struct {
	At, Class, Who, Text string
}

// spoken reports whether there is a transcript to show.
func spoken(a *probe.Address) bool { return len(a.Transcript()) > 0 }

func talksOf(s *subject) any {
	var views []talkView
	budget := maxTalk
	for i := range s.Hosts {
		h := &s.Hosts[i]
		for j := range h.Addresses {
			a := &h.Addresses[j]
			if !spoken(a) {
				continue
			}
			said := a.Transcript()
			v := talkView{
				ID: talkID(i, j), At: name(h.Name) + " " + a.IP.String(), State: stateOf(a.State),
				End: ended(a.Failure), Lines: lines(said, &budget), Count: strconv.Itoa(len(said)) + " lines",
			}
			views = append(views, v)
		}
	}
	if views == nil {
		return nil
	}
	return views
}

// lines is a transcript as far as the budget goes.
func lines(said []smtp.Line, budget *int) []lineView {
	var views []lineView
	for _, l := range said {
		text := quoted(l.Text)
		if *budget -= len(text); *budget < 0 {
			return append(views, lineView{Class: "note", Text: "… more was said than is shown"})
		}
		views = append(views, lineView{At: ms(l.At), Class: sideClass(l.From), Who: side(l.From), Text: text})
	}
	return views
}

// sideClass is the side as one of our own words, whatever the result has.
func sideClass(s smtp.Side) string {
	switch s {
	case smtp.Client, smtp.Server:
		return string(s)
	case smtp.Note:
	}
	return "note"
}
