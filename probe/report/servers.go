package report

import (
	"strconv"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
)

// serversView is the table of servers.
type serversView struct {
	Order   string
	Servers []serverView
}

// serverView is one host and its addresses.
type serverView struct {
	Host       string
	Preference int
	Role       fact.Role
	Expected   string
	Odd        bool // expected to do something else than to take mail
	State      stateView
	Addresses  []addressView // at least one row, even without an address
}

type addressView struct {
	Address string // "" where the host has none
	Talk    string // id of what was said, "" where nothing was
	State   stateView
	Answer  string
}

// stateView is a state with a class for its colour, and a mark that shows it
// without colour.
type stateView struct{ Class, Mark, Word string }

func stateOf(s probe.State) stateView {
	switch s {
	case probe.Up:
		return stateView{"up", "✓", stateWord(s)}
	case probe.Down:
		return stateView{"down", "✗", stateWord(s)}
	case probe.NotTested:
	}
	return stateView{"untested", "?", stateWord(s)}
}

func serversOf(s *subject) any {
	if len(s.Hosts) == 0 {
		return nil
	}
	table := serversView{Order: order(s.Result)}
	for i := range s.Hosts {
		h := &s.Hosts[i]
		v := serverView{
			Host: name(h.Name), Preference: int(h.Preference), Role: h.Role, State: stateOf(h.State),
			Expected: expected(s.Result, h.Expect), Odd: h.Expect != "" && h.Expect != config.Accept,
		}
		for j := range h.Addresses {
			a := &h.Addresses[j]
			row := addressView{Address: a.IP.String(), State: stateOf(a.State), Answer: answer(a)}
			if spoken(a) {
				row.Talk = talkID(i, j)
			}
			v.Addresses = append(v.Addresses, row)
		}
		if len(v.Addresses) == 0 {
			v.Addresses = []addressView{{State: v.State, Answer: ended(h.Failure)}}
		}
		table.Servers = append(table.Servers, v)
	}
	return table
}

// talkID is the anchor of what was said at an address.
func talkID(host, address int) string {
	return "talk-" + strconv.Itoa(host+1) + "-" + strconv.Itoa(address+1)
}

// answer is the reply that decided, as code, enhanced code and class, or how the
// conversation ended without one.
func answer(a *probe.Address) string {
	if a.Dialogue == nil {
		if ok, tried := a.LoggedIn(); tried && ok && a.Failure == nil {
			return "logged in"
		}
		return ended(a.Failure)
	}
	s := decisive(a.Dialogue.Stages, a.Failure)
	switch {
	case s == nil:
		return ended(a.Failure)
	case a.Failure != nil:
		return string(s.Stage) + ": " + codes(*s.Reply, s.Class)
	}
	return codes(*s.Reply, s.Class)
}

// decisive is the stage at which a conversation failed, if the server answered
// there; for one that went well, the last before QUIT.
func decisive(stages []smtp.Stage, f *fact.Failure) *smtp.Stage {
	for i := len(stages) - 1; i >= 0; i-- {
		s := &stages[i]
		if f != nil && s.Stage != f.Stage || s.Stage == fact.Quit || s.Reply == nil {
			continue
		}
		return s
	}
	return nil
}

// ended is where and why something ended.
func ended(f *fact.Failure) string {
	switch {
	case f == nil:
		return ""
	case f.Stage == "":
		return string(f.Reason)
	}
	return string(f.Stage) + ": " + string(f.Reason)
}
