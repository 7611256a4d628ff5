package crawl

import (
	"cmp"
	"slices"

	"mx_exporter/probe/mailaddr"
)

// book collects addresses and where they stand.
type book struct {
	addresses map[string]*Address
	mentions  int
	full      bool
}

func newBook() *book { return &book{addresses: map[string]*Address{}} }

// add takes the addresses of a mail link in; what is no mail link is passed over.
func (b *book) add(link string, at Place) {
	for _, f := range mailaddr.Mailto(link) {
		b.mentions++
		b.mention(f, at)
	}
}

func (b *book) mention(f mailaddr.Found, at Place) {
	at.Written = shorten(f.Written)
	key := f.Address.String()
	if f.Fault != nil {
		key = at.Written
	}
	a, known := b.addresses[key]
	if !known {
		if len(b.addresses) >= MaxAddresses {
			b.full = true
			return
		}
		a = &Address{Address: key, Shown: key, Fault: f.Fault}
		if f.Fault == nil {
			a.Domain, a.EAI = f.Address.Domain, f.Address.EAI
			a.Shown = f.Address.Local + "@" + f.Address.Unicode
		}
		b.addresses[key] = a
	}
	if !slices.ContainsFunc(a.Places, func(p Place) bool { return p.Page == at.Page && p.Sheet == at.Sheet }) {
		a.Places = append(a.Places, at)
	}
}

// shorten cuts a broken address to what a right one can have.
func shorten(s string) string {
	if len(s) <= MaxWritten {
		return s
	}
	i := MaxWritten
	for i > 0 && s[i]&0xc0 == 0x80 { // within a character
		i--
	}
	return s[:i] + "…"
}

// fill writes what was collected into a result, in an order that says nothing of
// when it was found.
func (b *book) fill(r *Result, s site) {
	r.Mentions = b.mentions
	if b.full {
		r.limited(LimitAddresses)
	}
	r.Addresses, r.Domains = []Address{}, []Domain{}
	for _, a := range b.addresses {
		r.Addresses = append(r.Addresses, *a)
	}
	slices.SortFunc(r.Addresses, func(a, b Address) int {
		return cmp.Or(cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Address, b.Address))
	})
	for _, a := range r.Addresses {
		if a.Domain == "" || a.Domain[0] == '[' {
			continue
		}
		n := len(r.Domains)
		if n == 0 || r.Domains[n-1].Name != a.Domain {
			r.Domains = append(r.Domains, Domain{Name: a.Domain, Own: s.isOwn(a.Domain)})
			n++
		}
		r.Domains[n-1].Addresses++
	}
	for i := range r.Domains {
		r.Domains[i].Pages = pagesOf(r.Addresses, r.Domains[i].Name)
	}
}

// pagesOf counts the pages on which an address of a domain stands.
func pagesOf(all []Address, domain string) int {
	pages := map[string]bool{}
	for _, a := range all {
		if a.Domain == domain {
			for _, p := range a.Places {
				pages[p.Page] = true
			}
		}
	}
	return len(pages)
}
