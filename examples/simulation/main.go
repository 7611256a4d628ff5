// Command simulation works out what it costs to watch a million domains: how
// many connections the mail servers see, how many look-ups the resolver, how
// busy each exporter is, for several numbers of shards, with and without shared
// connections.
//
// It talks to nobody. A population of domains is drawn from published counts
// (see providers.go), each probe is costed with figures measured on this code
// (see costs.go), and the sums are printed as a table. README.md says what the
// model leaves out.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet("simulation", flag.ContinueOnError)
	f.SetOutput(stderr)
	domains := f.Int("domains", 1_000_000, "domains that are watched")
	interval := f.Duration("interval", 5*time.Minute, "from one probe of a domain to the next")
	shards := f.String("shards", "1,4,16", "numbers of exporters, with commas")
	perConnection := f.Int("per-connection", DefaultPerConnection, "domains that share one connection at most")
	seed := f.Uint64("seed", 1, "of the population; the same seed gives the same numbers")
	if f.Parse(args) != nil {
		return 2
	}
	counts, err := numbers(*shards)
	switch {
	case err != nil:
	case f.NArg() > 0:
		err = fmt.Errorf("%q: there are flags alone", f.Arg(0))
	case *domains < 1 || *domains > maxDomains:
		err = fmt.Errorf("-domains is %d; want 1 to %d", *domains, maxDomains)
	case *interval < time.Second || *interval > 24*time.Hour:
		err = fmt.Errorf("-interval is %v; want 1s to 24h", *interval)
	case *perConnection < 1 || *perConnection > maxPerConnection:
		err = fmt.Errorf("-per-connection is %d; want 1 to %d", *perConnection, maxPerConnection)
	}
	if err != nil {
		fmt.Fprintln(stderr, "simulation:", err)
		return 2
	}
	p := NewPopulation(*domains, *seed)
	w := bufio.NewWriter(stdout)
	report(w, p, *interval, counts, *perConnection)
	if err := w.Flush(); err != nil {
		fmt.Fprintln(stderr, "simulation:", err)
		return 1
	}
	return 0
}

// Bounds of what is asked of the program, so that a slip does not fill the
// machine's memory.
const (
	maxDomains       = 20_000_000
	maxShards        = 1024
	maxPerConnection = 10_000
)

func numbers(list string) ([]int, error) {
	var ns []int
	for word := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || n < 1 || n > maxShards {
			return nil, fmt.Errorf("-shards: %q is no number from 1 to %d", word, maxShards)
		}
		ns = append(ns, n)
	}
	return ns, nil
}

// report prints one row for each way to share the work out.
func report(out io.Writer, p *Population, interval time.Duration, shards []int, perConnection int) {
	fmt.Fprintf(out, "%d domains, %d server names, %d addresses; each domain once in %v.\n", p.Domains(), len(p.Servers), p.Addresses(), interval)
	fmt.Fprintf(out, "The largest operators: %s.\n\n", p.Largest(5))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "shards\tby\tconnections shared\tconnections/s\tof the busiest shard\tat once at one address\tlook-ups/s\tcores, busiest shard\tmemory, busiest shard\tshortest interval\t")
	for _, by := range []Sharding{ByDomain, ByServer, ByProvider} {
		for _, n := range shards {
			for _, shared := range []int{1, perConnection, 0} {
				s := Simulate(p, Plan{Shards: n, By: by, PerConnection: shared, Interval: interval})
				fmt.Fprintf(w, "%d\t%s\t%s\t%.0f\t%.0f\t%d\t%.0f\t%.2f\t%.0f MB\t%s\t\n", n, by, sharing(shared),
					s.Connections, s.BusiestConnections, s.AtOnce, s.Lookups, s.BusiestCores, float64(s.BusiestMemory)/1e6, rounded(s.Shortest))
			}
		}
	}
	_ = w.Flush() // out is buffered; the caller sees its error
}

func rounded(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(time.Second)
}

func sharing(perConnection int) string {
	switch perConnection {
	case 0:
		return "each server once"
	case 1:
		return "no"
	}
	return "yes"
}
