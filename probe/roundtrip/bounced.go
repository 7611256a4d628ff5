package roundtrip

import (
	"bytes"
	"context"
	"strings"

	"mx_exporter/probe/bounce"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/roundtrip/arrival"
	"mx_exporter/probe/roundtrip/letter"
	"mx_exporter/probe/roundtrip/token"
)

// bounceQueries find what may be a bounce: mail from nobody (RFC 5321 section
// 4.5.5), as the last server notes it, and reports (RFC 3464).
func bounceQueries() []mailbox.Query {
	return []mailbox.Query{
		{Header: "Return-Path", Value: "<>"},
		{Header: "Content-Type", Value: "multipart/report", Prefix: true},
	}
}

// bounces reads the bounces of a folder, as long as a message is awaited. One that
// does not quote a token of ours is left alone, and not read again in this session.
func (v *visit) bounces(ctx context.Context, in mailbox.Folder) error {
	for _, q := range bounceQueries() {
		if !v.t.hoping() {
			return nil
		}
		ms, err := v.s.Find(ctx, in.Name, q)
		if err != nil {
			return err
		}
		for _, m := range ms {
			key := seen{in.Name, m.ID}
			if v.read[key] {
				continue
			}
			v.read[key] = true
			raw, err := v.s.Fetch(ctx, m, largest(v.t.c))
			if err != nil {
				return err
			}
			if !v.t.bounced(raw) {
				continue
			}
			if err := v.s.Delete(ctx, []mailbox.Message{m}); err != nil {
				return err
			}
		}
	}
	return nil
}

// hoping reports a message that a bounce could be about.
func (t *trip) hoping() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.flights)+len(t.missing) > 0
}

// bounced takes in a bounce, and reports that it is about a message of ours. It is
// so only when it quotes a genuine token, or came back to the address that was
// made for one message. A token that was counted already changes nothing (faults
// I14).
func (t *trip) bounced(raw []byte) bool {
	if _, ours := arrival.Value(raw, token.Header); ours {
		return false // a message of ours itself
	}
	b, err := bounce.Read(bytes.NewReader(raw))
	if err != nil {
		return false
	}
	ours := false
	for _, random := range t.quoted(raw, b) {
		ours = true
		t.mu.Lock()
		f, lost := t.flights[random], false
		if f == nil {
			f, lost = t.missing[random], true
		}
		t.mu.Unlock()
		if f != nil {
			t.takeBounce(f, lost, b)
		}
	}
	return ours
}

// quoted are the random parts of the genuine tokens in a bounce: those in its
// octets, those in fields that were decoded, and the one in its address.
func (t *trip) quoted(raw []byte, b *bounce.Report) (randoms []string) {
	marks := token.Find(raw)
	marks = append(marks, token.Find([]byte(b.Original.MessageID+" "+b.Original.Subject))...)
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range marks {
		if t.signer != nil && t.signer.Verify(m) {
			randoms = append(randoms, m.Random)
		}
	}
	for _, field := range []string{"Delivered-To", "X-Original-To", "To"} {
		to, _ := arrival.Value(raw, field)
		random := letter.Returned(t.c.Send.From, strings.Trim(to, "<> "))
		if t.flights[random] != nil || t.missing[random] != nil {
			randoms = append(randoms, random)
		}
	}
	return randoms
}

// takeBounce gives a flight the outcome that the bounce says. One that only says
// "not yet" is noted, and the message awaited further.
func (t *trip) takeBounce(f *flight, lost bool, report *bounce.Report) {
	e, worst := bounce.Explain(report), report.Worst()
	b := &Bounce{
		Class: worst.Class, Action: worst.Action, Permanent: worst.Permanent(), Code: worst.Code(), Enhanced: worst.Enhanced(),
		Reporter: report.Reporter, Remote: worst.Remote, Said: worst.Diagnostic, Meaning: e.Meaning, Advice: e.Advice,
	}
	t.mu.Lock()
	after := *f.run
	after.Bounce = b
	final := worst.Action == bounce.Failed
	if final {
		after.Class = b.Class
		after.Failure = &Failure{StageDeliver, ReasonBounced, "a bounce came back: " + b.Meaning}
	}
	f.run = &after
	t.mu.Unlock()
	f.tell("a bounce came back: " + string(b.Action) + ", " + string(b.Class))
	switch {
	case !final:
	case lost:
		t.amend(f, Bounced)
	default:
		t.finish(f, Bounced)
	}
}
