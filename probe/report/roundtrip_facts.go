package report

import (
	"fmt"
	"strconv"
	"strings"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/roundtrip"
	"mx_exporter/probe/roundtrip/arrival"
)

// tripFact is one thing that was learned of a message.
type tripFact struct {
	State stateView
	What  string
	Text  string
}

// good is the mark of what is as it should be, or is not.
func good(is bool) stateView {
	if is {
		return stateOf(probe.Up)
	}
	return stateOf(probe.Down)
}

// tripFacts are what there is to say of a run beside its outcome.
func tripFacts(r *roundtrip.Run) (fs []tripFact) {
	add := func(state stateView, what, text string) { fs = append(fs, tripFact{state, what, text}) }
	if r.Host != "" {
		add(good(r.Told() && r.Outcome != roundtrip.Refused && r.Outcome != roundtrip.Unsent), "Given to", name(r.Host))
	}
	if r.Attempts > 1 {
		add(stateOf(probe.NotTested), "Attempts", strconv.Itoa(r.Attempts)+", since it was not taken at once ("+strings.ReplaceAll(string(r.Class), "_", " ")+")")
	}
	if r.Folder != "" {
		add(good(r.Folder != mailbox.Junk), "Folder", string(r.Folder)+" "+quoted(r.Name))
	}
	if r.Copies > 1 {
		add(good(false), "Copies", strconv.Itoa(r.Copies))
	}
	for _, s := range r.Stages {
		add(stateOf(probe.NotTested), "Time to "+string(s.Stage), ms(s.Took))
	}
	if r.EICAR != nil {
		add(good(r.EICAR.AsDeclared()), "Virus scanner", fmt.Sprintf("the EICAR test file was %s, and is to be %s", r.EICAR.Outcome, r.EICAR.Declared))
	}
	if r.Arrival != nil {
		arrivalFacts(r.Arrival, add)
	}
	return fs
}

func arrivalFacts(a *arrival.Arrival, add func(stateView, string, string)) {
	if a.MX != "" {
		add(good(true), "Taken by", name(a.MX))
	}
	if auth := a.Authentication; auth != nil {
		for _, r := range auth.Results {
			add(verdictState(r.Verdict), strings.ToUpper(string(r.Method)), string(r.Verdict)+", as "+name(auth.By)+" says: "+quoted(r.Detail))
		}
	}
	for _, s := range a.DKIM {
		text := "a signature of " + name(s.Domain) + " holds"
		if s.Status != fact.Pass {
			text = "a signature of " + name(s.Domain) + " does not hold: " + quoted(s.Detail)
		}
		add(good(s.Status == fact.Pass), "DKIM as we verify it", text)
	}
	for _, s := range a.Spam {
		add(good(s.Spam == nil || !*s.Spam), "Spam filter", spamWords(s))
	}
	if a.Attachment != "" {
		add(good(a.Attachment == arrival.Intact), "Attachment", string(a.Attachment))
	}
}

// verdictState marks what a receiver found: what is not published is no fault of
// the message.
func verdictState(v arrival.Verdict) stateView {
	switch v {
	case arrival.Pass, arrival.BestGuess:
		return stateOf(probe.Up)
	case arrival.Fail, arrival.SoftFail, arrival.PermError, arrival.Policy:
		return stateOf(probe.Down)
	case arrival.Neutral, arrival.None, arrival.TempError, arrival.Other:
	}
	return stateOf(probe.NotTested)
}

func spamWords(s arrival.Spam) string {
	text := string(s.Filter)
	if s.Spam != nil {
		text += map[bool]string{true: " takes it for spam", false: " lets it through"}[*s.Spam]
	}
	if s.Score != nil {
		text += ", score " + strconv.FormatFloat(*s.Score, 'f', -1, 64)
	}
	if s.Threshold != nil {
		text += " of " + strconv.FormatFloat(*s.Threshold, 'f', -1, 64)
	}
	if s.Detail != "" {
		text += ": " + quoted(s.Detail)
	}
	return text
}

// outcomeMeaning says what an outcome means to somebody who has to act on it.
func outcomeMeaning(r *roundtrip.Run) string {
	switch r.Outcome {
	case roundtrip.Arrived:
		return "Mail gets through."
	case roundtrip.Late:
		return "Mail gets through, and takes longer than it may."
	case roundtrip.Lost:
		return "A server took the message, and it is in no folder of the mailbox: it may wait in a queue, in a quarantine, or be gone."
	case roundtrip.Bounced:
		return "A server took the message and gave it back."
	case roundtrip.Refused:
		return "No server took the message."
	case roundtrip.Unsent:
		return "The message could not be handed over: no server answered, or the conversation broke off."
	case roundtrip.Unread:
		return "The mailbox could not be looked into, so whether the message arrived is not known."
	case roundtrip.Unknown:
		return "Nothing can be said: the fault is on our side, or nobody was there to see."
	}
	return ""
}
