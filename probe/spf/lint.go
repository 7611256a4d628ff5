package spf

import (
	"strings"
)

// A network of at most this prefix length is more than a sender's own: 16
// million IPv4 addresses, or more than a registry gives to one provider.
const (
	wide4 = 8
	wide6 = 19
)

// lint notes what is allowed and rarely meant.
func (p *parser) lint(text string) {
	if !strings.HasPrefix(text, version) {
		p.problem(UpperCase, 0, "its version is written in capital letters, which some receivers do not know")
	}
	all := p.record.find(All)
	for i := range p.record.Terms {
		t := &p.record.Terms[i]
		p.number, p.column = t.Number, t.Column
		switch {
		case all == nil || t.Number <= all.Number:
			p.lintTerm(t, text)
		case t.Qualifier != "":
			p.problem(AfterAll, 0, "%s stands behind all and is never evaluated", t.Name)
		}
		if all != nil && t.Name == Redirect {
			p.problem(RedirectIgnored, 0, "redirect is ignored because there is all")
		}
	}
	p.number, p.column = 0, 0
	if all == nil && p.record.find(Redirect) == nil && !wrong(p.problems) {
		p.problem(NoAll, 0, "it has neither all nor redirect, and so says nothing about other senders")
	}
}

// lintTerm looks at one term that is evaluated.
func (p *parser) lintTerm(t *Term, text string) {
	switch {
	case t.Name == All && t.Qualifier == Plus:
		p.problem(PassAll, 0, "all without \"-\" or \"~\" lets everybody send")
	case t.Name == All && t.Qualifier == Question:
		p.problem(NeutralAll, 0, "\"?all\" says nothing about other senders")
	case t.Name == PTR:
		p.problem(DiscouragedPTR, 0, "ptr is slow and not reliable, and should not be published")
	}
	if t.Network.IsValid() {
		p.lintNetwork(t)
	}
	if (t.Name == A || t.Name == MX) && t.Qualifier == Plus && (t.Bits4 <= wide4 || t.Bits6 <= wide6) {
		p.problem(WideNetwork, 0, "%s takes in a network of millions of addresses", t)
	}
	word := strings.TrimLeft(text[t.Column-1:], "+-~?")
	if !strings.HasPrefix(word, string(t.Name)) {
		p.problem(UpperCase, 0, "%s is written in capital letters, which some receivers do not know", t.Name)
	}
}

// lintNetwork looks at an ip4 or ip6 term.
func (p *parser) lintNetwork(t *Term) {
	limit := wide4
	if t.Name == IP6 {
		limit = wide6
	}
	if t.Network.Bits() <= limit && t.Qualifier == Plus {
		p.problem(WideNetwork, 0, "%s is a network of millions of addresses", t)
	}
	if t.Network.Masked() != t.Network {
		p.problem(HostBits, 0, "%s stands for the network %s", t, t.Network.Masked())
	}
}
