package main

import (
	"encoding/binary"
	"hash/fnv"
	"time"
)

// Sharding is what decides which exporter probes a domain.
type Sharding string

// The ways to share the work out.
const (
	// ByDomain is the hash of the domain: each exporter talks to every large server.
	ByDomain Sharding = "domain"
	// ByServer is the hash of the name of the domain's first server. Where a
	// provider gives each customer a name of its own, on common addresses, it
	// spreads these as ByDomain does.
	ByServer Sharding = "server"
	// ByProvider is the hash of the provider, the registrable domain of the
	// server's name: each address is talked to by one exporter, and nobody else.
	ByProvider Sharding = "provider"
)

// Plan is one way to watch a population.
type Plan struct {
	Shards        int
	By            Sharding
	PerConnection int // domains on one connection; 1: not shared; 0: each address is talked to once, for whichever domains
	Interval      time.Duration
}

// Sum is what a plan costs.
type Sum struct {
	Connections        float64       // a second, of all shards
	BusiestConnections float64       // a second, of the shard that makes most
	AtOnce             int           // connections at one address at the same time, from all shards together
	Lookups            float64       // a second, of all shards, beyond what their caches answer
	BusiestCores       float64       // CPU seconds a second of the shard that has most to do
	BusiestMemory      float64       // bytes of the shard that has most under way
	Shortest           time.Duration // interval at which the busiest address is talked to without a pause
}

// shard is what one exporter has to do in an interval.
type shard struct {
	domains, conversations, recipients int
	addresses                          map[int32]int // domains at each address
	servers                            map[int32]bool
}

// Simulate adds up what a plan costs.
func Simulate(p *Population, plan Plan) Sum {
	shards := make([]shard, plan.Shards)
	for i := range shards {
		shards[i] = shard{addresses: map[int32]int{}, servers: map[int32]bool{}}
	}
	for d, servers := range p.Behind {
		key := d
		switch plan.By {
		case ByDomain:
		case ByServer:
			key = int(servers[0])
		case ByProvider:
			key = int(p.Servers[servers[0]].Provider)
		}
		shards[hashed(key)%uint64(plan.Shards)].take(p, servers)
	}
	var sum Sum
	at := map[int32]int{}
	for i := range shards {
		shards[i].add(&sum, plan, at)
	}
	for _, n := range at {
		sum.AtOnce = max(sum.AtOnce, n)
	}
	return sum
}

// hashed spreads keys as a hash of names does.
func hashed(key int) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(binary.LittleEndian.AppendUint64(nil, uint64(key))) // a hash takes everything
	return h.Sum64()
}

// take gives a shard one more domain.
func (s *shard) take(p *Population, servers []int32) {
	s.domains++
	for _, i := range servers {
		s.servers[i] = true
		for n := range p.Servers[i].Addresses {
			s.addresses[p.Servers[i].Address+n]++
		}
	}
}

// add puts a shard's work into the sum, and its connections at each address.
func (s *shard) add(sum *Sum, plan Plan, at map[int32]int) {
	var held time.Duration // time spent in conversations
	for a, domains := range s.addresses {
		connections, recipients := 1, 0
		if plan.PerConnection > 0 {
			connections = (domains + plan.PerConnection - 1) / plan.PerConnection
			recipients = domains - connections
		}
		busy := time.Duration(connections)*conversation + time.Duration(recipients)*nextRecipient
		s.conversations += connections
		s.recipients += recipients
		sum.Shortest = max(sum.Shortest, busy)
		held += busy
		at[a]++ // one at a time from each exporter
	}
	second := plan.Interval.Seconds()
	connections := float64(s.conversations) / second
	lookups := s.lookups(plan.Interval)
	sum.Connections += connections
	sum.Lookups += lookups
	sum.BusiestConnections = max(sum.BusiestConnections, connections)
	sum.BusiestCores = max(sum.BusiestCores, (float64(s.domains)*scrapeCPU.Seconds()+
		float64(s.conversations)*(conversationCPU+handshakeCPU).Seconds()+
		float64(s.recipients)*recipientCPU.Seconds())/second+lookups*lookupCPU.Seconds())
	underway := min(held.Seconds()/second, float64(len(s.addresses))) // Little's law, and one at an address
	sum.BusiestMemory = max(sum.BusiestMemory, idleMemory+float64(s.domains)*domainMemory+float64(len(s.servers))*serverMemory+underway*conversationMemory)
}

// lookups is what a shard asks the resolver in a second: what it has in its cache
// is asked again when its time to live is over.
func (s *shard) lookups(interval time.Duration) float64 {
	again := func(life time.Duration) float64 { return max(life, interval).Seconds() }
	return float64(s.domains*domainLookups)/again(mxLife) + float64(len(s.servers)*addressLookups)/again(addressLife)
}
