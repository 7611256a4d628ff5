package config

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// blockLists completes and checks the lists of the file.
func (k *checker) blockLists(lists map[string]BlockList) {
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		path, l := "dnsbl_lists."+segment(name), lists[name]
		l.ZoneFile = SecretFile(k.file(string(l.ZoneFile)))
		lists[name] = l
		if !k.sound(path) {
			continue
		}
		k.zone(path, l)
		k.codes(path+".codes", l)
		if !l.IP4 && !l.IP6 && !l.Domains {
			k.fail(k.place(path), "is a list of nothing: set ip4, ip6 or domains")
		}
	}
}

// zone finds the zone of a list, and whether it is alive.
func (k *checker) zone(path string, l BlockList) {
	at := k.place(path + ".zone")
	switch {
	case l.Zone == "" && l.ZoneFile == "":
		k.fail(k.place(path), "has no zone: give zone, or zone_file where a key is in it")
		return
	case l.Zone != "" && l.ZoneFile != "":
		k.fail(at, "stands beside zone_file: give one of them")
		return
	case l.ZoneFile != "":
		at = k.place(path + ".zone_file")
		if _, err := k.secret(at, l.ZoneFile); err != nil {
			return
		}
	}
	zone, err := l.ReadZone()
	if err != nil {
		k.fault(at, err)
		return
	}
	if k.loader.Dead == nil {
		return
	}
	if why := k.loader.Dead(zone.Reveal()); why != "" {
		k.fail(at, "is a zone to ask no longer: %s", why)
	}
}

// codes looks for two lines of a table that contradict each other. A narrow one
// inside of a wide one does not, for it counts first; nor do bits.
func (k *checker) codes(path string, l BlockList) {
	table := codes(l.Codes)
	for i, c := range table {
		for _, before := range table[:i] {
			if c.bit == 0 && before.bit == 0 && c.overlaps(before) && !c.holds(before) && !before.holds(c) {
				k.fail(k.place(path), "%s and %s share an answer, and neither is inside of the other", before, c)
			}
		}
	}
}

// dnsbl checks a module's part, and takes the shipped lists that it names among
// those of the configuration.
func (k *checker) dnsbl(path string, m *Module, lists map[string]BlockList) {
	d := &m.DNSBL
	for i, s := range d.Servers {
		if full, err := server(s, DefaultDNSPort); err == nil {
			d.Servers[i] = full
		}
	}
	k.listNames(path+".lists", d.Lists, lists, func(l BlockList) bool { return l.IP4 || l.IP6 },
		"has no addresses: set ip4 or ip6 of it, or put it into domain_lists")
	k.listNames(path+".domain_lists", d.DomainLists, lists, func(l BlockList) bool { return l.Domains },
		"has no names: set domains of it, or put it into lists")
	total := len(d.Lists) + len(d.DomainLists)
	if total > MaxLists {
		k.fail(k.place(path), "lists and domain_lists have %d entries: at most %d are allowed", total, MaxLists)
	}
	if total == 0 && (len(d.Senders) > 0 || len(d.Servers) > 0) {
		k.warn(k.place(path), "has no effect: no list is named")
	}
	k.senders(path+".senders", m)
}

// listNames checks the names of lists, and that each is of the right kind.
func (k *checker) listNames(path string, names []string, lists map[string]BlockList, right func(BlockList) bool, wrong string) {
	k.unique(path, names)
	for i, name := range names {
		at := fmt.Sprintf("%s[%d]", path, i)
		if name == "" || !k.sound(at) {
			continue
		}
		l, ok := lists[name]
		if !ok {
			if l, ok = k.loader.Lists[name]; ok {
				l = l.clone()
				lists[name] = l
			}
		}
		switch {
		case !ok:
			k.fail(k.place(at), "%s", k.unknownList(name, lists))
		case k.sound("dnsbl_lists."+segment(name)) && !right(l):
			k.fail(k.place(at), "%s %s", name, wrong)
		}
	}
}

func (k *checker) unknownList(name string, lists map[string]BlockList) string {
	known := slices.Concat(slices.Collect(maps.Keys(lists)), slices.Collect(maps.Keys(k.loader.Lists)))
	slices.Sort(known)
	known = slices.Compact(known)
	if near := nearest(name, known); near != "" {
		return fmt.Sprintf("%s is not a list: did you mean %s?", quote(name), near)
	}
	if len(known) == 0 {
		return quote(name) + " is not a list: describe it in dnsbl_lists"
	}
	return fmt.Sprintf("%s is not a list: describe it in dnsbl_lists, or name one of %s", quote(name), strings.Join(known, ", "))
}

func (k *checker) senders(path string, m *Module) {
	for i, s := range m.DNSBL.Senders {
		at := k.place(fmt.Sprintf("%s[%d]", path, i))
		switch {
		case s != fromSPF:
		case m.Prober == ProberSMTP:
			k.warn(at, "has no effect with prober: smtp, which has no domain")
		case !m.Runs(CheckSPF):
			k.warn(at, "has no effect: the record is read where checks has spf, which it has not")
		}
		if a, err := netip.ParseAddr(s); err == nil {
			m.DNSBL.Senders[i] = a.String() // one form, so that two of one address are seen
		}
	}
	k.unique(path, m.DNSBL.Senders)
}

// sharedZones refuses one zone under two names, of the lists that the modules
// may ask: it would be asked twice, and counted twice.
func (k *checker) sharedZones(lists map[string]BlockList) {
	names := slices.SortedFunc(maps.Keys(lists), func(a, b string) int {
		p, q := k.placeOfList(a), k.placeOfList(b)
		return cmp.Or(cmp.Compare(p.line, q.line), cmp.Compare(p.column, q.column), cmp.Compare(a, b))
	})
	first := make(map[string]string)
	for _, name := range names {
		zone, err := lists[name].ReadZone()
		if err != nil || zone.Empty() {
			continue
		}
		if before, twice := first[zone.Reveal()]; twice {
			k.fail(k.place("dnsbl_lists."+segment(name)), "has the zone of the list %s: give each zone one name", before)
			continue
		}
		first[zone.Reveal()] = name
	}
}

// placeOfList gives where a list stands; a shipped one stands before all others.
func (k *checker) placeOfList(name string) place { return k.places["dnsbl_lists."+segment(name)] }
