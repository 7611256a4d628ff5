package spf

import (
	"net/netip"
)

const maxNetworks = 1000

// collector gathers the networks that pass.
type collector struct {
	out  Authorised
	seen map[netip.Prefix]bool
}

// authorised lists the networks that pass, in the order of evaluation.
func authorised(root *node) Authorised {
	c := collector{seen: map[netip.Prefix]bool{}}
	c.record(root)
	return c.out
}

// record walks the terms of one record. What a term before has turned away does
// not pass any more.
func (c *collector) record(n *node) {
	if n == nil || n.record == nil || wrong(n.problems) {
		return
	}
	asked := map[*Term]*look{}
	for _, l := range n.looks {
		asked[l.term] = l
	}
	var turned []netip.Prefix
	for _, t := range n.record.evaluated() {
		l := asked[t]
		if t.Qualifier != Plus && t.Name != Redirect {
			turned = append(turned, own(t, l)...)
			continue
		}
		switch {
		case t.Name == All:
			c.out.Everything = true
		case l != nil && l.child != nil:
			c.record(l.child)
		case t.Name == Exists || t.Name == PTR || l != nil && l.target == "":
			if len(c.out.Unknown) < maxTerms {
				c.out.Unknown = append(c.out.Unknown, t.String())
			}
		default:
			c.add(own(t, l), turned)
		}
	}
}

// own gives the networks that a term itself stands for.
func own(t *Term, l *look) []netip.Prefix {
	if t.Network.IsValid() {
		if a := t.Network.Addr(); a.Is4In6() && t.Network.Bits() >= 96 {
			return []netip.Prefix{netip.PrefixFrom(a.Unmap(), t.Network.Bits()-96).Masked()}
		}
		return []netip.Prefix{t.Network.Masked()}
	}
	if l == nil {
		return nil
	}
	nets := make([]netip.Prefix, 0, len(l.addrs))
	for _, a := range l.addrs {
		bits := t.Bits6
		if a.Is4() {
			bits = t.Bits4
		}
		if p, err := a.Prefix(bits); err == nil {
			nets = append(nets, p)
		}
	}
	return nets
}

// add keeps networks that are new and were not turned away as a whole.
func (c *collector) add(nets, turned []netip.Prefix) {
	for _, p := range nets {
		if c.seen[p] || within(p, turned) {
			continue
		}
		if len(c.out.Networks) == maxNetworks {
			c.out.Truncated = true
			return
		}
		c.seen[p] = true
		c.out.Networks = append(c.out.Networks, p)
	}
}

// within reports whether one of the networks holds all of p.
func within(p netip.Prefix, nets []netip.Prefix) bool {
	for _, n := range nets {
		if n.Bits() <= p.Bits() && n.Contains(p.Addr()) {
			return true
		}
	}
	return false
}
