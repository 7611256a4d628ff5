package probe

import (
	"fmt"
	"regexp"
	"strings"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
)

// conclude gives the verdict and its reason in one sentence. It adds the
// findings that only the whole shows.
func conclude(r *Result, m config.Module, fs *[]fact.Finding) (fact.Verdict, string) {
	if f := r.Failure; f != nil && f.Reason.Local() {
		return fact.Unknown, "The domain could not be looked up, for a reason that lies with us: " + words(f.Reason) + "."
	}
	if m.Prober.ForUsers() {
		return admits(r, fs)
	}
	if f := r.Failure; f != nil {
		return fact.Compromised, "Nobody can deliver: " + words(f.Reason) + "."
	}
	if r.MX != nil && r.MX.Null && m.Expected(".") != config.Refuse {
		return fact.Compromised, "The domain says that it takes no mail."
	}
	v, why := deliverable(r, fs)
	if v != fact.Satisfactory {
		return v, why
	}
	if why := strictlyClosed(r, fs); why != "" {
		return fact.Compromised, why
	}
	if worst := gravest(*fs); worst.Severity != fact.Info {
		return fact.Impaired, "Mail gets in. " + trouble(r, worst)
	}
	return fact.Satisfactory, why
}

// deliverable walks the servers as a sender does (RFC 5321 section 5.1): the
// lowest preference first, the next only when all before it could not be
// reached or asked to wait. A permanent refusal ends the walk.
func deliverable(r *Result, fs *[]fact.Finding) (fact.Verdict, string) {
	accepting := 0
	untold := false // somebody could not be asked, or turned away nobody but us
	for i := 0; i < len(r.Hosts); {
		group := sameGroup(r.Hosts[i:])
		i += len(group)
		g := gather(group)
		accepting += g.accepting
		untold = untold || g.untold
		if g.bounces != "" {
			what := "the domain's mail"
			if r.Target.Recipient != "" {
				what = "mail for " + r.Target.Recipient
			}
			*fs = append(*fs, find(MailBounces, fact.Critical, g.bounces+" refuses "+what+" for good"))
			return fact.Compromised, "Mail is sent back: " + g.bounces + " refuses " + what + " for good, and senders do not try further."
		}
		if g.up != "" {
			return fact.Satisfactory, "Mail gets in: " + g.up + " takes it."
		}
	}
	switch {
	case untold:
		return fact.Unknown, "No server was seen to take mail, and that may be because of us." + plights(r)
	case accepting == 0:
		return fact.Satisfactory, "Every server does what is expected of it; none is expected to take mail."
	}
	*fs = append(*fs, find(NoServerTakesMail, fact.Critical, fmt.Sprintf("none of %d servers takes mail", accepting)))
	return fact.Compromised, "No server takes mail." + plights(r)
}

// sameGroup is the hosts at the front that share the first one's preference.
func sameGroup(hs []Host) []Host {
	n := 0
	for n < len(hs) && hs[n].Preference == hs[0].Preference {
		n++
	}
	return hs[:n]
}

// group is what a sender meets among hosts of one preference.
type group struct {
	accepting int    // hosts that are expected to take mail
	up        string // one that takes it
	bounces   string // one that refuses it for good, to everybody
	untold    bool   // one that could not be asked, or refuses only us
}

func gather(hs []Host) group {
	var g group
	for i := range hs {
		h := &hs[i]
		if h.Expect != config.Accept {
			continue
		}
		g.accepting++
		if h.State == Up && g.up == "" {
			g.up = h.Label
		}
		g.untold = g.untold || h.State == NotTested
		for j := range h.Addresses {
			a := &h.Addresses[j]
			switch {
			case a.State == NotTested:
				g.untold = true
			case a.State == Down && bounces(a):
				g.bounces = h.Label
			}
		}
	}
	return g
}

// bounces reports a refusal after which a sender gives the mail back: a 5yz to
// MAIL or RCPT. After a 5yz greeting senders try the
// next server.
func bounces(a *Address) bool {
	return a.Failure != nil && (a.Failure.Reason == fact.Mail5xx || a.Failure.Reason == fact.Rcpt5xx)
}

// gravest is the first of the worst findings, or an informational one where
// there is nothing worse.
func gravest(fs []fact.Finding) fact.Finding {
	for _, sev := range []fact.Severity{fact.Critical, fact.Warning} {
		for _, f := range fs {
			if f.Severity == sev {
				return f
			}
		}
	}
	return fact.Finding{Severity: fact.Info}
}

// trouble says what is wrong where mail gets in all the same: which servers do
// not do their part, or else the gravest finding in the catalog's words.
func trouble(r *Result, worst fact.Finding) string {
	if s := plights(r); s != "" {
		return strings.TrimSpace(s)
	}
	d, _ := Explain(worst.Code)
	said := asides.ReplaceAllString(d.Meaning, "")
	if worst.Host != "" {
		return worst.Host + ": " + said
	}
	return said
}

// asides are what the catalog says in brackets, for those who know the standards.
var asides = regexp.MustCompile(` \([^()]*\)`)

// plights says what is wrong with each server that does not do as expected, or
// turned us away, in a sentence each, three at most.
func plights(r *Result) string {
	const most = 3
	var b strings.Builder
	n := 0
	for i := range r.Hosts {
		h := &r.Hosts[i]
		if h.State != Down && !turnedAway(r, h) {
			continue
		}
		if n++; n <= most {
			fmt.Fprintf(&b, " The %s %s %s.", h.Role, h.Label, plight(h))
		}
	}
	if n > most {
		fmt.Fprintf(&b, " So it is with %d more.", n-most)
	}
	return b.String()
}

// words turns a reason into words.
func words(r fact.Reason) string {
	switch r {
	case fact.DNSNXDomain:
		return "the domain does not exist"
	case fact.DNSNoData:
		return "the domain has no mail server and no address"
	case fact.DNSServfail, fact.DNSRefused, fact.DNSTimeout, fact.DNSTruncated, fact.DNSMalformed:
		return "the mail servers of the domain cannot be looked up in DNS"
	case fact.CNAMELoop:
		return "its name is an alias that leads in a circle"
	case fact.LocalResolver:
		return "our resolver answers nothing"
	case fact.LocalResolverLies:
		return "our resolver makes up answers for names that do not exist"
	case fact.LocalOverload:
		return "we had too much to do"
	case fact.LocalFD, fact.LocalNetwork:
		return "our own machine or network did not let us"
	case fact.NotTested:
		return "the time was up"
	}
	return "of a fault of our own"
}
