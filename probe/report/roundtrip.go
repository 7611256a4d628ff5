package report

import (
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/roundtrip"
)

// RoundTrip writes the page of one round trip: how its last run ended, the way that
// the message took, what was made of it, and the runs before. The error is that of
// the writer.
func RoundTrip(w io.Writer, s *roundtrip.Status, now time.Time, o HTMLOptions) error {
	v := tripHead(s, now)
	if err := begin(w, v.Word+": round trip "+v.Name, o); err != nil {
		return err
	}
	if err := show(w, "trip", v); err != nil {
		return err
	}
	for _, part := range tripSections(s) {
		if part.data == nil {
			continue
		}
		var inner strings.Builder
		if err := show(&inner, part.template, part.data); err != nil {
			return err
		}
		if err := show(w, "section", map[string]any{"ID": part.id, "Title": part.title, "Inner": template.HTML(inner.String())}); err != nil {
			return err
		}
	}
	return show(w, "end", o)
}

type tripSection struct {
	id, title, template string
	data                any // nil: there is nothing to show
}

func tripSections(s *roundtrip.Status) []tripSection {
	var way, facts, talk any
	if r := s.Last; r != nil {
		if v := wayOf(r); v != nil {
			way = v
		}
		if fs := tripFacts(r); fs != nil {
			facts = fs
		}
		budget := maxTalk
		if ls := lines(r.Talk, &budget); ls != nil {
			talk = ls
		}
	}
	return []tripSection{
		{"way", "The way of the last message", "trip-way", way},
		{"facts", "What was made of it", "trip-facts", facts},
		{"talk", "What was said when it was sent", "trip-talk", talk},
		{"runs", "Runs", "trip-runs", tripRuns(s)},
	}
}

// tripView is the top of the page.
type tripView struct {
	Verdict                  fact.Verdict
	Word, Name, Why, Meaning string
	Problem, Schedule        string
	Advice                   []advice
}

func tripHead(s *roundtrip.Status, now time.Time) tripView {
	v := tripView{Verdict: fact.Unknown, Word: "no run yet", Name: name(s.Name), Why: "No message has made the round yet.", Problem: remark(s.Problem)}
	if r := s.Last; r != nil {
		v.Verdict, v.Word, v.Why, v.Meaning = RunVerdict(r), string(r.Outcome), RunWhy(r), outcomeMeaning(r)
		if b := r.Bounce; b != nil {
			v.Advice = []advice{{"What it means", remark(b.Meaning)}, {"What to do", remark(b.Advice)}}
		} else if r.Class != "" && r.Outcome == roundtrip.Refused {
			d := r.Class.Doc()
			v.Advice = []advice{{"What it means", d.Meaning}, {"What to do", d.Sender}}
		}
	}
	v.Schedule = fmt.Sprintf("By %s to %s, fetched by %s; every %s, within %s.", s.Via, name(s.To), s.Protocol, ms(s.Interval), ms(s.Window))
	if s.Pending > 0 {
		v.Schedule += fmt.Sprintf(" %d on its way, the oldest for %s.", s.Pending, ms(fact.Elapsed(now.Sub(s.Oldest))))
	}
	v.Schedule += fmt.Sprintf(" %d runs finished, %d lost, %d of them late.", s.Counts.Runs, s.Counts.Lost, s.Counts.Late)
	if b := s.Backoff; b != nil && now.Before(b.Until) {
		v.Schedule += fmt.Sprintf(" Logging in was refused %d times; the next is tried after %s.", b.Failures, stampOf(b.Until).People)
	}
	if b := s.SendBackoff; b != nil && now.Before(b.Until) {
		v.Schedule += fmt.Sprintf(" Logging in to send was refused %d times; the next is tried after %s.", b.Failures, stampOf(b.Until).People)
	}
	return v
}

// RunVerdict is a run in the words that a probe has: satisfactory is what arrived in
// time in the inbox and unharmed; impaired arrived otherwise; compromised did not.
func RunVerdict(r *roundtrip.Run) fact.Verdict {
	switch r.Outcome {
	case roundtrip.Arrived:
		if r.Folder == mailbox.Junk || harmed(r) {
			return fact.Impaired
		}
		return fact.Satisfactory
	case roundtrip.Late:
		return fact.Impaired
	case roundtrip.Lost, roundtrip.Bounced, roundtrip.Refused, roundtrip.Unsent:
		if r.Success() {
			return fact.Satisfactory
		}
		return fact.Compromised
	case roundtrip.Unread, roundtrip.Unknown:
	}
	return fact.Unknown
}

// harmed reports that a file did not get through as it should.
func harmed(r *roundtrip.Run) bool {
	return r.EICAR != nil && !r.EICAR.AsDeclared() || r.Arrival != nil && r.Arrival.Attachment != "" && r.Arrival.Attachment != "intact"
}

// runView is one run in a line.
type runView struct {
	At                stamp
	Verdict           fact.Verdict
	Outcome           roundtrip.Outcome
	Took, Folder, Why string
}

func tripRuns(s *roundtrip.Status) any {
	var rows []runView
	for _, r := range s.Recent {
		row := runView{At: stampOf(r.Sent), Verdict: RunVerdict(r), Outcome: r.Outcome, Took: "–", Folder: "–", Why: RunWhy(r)}
		if r.Delivery != nil {
			row.Took = ms(*r.Delivery)
		}
		if r.Folder != "" {
			row.Folder = string(r.Folder)
		}
		rows = append(rows, row)
	}
	if rows == nil {
		return nil
	}
	return rows
}

// wayView is the picture of the hops and its table.
type wayView struct {
	Height, Bottom int
	Ticks          []tick
	Rows           []waterfallRow
	Hops           []hopView
}

type hopView struct{ By, From, With, At, Delay string }

// wayOf draws one hop below the other, each from when the one before it had the
// message. Hops without a time have no bar.
func wayOf(r *roundtrip.Run) *wayView {
	if r.Arrival == nil || len(r.Arrival.Hops) == 0 {
		return nil
	}
	hops := r.Arrival.Hops
	total := time.Duration(0)
	for _, h := range hops {
		if h.Delay != nil {
			total += time.Duration(*h.Delay)
		}
	}
	step, span := scale(total)
	v := &wayView{Bottom: len(hops) * rowHeight, Height: len(hops)*rowHeight + axisHeight}
	at := time.Duration(0)
	for i, h := range hops {
		row := waterfallRow{Host: short(name(h.By)), Total: "when is not told", Y: i * rowHeight, Top: i*rowHeight + barTop}
		hop := hopView{name(h.By), name(h.From), name(h.With), "–", "–"}
		if !h.At.IsZero() {
			hop.At = h.At.UTC().Format(time.TimeOnly)
		}
		if h.Delay != nil {
			row.Total, hop.Delay = "after "+ms(*h.Delay), ms(*h.Delay)
			row.Bars = []bar{{X: percent(at, span), W: percent(time.Duration(*h.Delay), span)}}
			at += time.Duration(*h.Delay)
		}
		if h.Skewed {
			row.Total, hop.Delay = "its clock, or the one before it, is wrong", "clock is wrong"
		}
		v.Rows, v.Hops = append(v.Rows, row), append(v.Hops, hop)
	}
	for x := time.Duration(0); x <= span; x += step {
		v.Ticks = append(v.Ticks, tickAt(x, span))
	}
	return v
}

// RunWhy is why a run ended as it did, in one sentence fit to be printed.
func RunWhy(r *roundtrip.Run) string {
	took := ""
	if r.Delivery != nil {
		took = " after " + ms(*r.Delivery)
	}
	where := map[mailbox.Kind]string{mailbox.Inbox: "the inbox", mailbox.Junk: "the junk folder", mailbox.Other: "the folder " + quoted(r.Name)}[r.Folder]
	switch {
	case r.Outcome == roundtrip.Arrived || r.Outcome == roundtrip.Late:
		why := "The message was in " + where + took + "."
		if r.Estimated {
			why += " The time is an estimate by the date of the last server: nobody had looked there before the window ended."
		}
		if r.Failure != nil {
			why += " It could not be deleted."
		}
		return why
	case r.Outcome == roundtrip.Bounced && r.Bounce != nil:
		return "The message came back: " + class(r.Bounce.Class, r.Bounce.Code) + "."
	case r.Outcome == roundtrip.Refused && r.Class != "":
		return "The message was refused: " + class(r.Class, 0) + "."
	case r.Failure != nil:
		return remark(string(r.Failure.Stage) + ": " + string(r.Failure.Reason) + ": " + r.Failure.Detail)
	}
	return "The message is on its way."
}

func class(c reply.Class, code int) string {
	words := strings.ReplaceAll(string(c), "_", " ")
	if code == 0 {
		return words
	}
	return words + ", " + strconv.Itoa(code)
}
