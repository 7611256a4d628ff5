package report

import (
	"context"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// The terminal and the page are fed with one result after the other, and what
// the one says, the other says too, in the same order. The results are made by
// hand for what is rare, and come out of the mail lab for all the rest.
func TestTerminalAndPageDoNotDisagree(t *testing.T) {
	for _, r := range []*probe.Result{satisfactory(), published(), certified(), nothing(), nullMX(), everywhere("any <text>")} {
		agree(t, r)
	}
}

func TestTerminalAndPageDoNotDisagreeOverTheLab(t *testing.T) {
	lab := labtest.Start(t)
	file, err := lab.WriteConfig(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	env := &probe.Env{Dial: lab.Net.DialContext, Routed: func(netip.Addr) bool { return true }, Hostname: "monitor.lab.test"}
	t.Cleanup(env.Close)
	for _, s := range lab.Scenarios {
		t.Run(s.Domain, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
			defer cancel()
			target := probe.Target{Domain: s.Domain}
			if c.Modules[s.Module()].Server != "" {
				target = probe.Target{}
			}
			r, err := probe.Run(ctx, env, target, c.Modules[s.Module()])
			if err != nil {
				t.Fatal(err)
			}
			agree(t, r)
			if first := firstSentence(r.Why); jargon.MatchString(first) || !strings.HasSuffix(first, ".") {
				t.Errorf("the first sentence is not for everybody: %q", first)
			}
			if m := dangling.FindString(r.Why); m != "" {
				t.Errorf("the headline has %q, which is for nobody there: %q", m, r.Why)
			}
		})
	}
}

// jargon is words that a person who knows no SMTP does not know. In brackets they
// may stand, for those who do.
var jargon = regexp.MustCompile(`\b(?:SMTP|MX|EHLO|HELO|RCPT|TLSA?|STARTTLS|DANE|SPF|DKIM|DMARC|RFC|DNSSEC|PTR|CNAME|[245]\d\d)\b|_`)

// dangling is what a headline has no use for at all: numbers of standards, tags of
// records, names of our own reasons, and a pointer to details that stand elsewhere.
var dangling = regexp.MustCompile(`RFC \d|\b[a-z]+=|the detail says|\b(?:dns|local|connect|banner)_[a-z]+`)

// The catalog's first sentences are headlines: what only specialists look for
// stands in brackets, which headlines leave out.
func TestMeaningsStandWithoutTheirDetail(t *testing.T) {
	for _, d := range probe.Catalog() {
		plain := regexp.MustCompile(` \([^()]*\)|"[^"]*"`).ReplaceAllString(d.Meaning, "")
		if m := dangling.FindString(plain); m != "" {
			t.Errorf("%s says %q: %s", d.Code, m, d.Meaning)
		}
	}
}

// firstSentence is the sentence that is read aloud, without what is in brackets.
func firstSentence(why string) string {
	first, _, more := strings.Cut(why, ". ")
	if more {
		first += "."
	}
	return regexp.MustCompile(` \([^)]*\)`).ReplaceAllString(first, "")
}

// agree fails unless both views have each statement about a result, in order.
func agree(t *testing.T, r *probe.Result) {
	t.Helper()
	terminal := strings.Join(strings.Fields(text(t, r, Options{})), " ")
	browser := visible(page(t, r, HTMLOptions{}))
	for view, got := range map[string]string{"terminal": terminal, "page": browser} {
		for _, list := range [][]string{headWords(r), serverWords(r), findingWords(r)} {
			rest := got
			for _, want := range list {
				want = strings.Join(strings.Fields(want), " ")
				_, after, ok := strings.Cut(rest, want)
				if !ok {
					t.Fatalf("%s: the %s does not say %q, or not in its place; it says\n%s", r.Target, view, want, got)
				}
				rest = after
			}
		}
	}
}

func headWords(r *probe.Result) []string {
	words := []string{name(r.Target.String()), remark(r.Why), meaning(r)}
	f, _, ok := foremost(r)
	if !ok {
		return append(words, nothingToDo)
	}
	for _, a := range viewOf(f).Advice[1:] {
		words = append(words, a.Heading, a.Text)
	}
	return words
}

func serverWords(r *probe.Result) (words []string) {
	for _, h := range r.Hosts {
		words = append(words, name(h.Name))
		for _, a := range h.Addresses {
			words = append(words, a.IP.String(), stateWord(a.State))
		}
		if len(h.Addresses) == 0 && h.Failure != nil {
			words = append(words, string(h.Failure.Reason))
		}
	}
	return words
}

func findingWords(r *probe.Result) []string {
	var words []string
	if r.DNSBL != nil && len(r.DNSBL.Answers) > 0 {
		words = append(words, titleBlocklists)
	}
	for i, v := range policies(r) {
		if i == 0 {
			words = append(words, titlePolicies)
		}
		words = append(words, v.Name, v.At, v.State.Word, v.Note, v.Record)
	}
	words = append(words, titleFindings)
	fs := slices.Clone(r.Findings)
	for _, severity := range []fact.Severity{fact.Critical, fact.Warning, fact.Info} {
		for _, f := range fs {
			if f.Severity != severity {
				continue
			}
			words = append(words, string(f.Severity), string(f.Code))
			if f.Detail != "" {
				words = append(words, remark(f.Detail))
			}
			if d, ok := probe.Explain(f.Code); ok {
				words = append(words, d.Meaning, d.Effect, d.Mend)
			}
		}
	}
	return append(words, "Look-ups")
}
