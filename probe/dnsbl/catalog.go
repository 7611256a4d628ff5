package dnsbl

import (
	"slices"
	"sync"
)

// Terms say who may ask a list.
type Terms string

// The terms, in short; the list's policy page has them in full.
const (
	Free         Terms = "free"         // anybody
	LowVolume    Terms = "low_volume"   // without payment below a volume, and for one's own use
	Registration Terms = "registration" // whoever has registered the resolver's address
)

// Entry is a list of the catalogue.
type Entry struct {
	List
	Terms Terms
	Note  string // what to know before using it, for people
}

// Catalog gives the lists that this program knows, by name: alive, and free to
// use for looking after one's own servers. Each module chooses from them; none
// is asked unasked. The list is short on purpose: it rots (faults.md B6), and a
// listing elsewhere rarely costs mail.
// What the entries point to is not to be changed.
func Catalog() []Entry { return slices.Clone(catalog()) }

// catalog is made at its first use: every probe looks up each of its lists in it.
var catalog = sync.OnceValue(func() []Entry {
	return slices.Concat(spamhaus(), addressLists(), domainLists())
})

// Find gives a list of the catalogue by its name.
func Find(name string) (Entry, bool) {
	all := catalog()
	i := slices.IndexFunc(all, func(e Entry) bool { return e.Name == name })
	if i < 0 {
		return Entry{}, false
	}
	return all[i], true
}
