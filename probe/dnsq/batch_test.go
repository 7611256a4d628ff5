package dnsq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

// one runs a batch of a single A question.
func one(ctx context.Context, x dnsq.Exchanger, name string) (got dnsq.Answer[*dns.A], err error) {
	b := dnsq.NewBatch(x)
	dnsq.LookupIn(b, name, func(a dnsq.Answer[*dns.A], e error) { got, err = a, e })
	b.Run(ctx)
	return got, err
}

func TestBatchGivesWhatLookupGives(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, zone)
	z.Rcode["refused.test. A"] = dns.RcodeRefused
	z.Rcode["broken.test. A"] = dns.RcodeServerFailure
	names := []string{
		"mx1.example.test", "one.example.test.", "x.wild.example.test.", "void.example.test.", "nodata.example.test.",
		"absent.example.test.", "a.loop.test.", "self.loop.test.", "refused.test.", "broken.test.", "", "a..b.",
	}
	addr := z.Serve(t).Addr
	for kind, x := range map[string]dnsq.Exchanger{
		"zones":   z,
		"client":  client(t, dnsq.Options{Servers: []string{addr}}),
		"tcp":     client(t, dnsq.Options{Servers: []string{addr}, Transport: dnsq.TCP}),
		"layered": dnsq.NewRecorder(dnsq.NewCache(client(t, dnsq.Options{Servers: []string{addr}}), 100)),
	} {
		b := dnsq.NewBatch(x)
		calls := map[string]int{}
		for _, name := range names {
			want, wantErr := dnsq.Lookup[*dns.A](t.Context(), z, name)
			dnsq.LookupIn(b, name, func(got dnsq.Answer[*dns.A], err error) {
				calls[name]++
				a, b := fmt.Sprint(got.Records, got.CNAMEs, got.TTL, got.Rcode, dnsq.ReasonOf(err)), fmt.Sprint(want.Records, want.CNAMEs, want.TTL, want.Rcode, dnsq.ReasonOf(wantErr))
				if a != b {
					t.Errorf("%s %q: got %s, want %s", kind, name, a, b)
				}
			})
		}
		b.Run(t.Context())
		for _, name := range names {
			if calls[name] != 1 {
				t.Errorf("%s %q: answered %d times", kind, name, calls[name])
			}
		}
	}
}

func TestBatchFollowsAliasesThatLeadOutOfAnAnswer(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, zone)
	z.NoChase = true
	a, err := one(t.Context(), z, "one.example.test.")
	if err != nil || len(a.Records) != 2 || len(a.CNAMEs) != 2 {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := one(t.Context(), z, "a.loop.test."); dnsq.ReasonOf(err) != fact.CNAMELoop {
		t.Errorf("%v", err)
	}
}

func TestBatchAsksOnWithinItsAnswers(t *testing.T) {
	t.Parallel()
	c := client(t, dnsq.Options{Servers: []string{dnsqtest.New(t, zone).Serve(t).Addr}})
	b := dnsq.NewBatch(c)
	var found []string
	dnsq.LookupIn(b, "example.test.", func(a dnsq.Answer[*dns.MX], _ error) {
		for _, mx := range a.Records {
			dnsq.LookupIn(b, mx.Mx, func(a dnsq.Answer[*dns.A], _ error) {
				for _, r := range a.Records {
					found = append(found, r.A.String())
				}
			})
		}
	})
	b.Run(t.Context())
	if len(found) != 2 {
		t.Errorf("found %v", found)
	}
}

// many is a zone of n names with an address each.
func many(n int) (zone string, names []string) {
	for i := range n {
		name := fmt.Sprintf("n%d.example.test.", i)
		zone += name + " 60 IN A 192.0.2.1\n"
		names = append(names, name)
	}
	return zone, names
}

func TestBatchCostsNoGoroutinePerQuestion(t *testing.T) {
	_, names := many(400)
	m := &memory{t: t}
	synctest.Test(t, func(t *testing.T) {
		within(t, m, dnsq.Options{Servers: []string{"192.0.2.53"}, Dial: m.quiet}, func(t *testing.T, c *dnsq.Client) {
			before := runtime.NumGoroutine()
			b := dnsq.NewBatch(c)
			answers, most := 0, 0
			for _, name := range names {
				dnsq.LookupIn(b, name, func(_ dnsq.Answer[*dns.A], err error) {
					answers++
					most = max(most, runtime.NumGoroutine()-before)
					if dnsq.ReasonOf(err) != fact.DNSTimeout {
						t.Errorf("%s: %v", name, err)
					}
				})
			}
			b.Run(t.Context())
			// Two serve each socket, ours and its far end, and sockets are replaced.
			if answers != len(names) || most > 6*dnsq.DatagramSockets {
				t.Errorf("%d answers with %d goroutines more than before", answers, most)
			}
		})
	})
}

func TestBatchRetriesEarly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, o := two(t, func(first, _ *dnsqtest.Zones) { first.Drop["mx1.example.test. A"] = true })
		within(t, m, o, func(t *testing.T, c *dnsq.Client) {
			if a, err := one(t.Context(), c, "mx1.example.test."); err != nil || a.Took != dnsq.RetryAfter {
				t.Errorf("took %v: %v", a.Took, err)
			}
			if st := c.Stats(); st.Sent != 2 || st.Retries != 1 {
				t.Errorf("%+v", st)
			}
		})
	})
}

func TestBatchGivesUpLikeExchange(t *testing.T) {
	t.Parallel()
	for _, transport := range []dnsq.Transport{dnsq.UDP, dnsq.TCP} {
		synctest.Test(t, func(t *testing.T) {
			m, o := two(t, func(first, second *dnsqtest.Zones) {
				first.Drop["mx1.example.test. A"], second.Drop["mx1.example.test. A"] = true, true
			})
			o.Transport = transport
			within(t, m, o, func(t *testing.T, c *dnsq.Client) {
				a, err := one(t.Context(), c, "mx1.example.test.")
				if want := dnsq.RetryAfter + 2*time.Second; dnsq.ReasonOf(err) != fact.DNSTimeout || a.Took != want {
					t.Errorf("%s: %v after %v, want %v", transport, err, a.Took, want)
				}
			})
		})
	}
}

func TestBatchEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for _, zones := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			m, o := two(t, func(first, second *dnsqtest.Zones) {
				first.Drop["mx1.example.test. A"], second.Drop["mx1.example.test. A"] = true, true
			})
			within(t, m, o, func(t *testing.T, c *dnsq.Client) {
				var x dnsq.Exchanger = c
				if zones {
					x = m.resolvers["192.0.2.53:53"]
				}
				ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
				defer cancel()
				a, err := one(ctx, x, "mx1.example.test.")
				if a.Took != 300*time.Millisecond || !errors.Is(err, context.DeadlineExceeded) || dnsq.ReasonOf(err) != fact.DNSTimeout {
					t.Errorf("%v after %v", err, a.Took)
				}
				if a, err := one(ctx, x, "mx1.example.test."); a.Took != 0 || dnsq.ReasonOf(err) != fact.DNSTimeout {
					t.Errorf("a batch begun too late: %v after %v", err, a.Took)
				}
			})
		})
	}
}

func TestBatchGoesToTCPForAnAnswerThatWasCut(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, zone)
	z.Noise["mx1.example.test. A"] = []dnsqtest.Noise{dnsqtest.Truncate}
	c := client(t, dnsq.Options{Servers: []string{z.Serve(t).Addr}})
	if a, err := one(t.Context(), c, "mx1.example.test."); err != nil || len(a.Records) != 2 || c.Stats().Cut != 1 {
		t.Errorf("%+v, %v, %+v", a, err, c.Stats())
	}
}

func TestBatchUsesTheCacheAndTheRecorder(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, zone)
	cache := dnsq.NewCache(z, 100)
	rec := dnsq.NewRecorder(cache)
	for i, cached := range []bool{false, true} {
		for _, name := range []string{"mx1.example.test.", "absent.example.test."} {
			if a, _ := one(t.Context(), rec, name); a.Cached != cached {
				t.Errorf("%s, round %d: cached %v", name, i, a.Cached)
			}
		}
	}
	if n := z.Count("* A"); n != 2 {
		t.Errorf("asked %d times", n)
	}
	st := cache.Stats()
	if st.Hits != 2 || st.Asked[dnsq.Asked{Type: "A", Outcome: dnsq.Answered}] != 1 || len(rec.Slowest()) != 1 {
		t.Errorf("%+v, %v", st, rec.Slowest())
	}
}

// panicky is an exchanger with a fault.
type panicky struct{}

func (panicky) Exchange(context.Context, *dns.Msg) (*dns.Msg, error) { panic("a fault") }

func TestBatchSurvivesAPanicOfItsExchanger(t *testing.T) {
	t.Parallel()
	if _, err := one(t.Context(), panicky{}, "mx1.example.test."); dnsq.ReasonOf(err) != fact.LocalPanic {
		t.Errorf("%v", err)
	}
}

func TestBatchOfAClosedClientEnds(t *testing.T) {
	t.Parallel()
	c, err := dnsq.NewClient(dnsq.Options{Servers: []string{"192.0.2.53"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := one(t.Context(), c, "mx1.example.test."); err == nil {
		t.Error("no error")
	}
}

// BenchmarkBatch asks 90 questions at once.
func BenchmarkBatch(b *testing.B) {
	zone, names := many(90)
	c := client(b, dnsq.Options{Servers: []string{dnsqtest.New(b, zone).Serve(b).Addr}})
	b.ReportAllocs()
	for b.Loop() {
		batch := dnsq.NewBatch(c)
		for _, name := range names {
			dnsq.LookupIn(batch, name, func(_ dnsq.Answer[*dns.A], err error) {
				if err != nil {
					b.Error(err)
				}
			})
		}
		batch.Run(b.Context())
	}
}

// quiet is a dial to resolvers that read and never answer, with one goroutine
// for each socket.
func (m *memory) quiet(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	m.count(1)
	go func() {
		defer m.count(-1)
		_, _ = io.Copy(io.Discard, far)
	}()
	return near, nil
}
