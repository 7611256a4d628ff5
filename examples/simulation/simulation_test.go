package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func few(t *testing.T) *Population {
	t.Helper()
	return NewPopulation(20_000, 1)
}

func plan(by Sharding, shards, perConnection int) Plan {
	return Plan{Shards: shards, By: by, PerConnection: perConnection, Interval: 5 * time.Minute}
}

func TestTheSameSeedGivesTheSamePopulation(t *testing.T) {
	a, b, c := NewPopulation(5000, 7), NewPopulation(5000, 7), NewPopulation(5000, 8)
	if !slices.Equal(a.Servers, b.Servers) || slices.Equal(a.Servers, c.Servers) {
		t.Error("the seed does not decide the population")
	}
}

func TestThePopulationHasThePublishedShares(t *testing.T) {
	p := few(t)
	for i, pr := range providers {
		got := float64(p.domains[i]) / float64(p.Domains())
		if got < pr.Share*0.8-0.001 || got > pr.Share*1.2+0.001 {
			t.Errorf("%s has %.3f of the domains, published are %.3f", pr.Name, got, pr.Share)
		}
	}
	sum := 0.0
	for _, pr := range providers {
		sum += pr.Share
	}
	if sum <= 0.5 || sum >= 1 {
		t.Errorf("the shares come to %v", sum)
	}
}

func TestEveryDomainIsProbedWhateverTheShards(t *testing.T) {
	p := few(t)
	want := Simulate(p, plan(ByDomain, 1, 1)).Connections
	for _, by := range []Sharding{ByDomain, ByServer, ByProvider} {
		for _, n := range []int{1, 4, 16} {
			if got := Simulate(p, plan(by, n, 1)).Connections; got < want*0.999 || got > want*1.001 {
				t.Errorf("%d shards by %s make %v connections, one makes %v", n, by, got, want)
			}
		}
	}
}

func TestShardingDecidesHowManyConnectionsAServerSees(t *testing.T) {
	p := few(t)
	for by, want := range map[Sharding]int{ByDomain: 16, ByProvider: 1} {
		if got := Simulate(p, plan(by, 16, 1)).AtOnce; got != want {
			t.Errorf("by %s an address sees %d at once, want %d", by, got, want)
		}
	}
}

func TestSharedConnectionsCostLess(t *testing.T) {
	p := few(t)
	alone, shared, once := Simulate(p, plan(ByProvider, 4, 1)), Simulate(p, plan(ByProvider, 4, 100)), Simulate(p, plan(ByProvider, 4, 0))
	if shared.Connections*2 > alone.Connections || shared.BusiestCores >= alone.BusiestCores || shared.Shortest >= alone.Shortest {
		t.Errorf("shared %+v, alone %+v", shared, alone)
	}
	if once.Connections >= shared.Connections || once.Shortest >= shared.Shortest {
		t.Errorf("each server once %+v, shared %+v", once, shared)
	}
	if shared.Lookups != alone.Lookups {
		t.Errorf("sharing changed the look-ups from %v to %v", alone.Lookups, shared.Lookups)
	}
}

func TestMoreShardsHaveLessToDoEach(t *testing.T) {
	p := few(t)
	one, many := Simulate(p, plan(ByDomain, 1, 1)), Simulate(p, plan(ByDomain, 16, 1))
	if many.BusiestCores > one.BusiestCores/8 || many.BusiestMemory > one.BusiestMemory || many.Lookups < one.Lookups {
		t.Errorf("one %+v, sixteen %+v", one, many)
	}
}

// README.md shows what the program prints.
func TestReadmeShowsTheTable(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run([]string{"-domains", "20000", "-shards", "1,4"}, &out, &errs); code != 0 {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if !strings.Contains(string(readme), strings.TrimRight(line, " \n")) {
			t.Errorf("README.md does not show the line %q", line)
		}
	}
}

func TestBadFlagsAreToldInASentence(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-shards 0", `-shards: "0" is no number`},
		{"-shards 1,x", `-shards: "x" is no number`},
		{"-domains 0", "-domains is 0; want 1 to"},
		{"-interval 1ms", "-interval is 1ms; want 1s to 24h"},
		{"-per-connection 0", "-per-connection is 0; want 1 to"},
		{"hello", `"hello": there are flags alone`},
		{"-what", "flag provided but not defined"},
	} {
		var out, errs bytes.Buffer
		if code := run(strings.Fields(c.args), &out, &errs); code != 2 || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%s: exit code %d, %q, want %q in it", c.args, code, &errs, c.want)
		}
	}
}

func BenchmarkSimulate(b *testing.B) {
	p := NewPopulation(100_000, 1)
	for b.Loop() {
		Simulate(p, plan(ByProvider, 16, DefaultPerConnection))
	}
}
