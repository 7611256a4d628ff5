package report

import (
	"slices"
	"strconv"
	"time"

	"mx_exporter/probe"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
)

// tlsView is the encryption at one address.
type tlsView struct {
	Host, Address string
	State         stateView
	Version       string
	Verified      stateView
	Why           string // why the chain does not verify
	Until         string
	Left          string // time left at the probe, or over since
	Chain         []certificateView
	Truncated     bool
}

type certificateView struct {
	Subject, Issuer, Names, From, Until, Key, Signature, Fingerprint string
}

func certificatesOf(s *subject) any {
	var views []tlsView
	for i := range s.Hosts {
		h := &s.Hosts[i]
		for j := range h.Addresses {
			a := &h.Addresses[j]
			t := a.Talk()
			if t == nil || !t.TLSOffered && !couldEncrypt(a) {
				continue
			}
			v := tlsView{Host: name(h.Name), Address: a.IP.String(), State: encryption(t)}
			if t.TLS != nil {
				v.describe(t.TLS, s.Started)
			}
			views = append(views, v)
			if a.Other != nil {
				v := tlsView{Host: name(h.Name), Address: a.IP.String() + ", the other kind of key", State: encryption(t)}
				v.describe(a.Other, s.Started)
				views = append(views, v)
			}
		}
	}
	if views == nil {
		return nil
	}
	return views
}

// couldEncrypt reports whether a conversation went as far as to show if TLS is
// offered.
func couldEncrypt(a *probe.Address) bool {
	if a.Mailbox != nil {
		return a.Reached(fact.Capability) && (a.Failure == nil || a.Failure.Stage != fact.Capability)
	}
	return slices.ContainsFunc(a.Steps(), func(s smtp.Stage) bool {
		return s.Stage == fact.EHLO && s.Reply != nil && s.Reply.Positive()
	})
}

// encryption is whether TLS was offered and came to be, which are two things.
func encryption(t *probe.Talk) stateView {
	switch {
	case t.TLSEstablished:
		return stateView{"up", "✓", "established"}
	case t.TLSOffered:
		return stateView{"down", "✗", "offered, and not established"}
	}
	return stateView{"untested", "–", "not offered"}
}

func (v *tlsView) describe(f *cert.Facts, at time.Time) {
	v.Version = remark(f.Version) + ", " + remark(f.Cipher)
	v.Verified = stateView{"up", "✓", "verifies"}
	if !f.PKIX.OK {
		v.Verified = stateView{"down", "✗", "does not verify (" + string(f.PKIX.Reason) + ")"}
		v.Why = remark(f.PKIX.Detail)
	}
	if !f.EarliestExpiry.IsZero() {
		v.Until, v.Left = day(f.EarliestExpiry), left(f.EarliestExpiry.Sub(at))
	}
	v.Truncated = f.Truncated
	for _, c := range f.Chain {
		v.Chain = append(v.Chain, certificateView{
			Subject: remark(c.Subject), Issuer: remark(c.Issuer), Names: names(c.Names), From: day(c.NotBefore), Until: day(c.NotAfter),
			Key: remark(c.KeyType) + " " + strconv.Itoa(c.KeyBits) + " bits", Signature: remark(c.Signature), Fingerprint: remark(c.Fingerprint),
		})
	}
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// left is the time that a certificate has, in whole days.
func left(d time.Duration) string {
	days := int(d.Abs().Hours() / 24)
	unit := " days"
	if days == 1 {
		unit = " day"
	}
	if d < 0 {
		return "over since " + strconv.Itoa(days) + unit
	}
	return strconv.Itoa(days) + unit + " left"
}
