package probe

import (
	"context"
	"maps"
	"slices"

	"mx_exporter/config"
	"mx_exporter/probe/dnsbl"
)

// AskLists asks block lists about subjects as probes with the module do: by its
// resolver, at their pace, out of what they remember. Without subjects the lists
// are tested and asked nothing else. A list that cannot be asked, because the
// file with its zone cannot be read, is among Result.Lists as untested. The error
// is that of a resolver that cannot be had.
func (e *Env) AskLists(ctx context.Context, m config.Module, lists map[string]config.BlockList, subjects []dnsbl.Subject) (*dnsbl.Result, error) {
	e.begin()
	client, err := e.listClient(m)
	if err != nil {
		return nil, err
	}
	var sound []dnsbl.List
	var broken []dnsbl.Health
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		l, err := BlockList(name, lists[name])
		if err != nil {
			broken = append(broken, unusable(name, err))
			continue
		}
		l.Words = m.DNSBL.TXT
		sound = append(sound, l)
	}
	r := &dnsbl.Result{Answers: []dnsbl.Answer{}}
	if len(subjects) > 0 {
		r = client.Check(ctx, sound, askable(m, subjects))
		if e.lies(ctx, m.DNSBLResolver()).Told {
			distrust(r)
		}
	} else {
		r.Lists = client.Health(ctx, sound)
	}
	r.Lists = append(r.Lists, broken...)
	return r, nil
}

// unusable is the health of a list that cannot be asked at all.
func unusable(name string, err error) dnsbl.Health {
	return dnsbl.Health{List: name, State: dnsbl.Untested, Fault: dnsbl.Fault(dnsbl.Local), Detail: err.Error()}
}
