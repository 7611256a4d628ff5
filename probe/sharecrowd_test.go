package probe_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"mx_exporter/probe/fact"
)

// Whatever domains do to each other (leave, are called off in the middle, are refused,
// think for long, make the server hang up): each that has the time is told what it
// would be told alone, there is never more than one connection, and nothing is left.
func TestNobodyIsLostInACrowd(t *testing.T) {
	for seed := range uint64(3) {
		t.Run("", func(t *testing.T) {
			dice := rand.New(rand.NewPCG(seed, 0))
			w := sharers(t, strings.Replace(provider(60, 1, "transactions: 7", "rcpt: gone 421 4.3.0 Not now", "rcpt: nobody 550 5.1.1 No",
				"rcpt: absurd 220 Welcome", "rcpt-delay: late 40ms", "rcpt-delay: later 150ms"), "connections: 1\n", "", 1))
			wants := map[string]fact.Reason{"gone": fact.Rcpt4xx, "nobody": fact.Rcpt5xx, "absurd": fact.ReplyInvalid, "late": "", "later": "", "postmaster": ""}
			kinds := []string{"gone", "nobody", "absurd", "late", "later", "postmaster", "postmaster", "postmaster"}
			w.once(20)
			var wg sync.WaitGroup
			for _, domain := range customers(60, nil) {
				kind, within := kinds[dice.IntN(len(kinds))], time.Minute
				if dice.IntN(4) == 0 {
					within = time.Duration(1+dice.IntN(600)) * time.Millisecond
				}
				wg.Go(func() {
					ctx, cancel := context.WithTimeout(t.Context(), within)
					defer cancel()
					r := w.until(t, ctx, kind+"@"+domain)
					if len(r.Hosts) == 0 || len(r.Hosts[0].Addresses) == 0 { // there was not even time for DNS
						return
					}
					f := r.Hosts[0].Addresses[0].Failure
					switch {
					case within == time.Minute && (f == nil) != (wants[kind] == "") || f != nil && within == time.Minute && f.Reason != wants[kind]:
						t.Errorf("seed %d: %s@%s: %v", seed, kind, domain, f)
					case f != nil && f.Reason != wants[kind] && !f.Reason.Local() && f.Reason != fact.ProbeTimeout:
						t.Errorf("seed %d: %s@%s within %s: %v", seed, kind, domain, within, f)
					}
				})
			}
			wg.Wait()
			if _, most := w.lab.Net.Dials("192.0.2.10:25"); most != 1 {
				t.Errorf("seed %d: %d connections at once", seed, most)
			}
			if n := w.env.Traffic(); n.Open != 0 || n.Shared == 0 {
				t.Errorf("seed %d: %+v", seed, n)
			}
		})
	}
}
