package arrival

import (
	"net/mail"
	"slices"
	"strings"
	"time"

	"mx_exporter/probe/fact"
)

// Hop is one server that had the message, as its Received field says (RFC 5321
// section 4.4).
type Hop struct {
	From string    `json:"from,omitempty"` // who handed the message over, as that one named itself
	By   string    `json:"by,omitempty"`   // who took it
	With string    `json:"with,omitempty"` // protocol, such as ESMTPS
	For  string    `json:"for,omitempty"`
	At   time.Time `json:"at,omitzero"` // by the clock of By; zero: not told
	// Delay is the time since the hop before it, or since the sending at the
	// first one. nil: not known, since one of the two times is missing.
	Delay *fact.Elapsed `json:"delay_seconds,omitempty"`
	// Skewed says that the time went backwards, so that one of the two clocks is
	// wrong and Delay is 0.
	Skewed bool `json:"skewed,omitempty"`
}

// dateLayouts are forms of dates that are out in the world and that [mail.ParseDate]
// does not take.
var dateLayouts = []string{
	"Mon, 2 Jan 2006 15:04:05.999999 -0700", // Lotus and some appliances
	"2 Jan 2006 15:04:05.999999 -0700",
	"Mon Jan _2 15:04:05 2006", // asctime
	time.RFC3339,
}

// hops reads the Received fields, oldest first.
func hops(h header, sent time.Time) (hs []Hop, more bool) {
	lines := h.all("received")
	if more = len(lines) > maxHops; more {
		lines = lines[:maxHops] // those nearest to the mailbox
	}
	for _, l := range lines {
		hs = append(hs, hop(l))
	}
	slices.Reverse(hs)
	before := sent
	if more {
		before = time.Time{} // the first that is kept is not the first there was
	}
	for i := range hs {
		hs[i].follow(before)
		before = hs[i].At
	}
	return hs, more
}

// follow works out how long the message took from a moment to this hop. Times in
// Received fields have whole seconds, so one that is less than a second too early
// is on time.
func (h *Hop) follow(before time.Time) {
	if before.IsZero() || h.At.IsZero() {
		return
	}
	d := h.At.Sub(before)
	h.Skewed = d <= -time.Second
	took := fact.Elapsed(max(d, 0))
	h.Delay = &took
}

// hop reads one field. What it does not understand it leaves out.
func hop(value string) (h Hop) {
	date := ""
	if at := strings.LastIndexByte(value, ';'); at >= 0 {
		value, date = value[:at], value[at+1:]
	}
	h.At = when(date)
	text := uncommented(value)
	words := strings.Fields(text)
	for i := 0; i+1 < len(words); i++ {
		to := map[string]*string{"from": &h.From, "by": &h.By, "with": &h.With, "for": &h.For}[strings.ToLower(words[i])]
		if to != nil && *to == "" {
			*to = clip(strings.Trim(words[i+1], "<>;"))
			i++
		}
	}
	return h
}

// when reads a date. The zero time is none.
func when(s string) time.Time {
	s = uncommented(s[:min(len(s), maxText)])
	s = strings.Join(strings.Fields(s), " ")
	t, err := mail.ParseDate(s)
	for _, l := range dateLayouts {
		if err == nil {
			break
		}
		t, err = time.Parse(l, s)
	}
	if err != nil || t.Year() < 1970 || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC()
}

// takenBy finds which of a domain's servers took the message from outside: the
// first on the way whose name is one of theirs. It gives the name as it is in the
// list, so that it may be a label; empty where no server of the list is on the
// way.
func takenBy(hs []Hop, servers []string) string {
	for _, h := range hs {
		for _, s := range servers {
			if strings.EqualFold(strings.TrimSuffix(h.By, "."), strings.TrimSuffix(s, ".")) {
				return s
			}
		}
	}
	return ""
}
