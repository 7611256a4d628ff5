package bounce

import (
	"strconv"
	"strings"
	"unicode"

	"mx_exporter/probe/reply"
)

// summary is the first sentence: who refused whom and when. It is for people who
// know nothing of SMTP.
func (r *Report) summary(w Recipient) string {
	if r.Format == Pasted {
		return answered(w)
	}
	mail := "The mail"
	if w.Address != "" {
		mail += " to " + shown(w.Address)
	}
	switch {
	case w.Action == Delivered:
		return mail + " has arrived: " + r.account(w, "took it") + "."
	case w.Action == Relayed, w.Action == Expanded:
		return mail + " was passed on, and nothing more will be heard of it: " + r.account(w, "took it") + "."
	case w.Action == Delayed:
		return mail + " has not arrived yet and is still being tried: " + r.account(w, "did not take it") + "."
	case w.Permanent():
		return mail + " was not delivered: " + r.account(w, "refused it") + "."
	}
	return mail + " was not delivered, and is no longer being tried: " + r.account(w, "did not take it") + "."
}

// answered is the sentence for a reply without a bounce around it.
func answered(w Recipient) string {
	server := "The mail server"
	if w.Remote != "" {
		server += " " + shown(w.Remote)
	}
	switch {
	case w.Reply.Positive():
		return server + " did as it was asked."
	case w.Reply.Temporary():
		return server + " did not do as it was asked, and may do so later."
	}
	return server + " refused, and will not change its mind by itself."
}

// account says who did something and when. The one who refused is not the one who
// reports it, unless no reply is quoted or there was no host to give one: then the
// reporter got nowhere by itself.
func (r *Report) account(w Recipient, did string) string {
	when := ""
	if !w.When.IsZero() {
		when = " on " + moment(w.When)
	}
	switch {
	case w.Remote != "":
		return "the mail server " + shown(w.Remote) + " " + did + when
	case r.Reporter == "":
		return "a mail server " + did + when
	case w.Reply != nil && w.Class != reply.HostUnknown:
		return "a mail server " + did + ", as the mail server " + shown(r.Reporter) + " reported" + when
	}
	return "so the mail server " + shown(r.Reporter) + " reported" + when
}

// shown is a name from outside within a sentence of ours: quoted when it holds
// anything but what names consist of, and cut.
func shown(s string) string {
	s = cut(s, maxShown)
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._@+=:/", r) {
			return strconv.Quote(s)
		}
	}
	return s
}

// maxShown is how many octets of a name a sentence has room for.
const maxShown = 254
