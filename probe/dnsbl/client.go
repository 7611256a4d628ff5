package dnsbl

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/netip"
	"sync"
	"time"
	"unique"

	"github.com/jellydator/ttlcache/v3"

	"mx_exporter/probe/dial"
	"mx_exporter/probe/dnsq"
)

// Options shape a [Client]. The zero value suits the terms of public lists.
type Options struct {
	AllowNetworks []netip.Prefix // documentation, benchmark and loopback addresses that may be asked about
	InFlight      int            // questions to one list without an answer; 0: 10
	PerSecond     float64        // questions to one list, over time; 0: 5
	Burst         int            // questions to one list at once; 0: 20, which lets a first probe of six addresses pass
	Wait          time.Duration  // for a turn at a list; 0: 3 s
	Remember      int            // answers remembered; 0: 100,000
}

func (o Options) filled() Options {
	o.InFlight = cmp.Or(o.InFlight, 10)
	o.PerSecond = cmp.Or(o.PerSecond, 5)
	o.Burst = cmp.Or(o.Burst, 20)
	o.Wait = cmp.Or(o.Wait, 3*time.Second)
	o.Remember = cmp.Or(o.Remember, 100_000)
	return o
}

// refusedFor is how long a list is left alone that refused us.
const refusedFor = time.Hour

// Client asks lists. One serves all probes of a process that use the same
// resolver: what it remembers and the pace it keeps are of use only if shared.
// It is safe for many goroutines.
//
// It asks each pair of subject and list once at a time, and remembers the answer
// for its time to live, but at least a minute and at most an hour. An answer
// that is older than its time to live, though not than an hour, stands in where
// the pace has no room for a new one. A question that has gone out is waited
// for even if nobody wants it any more, so that it was not asked in vain; one
// that has not is forgotten then.
type Client struct {
	o      Options
	policy dial.Policy
	batch  *dnsq.Batch
	life   context.Context //nolint:containedctx // ends with Close, and ends what is under way
	end    context.CancelFunc

	mu      sync.Mutex
	lanes   map[unique.Handle[string]]*lane // by zone, which a handle does not print
	flights map[pair]*flight                // questions under way
	memory  *ttlcache.Cache[pair, *reading]
	under   int  // questions in the batch
	running bool // a goroutine runs the batch
	work    sync.WaitGroup
	wakeAt  time.Time // zero: not at all
	wake    *time.Timer
}

// pair is a subject at a list.
type pair struct {
	lane    *lane
	subject string
}

// NewClient makes a client that asks x. It starts no goroutine before the first
// question, and keeps none when there is nothing to wait for. A *[dnsq.Client]
// of its own is best: lists refuse public resolvers, and a cache would only
// remember what this client remembers already.
func NewClient(x dnsq.Exchanger, o Options) *Client {
	o = o.filled()
	c := &Client{
		o: o, policy: dial.Policy{Allow: o.AllowNetworks}, batch: dnsq.NewBatch(x),
		lanes: map[unique.Handle[string]]*lane{}, flights: map[pair]*flight{},
		memory: ttlcache.New(
			ttlcache.WithCapacity[pair, *reading](uint64(o.Remember)),
			ttlcache.WithDisableTouchOnHit[pair, *reading](),
		),
	}
	c.life, c.end = context.WithCancel(context.Background())
	return c
}

// Close ends what is under way and waits for it.
func (c *Client) Close() {
	c.end()
	c.mu.Lock()
	if c.wake != nil {
		c.wake.Stop()
	}
	c.mu.Unlock()
	c.work.Wait()
}

// Format says for every verb what a client is, and not what it knows: zones.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "dnsbl.Client") }

// Check asks lists about subjects, all pairs side by side. It returns when each
// has its answer, or when ctx ends: what is missing then is unknown. A list
// takes at most Options.Wait and the resolver's timeout.
func (c *Client) Check(ctx context.Context, lists []List, subjects []Subject) *Result {
	o := c.begin(lists, subjects)
	o.wait(ctx)
	return c.collect(o)
}

// Health tests lists, or says what is known of them, for each family that they
// have.
func (c *Client) Health(ctx context.Context, lists []List) []Health {
	o := &order{tests: map[testKey]*selfTest{}}
	c.mu.Lock()
	now := time.Now()
	for i := range lists {
		l := &lists[i]
		for _, f := range Families() {
			if l.asks(f) {
				c.test(o, l, f, now)
			}
		}
	}
	c.pumpAll(now)
	c.mu.Unlock()
	o.wait(ctx)
	return c.collect(o).Lists
}
