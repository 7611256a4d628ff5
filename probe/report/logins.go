package report

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"mx_exporter/probe"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/sasl"
	"mx_exporter/probe/smtp"
)

// loginView is what one address said of logging in, and what was in the mailbox.
type loginView struct {
	Host, Address string
	State         stateView
	Facts         []string
}

func loginsOf(s *subject) any {
	if !s.Prober.ForUsers() {
		return nil
	}
	var views []loginView
	for i := range s.Hosts {
		h := &s.Hosts[i]
		for j := range h.Addresses {
			a := &h.Addresses[j]
			if facts := loginLines(s.Result, a); len(facts) > 0 {
				views = append(views, loginView{name(h.Name), a.IP.String(), loginState(a), facts})
			}
		}
	}
	if views == nil {
		return nil
	}
	return views
}

// loginState is how the login went.
func loginState(a *probe.Address) stateView {
	ok, tried := a.LoggedIn()
	switch {
	case ok:
		return stateView{"up", "✓", "logged in"}
	case tried, a.Backoff != nil:
		return stateView{"down", "✗", "not logged in"}
	}
	return stateView{"untested", "–", "no login"}
}

// loginLines is the same in words, a phrase each; none where there is nothing to
// say.
func loginLines(r *probe.Result, a *probe.Address) (lines []string) {
	if !r.Prober.ForUsers() {
		return nil
	}
	add := func(what, text string) {
		if text != "" {
			lines = append(lines, what+": "+text)
		}
	}
	add("login", loginWords(a))
	add("mechanisms", strings.Join(mechanisms(a), ", "))
	if m := a.Mailbox; m != nil {
		add("capabilities", remark(strings.Join(slices.Sorted(slices.Values(m.Capabilities)), ", ")))
		add("messages", messages(m))
		add("mailbox", quotaWords(m.Quota))
	}
	return lines
}

func loginWords(a *probe.Address) string {
	if b := a.Backoff; b != nil {
		if b.Until.IsZero() {
			return "not tried, since it was refused a moment ago"
		}
		return "not tried before " + b.Until.UTC().Format(time.DateTime) + " UTC, since it was refused " + count(b.Failures, "time")
	}
	ok, tried := a.LoggedIn()
	how, code := loginHow(a)
	switch {
	case !tried:
		return ""
	case ok:
		return "accepted, by " + how
	case code != "":
		return "refused, by " + how + " (" + remark(code) + ")"
	}
	return "refused, by " + how
}

// loginHow is the mechanism of a login, and the server's code where it said no.
func loginHow(a *probe.Address) (mechanism, code string) {
	switch {
	case a.Mailbox != nil && a.Mailbox.Login != nil:
		return remark(a.Mailbox.Login.Mechanism), a.Mailbox.Login.ReplyCode
	case a.Dialogue != nil && a.Dialogue.Auth != nil:
		return remark(a.Dialogue.Auth.Mechanism), string(a.Dialogue.Auth.Refusal)
	}
	return "", ""
}

// mechanisms are those that an address of a server for users offers.
func mechanisms(a *probe.Address) []string {
	switch {
	case a.Mailbox != nil:
		return a.Mailbox.Mechanisms
	case a.Dialogue != nil:
		return sasl.Labels(smtp.Mechanisms(a.Dialogue.Extensions))
	}
	return nil
}

func messages(m *mailbox.Dialogue) string {
	if m.Messages == nil {
		return ""
	}
	s := strconv.FormatInt(*m.Messages, 10)
	if m.Unseen != nil {
		s += ", " + strconv.FormatInt(*m.Unseen, 10) + " unread"
	}
	return s
}

// quotaWords is how full a mailbox is.
func quotaWords(q *mailbox.Quota) string {
	if q == nil {
		return ""
	}
	var parts []string
	if p := portion(q.UsedBytes, q.LimitBytes, size); p != "" {
		parts = append(parts, p)
	}
	plain := func(n int64) string { return strconv.FormatInt(n, 10) + " messages" }
	if p := portion(q.UsedMessages, q.LimitMessages, plain); p != "" {
		parts = append(parts, p)
	}
	return strings.Join(parts, "; ")
}

func portion(used, limit *int64, words func(int64) string) string {
	switch {
	case used == nil:
		return ""
	case limit == nil || *limit <= 0:
		return words(*used) + " used"
	}
	percent := strconv.FormatFloat(100*float64(*used)/float64(*limit), 'f', 0, 64)
	return words(*used) + " of " + words(*limit) + " used (" + percent + " %)"
}

// size is a number of octets with a unit that people use for mailboxes.
func size(n int64) string {
	unit, scale := "KiB", float64(1<<10)
	switch {
	case n >= 1<<30:
		unit, scale = "GiB", 1<<30
	case n >= 1<<20:
		unit, scale = "MiB", 1<<20
	}
	return strconv.FormatFloat(float64(n)/scale, 'f', 1, 64) + " " + unit
}
