package probe

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/fcrdns"
	"mx_exporter/probe/selfcheck"
)

// Diagnosis is how others see this exporter: what block lists say of the
// addresses that it speaks from, whether their reverse names are right, and
// whether the names that it announces are theirs. Where servers refuse our
// probes, the reason is here.
type Diagnosis struct {
	At        time.Time
	Addresses []Ourselves // by address; empty before the first conversation, and behind a NAT without Env.SelfAddresses
}

// Ourselves is one address that we speak from.
type Ourselves struct {
	Address netip.Addr
	Lists   []dnsbl.Answer // one for each list of addresses that a module names, by list
	PTR     fcrdns.Result
	Names   []OurName
}

// OurName is a name that was announced from an address.
type OurName struct {
	Name    string
	Matches bool // it has the address
	Known   bool // false: it could not be found out, and Matches says nothing
}

// Fresh tells when we speak from an address, or give a name, for the first time.
func (e *Env) Fresh() <-chan struct{} {
	e.begin()
	return e.outgoing.fresh
}

// Diagnosis gives what was seen last, and nil before the first look is over.
func (e *Env) Diagnosis() *Diagnosis { return e.diagnosis.Load() }

// Diagnose looks at every address that we have spoken from within a day, and at those
// that we are said to have. The
// lists are those of the modules, asked as their probes ask. What a look saw that
// ctx cut short is thrown away.
func (e *Env) Diagnose(ctx context.Context, c *config.Config) {
	e.begin()
	d := &Diagnosis{At: time.Now()}
	for _, a := range e.ours(c, d.At) {
		us := Ourselves{Address: a.address, Lists: e.askAboutUs(ctx, c, a.address)}
		x, err := e.exchanger(a.module.DNS)
		if err != nil {
			continue // the module's probes say so
		}
		x = e.doubted(x, a.module.DNS)
		us.PTR = fcrdns.Check(ctx, x, []netip.Addr{a.address})[0]
		for _, name := range a.names {
			if !strings.HasPrefix(name, "[") { // an address literal is right by itself
				yes, known := selfcheck.Leads(ctx, x, name, a.address)
				us.Names = append(us.Names, OurName{name, yes, known})
			}
		}
		d.Addresses = append(d.Addresses, us)
	}
	if ctx.Err() == nil {
		e.diagnosis.Store(d)
	}
}

// askAboutUs asks each list of addresses once, by the first module that names it.
func (e *Env) askAboutUs(ctx context.Context, c *config.Config, a netip.Addr) (all []dnsbl.Answer) {
	asked := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(c.Modules)) {
		m, lists := c.Modules[name], map[string]config.BlockList{}
		for _, l := range m.DNSBL.Lists {
			if !asked[l] {
				asked[l], lists[l] = true, m.Lists[l]
			}
		}
		if len(lists) == 0 {
			continue
		}
		if r, err := e.AskLists(ctx, m, lists, []dnsbl.Subject{{Address: a, Role: dnsbl.Sender}}); err == nil {
			all = append(all, r.Answers...)
		}
	}
	slices.SortFunc(all, func(a, b dnsbl.Answer) int { return strings.Compare(a.List, b.List) })
	return all
}
