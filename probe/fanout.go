package probe

import (
	"context"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/fact"
)

// fanOut talks to every address side by side. An address behind several hosts
// is talked to once, and each of them is given what came of it. sent is closed
// when it is known from where the domain sends.
func (r *run) fanOut(ctx context.Context, sent <-chan struct{}) {
	first := map[netip.AddrPort]*Address{}
	var wg sync.WaitGroup
	wg.Go(func() {
		defer r.survive()
		r.blockLists(ctx, sent)
	})
	if r.module.Runs(config.CheckFCrDNS) {
		wg.Go(func() {
			defer r.survive()
			r.reverseNames(ctx)
		})
	}
	for i := range r.result.Hosts {
		h := &r.result.Hosts[i]
		if r.module.Runs(config.CheckDANE) {
			wg.Go(func() {
				defer r.survive()
				r.lookupTLSA(ctx, i)
			})
		}
		for j := range h.Addresses {
			a := &h.Addresses[j]
			if first[h.door(a)] != nil || a.Failure != nil {
				continue
			}
			first[h.door(a)] = a
			wg.Go(func() {
				defer r.contain(a)
				r.converse(ctx, h, a)
			})
		}
	}
	wg.Wait()
	r.share(first)
}

// door is where an address of a host is talked to: services may have several
// ports at one address.
func (h *Host) door(a *Address) netip.AddrPort { return netip.AddrPortFrom(a.IP, uint16(h.Port)) }

// contain keeps a panic in one conversation from ending anything else.
func (r *run) contain(a *Address) {
	p := recover()
	if p == nil {
		return
	}
	a.Dialogue, a.Mailbox = nil, nil
	a.Failure = &fact.Failure{Reason: fact.LocalPanic, Detail: "a fault in this program; its log has the stack"}
	r.tellPanic(p)
}

func (r *run) tellPanic(p any) {
	if r.env.OnPanic != nil {
		r.env.OnPanic(p, debug.Stack())
	}
}

// share copies what was seen at an address to the other hosts that have it. The
// certificate is judged anew, since it has to name each of them.
func (r *run) share(first map[netip.AddrPort]*Address) {
	for i := range r.result.Hosts {
		h := &r.result.Hosts[i]
		for j := range h.Addresses {
			a := &h.Addresses[j]
			from := first[h.door(a)]
			if from == a || from == nil {
				continue
			}
			a.Failure, a.Dialogue, a.Mailbox, a.Backoff, a.Other = from.Failure, from.Dialogue, from.Mailbox, from.Backoff, from.Other
			r.verifyAgain(h, a)
		}
	}
}

// verifyAgain judges the certificate of a conversation that was held in the name
// of another host.
func (r *run) verifyAgain(h *Host, a *Address) {
	t := a.Talk()
	if t == nil || t.TLS == nil {
		return
	}
	facts := r.namedAnew(t.TLS, h)
	if a.Other != nil {
		other := r.namedAnew(a.Other, h)
		a.Other = &other
	}
	if a.Mailbox != nil {
		copied := *a.Mailbox
		copied.TLS, a.Mailbox = &facts, &copied
		return
	}
	copied := *a.Dialogue
	copied.TLS, a.Dialogue = &facts, &copied
}

func (r *run) namedAnew(f *cert.Facts, h *Host) cert.Facts {
	facts := *f
	facts.PKIX = r.trust.verifier.Verify(&facts, r.certified(h.Name), time.Now())
	return facts
}
