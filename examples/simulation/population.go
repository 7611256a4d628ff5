package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Population is a set of domains and the servers behind them.
type Population struct {
	Servers []Server
	// Behind lists, for each domain, its servers as indices.
	Behind [][]int32

	addresses int
	providers []string // their names, by number
	domains   []int    // of each provider
}

// Server is one MX name.
type Server struct {
	Provider int32 // its number
	// Address is the first of its addresses in the numbering of all, and
	// Addresses how many follow from there.
	Address, Addresses int32
	Domains            int32 // that have it in their MX set
}

// Domains says how many domains there are.
func (p *Population) Domains() int { return len(p.Behind) }

// Addresses says how many addresses all servers have.
func (p *Population) Addresses() int { return p.addresses }

// Largest names the providers with most domains, and their share.
func (p *Population) Largest(n int) string {
	order := make([]int, len(p.providers))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return p.domains[b] - p.domains[a] })
	var words []string
	for _, i := range order[:min(n, len(order))] {
		words = append(words, fmt.Sprintf("%s %.1f %%", p.providers[i], 100*float64(p.domains[i])/float64(p.Domains())))
	}
	return strings.Join(words, ", ")
}

// NewPopulation draws domains by the shares of [providers] and of the many small
// operators behind them.
func NewPopulation(domains int, seed uint64) *Population {
	b := builder{p: &Population{}, random: rand.New(rand.NewPCG(seed, 2))} //nolint:gosec // a population is no secret
	large := make([]*estate, len(providers))
	for i, pr := range providers {
		large[i] = b.estate(pr)
	}
	small := map[int]*estate{}
	zipf := rand.NewZipf(b.random, 1.1, 10, uint64(max(1, others*domains/1_000_000)-1))
	for range domains {
		e := b.pick(large)
		if e == nil {
			rank := int(zipf.Uint64())
			if small[rank] == nil {
				small[rank] = b.estate(Provider{Name: fmt.Sprintf("operator %d", rank+1), Hosts: 1 + b.random.IntN(2), Addresses: 1 + b.random.IntN(2)})
			}
			e = small[rank]
		}
		b.domain(e)
	}
	return b.p
}

type builder struct {
	p      *Population
	random *rand.Rand
}

// estate is what a provider has: names that all its domains share, or a pool of
// addresses behind names of each domain's own.
type estate struct {
	Provider

	number  int32
	servers []int32
	pool    int32
}

func (b *builder) estate(pr Provider) *estate {
	e := &estate{Provider: pr, number: int32(len(b.p.providers))}
	b.p.providers, b.p.domains = append(b.p.providers, pr.Name), append(b.p.domains, 0)
	if pr.Tenants {
		e.pool = b.addresses(pr.Pool)
		return e
	}
	for range pr.Hosts {
		e.servers = append(e.servers, b.server(e, b.addresses(pr.Addresses)))
	}
	return e
}

func (b *builder) addresses(n int) int32 {
	first := b.p.addresses
	b.p.addresses += n
	return int32(first)
}

func (b *builder) server(e *estate, address int32) int32 {
	b.p.Servers = append(b.p.Servers, Server{Provider: e.number, Address: address, Addresses: int32(e.Provider.Addresses)})
	return int32(len(b.p.Servers) - 1)
}

// pick draws one of the large providers by their shares, nil for a small one.
func (b *builder) pick(large []*estate) *estate {
	x := b.random.Float64()
	for _, e := range large {
		if x -= e.Share; x < 0 {
			return e
		}
	}
	return nil
}

func (b *builder) domain(e *estate) {
	servers := e.servers
	if e.Tenants {
		servers = nil
		for range e.Hosts {
			at := e.pool + int32(b.random.IntN(e.Pool-e.Provider.Addresses+1))
			servers = append(servers, b.server(e, at))
		}
	}
	for _, s := range servers {
		b.p.Servers[s].Domains++
	}
	b.p.Behind = append(b.p.Behind, servers)
	b.p.domains[e.number]++
}
