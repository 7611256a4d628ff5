package dnsq_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

// two resolvers in memory; the function makes their faults.
func two(t *testing.T, faults func(first, second *dnsqtest.Zones)) (*memory, dnsq.Options) {
	t.Helper()
	first, second := dnsqtest.New(t, zone), dnsqtest.New(t, zone)
	faults(first, second)
	m := &memory{t: t, resolvers: map[string]*dnsqtest.Zones{"192.0.2.53:53": first, "192.0.2.54:53": second}}
	return m, dnsq.Options{Servers: []string{"192.0.2.53", "192.0.2.54"}, Dial: m.dial}
}

// within runs f in a bubble and closes the client before the bubble ends.
func within(t *testing.T, m *memory, o dnsq.Options, f func(t *testing.T, c *dnsq.Client)) {
	t.Helper()
	c, err := dnsq.NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	f(t, c)
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	synctest.Wait()
	if open, _ := m.open(); open != 0 {
		t.Errorf("%d sockets are open after Close", open)
	}
}

func TestSilenceCostsTheTimeoutAfterTheLastTry(t *testing.T) { // N2
	t.Parallel()
	for _, transport := range []dnsq.Transport{dnsq.UDP, dnsq.TCP} {
		synctest.Test(t, func(t *testing.T) {
			m, o := two(t, func(first, second *dnsqtest.Zones) {
				first.Drop["mx1.example.test. A"], second.Drop["mx1.example.test. A"] = true, true
			})
			o.Transport = transport
			within(t, m, o, func(t *testing.T, c *dnsq.Client) {
				a, err := dnsq.Lookup[*dns.A](t.Context(), c, "mx1.example.test.")
				if want := dnsq.RetryAfter + 2*time.Second; dnsq.ReasonOf(err) != fact.DNSTimeout || a.Took != want {
					t.Errorf("%s: %v after %v, want %v", transport, err, a.Took, want)
				}
				if st := c.Stats(); st.Sent != 2 || st.Retries != 1 {
					t.Errorf("%+v", st)
				}
				if err := dnsq.Alive(t.Context(), c); err != nil {
					t.Errorf("the resolver counts as dead: %v", err)
				}
			})
		})
	}
}

func TestLateResolverIsOvertakenAndThenAskedLast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var first, second *dnsqtest.Zones
		m, o := two(t, func(a, b *dnsqtest.Zones) {
			first, second = a, b
			a.Drop["mx1.example.test. A"] = true
		})
		within(t, m, o, func(t *testing.T, c *dnsq.Client) {
			for _, want := range []time.Duration{dnsq.RetryAfter, 0} {
				if a, err := dnsq.Lookup[*dns.A](t.Context(), c, "mx1.example.test."); err != nil || a.Took != want {
					t.Errorf("took %v, want %v: %v", a.Took, want, err)
				}
			}
			if n := first.Count("* *"); n != 1 {
				t.Errorf("the silent resolver was asked %d times", n)
			}
			time.Sleep(31 * time.Second)
			lookup[*dns.MX](t, c, "example.test.")
			if first.Count("* MX") != 1 || second.Count("* MX") != 0 {
				t.Error("the first resolver is not asked first any more")
			}
		})
	})
}

func TestLateAnswerOfTheFirstResolverStillCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, o := two(t, func(first, second *dnsqtest.Zones) {
			first.Delay["mx1.example.test. A"] = time.Second
			second.Drop["mx1.example.test. A"] = true
		})
		within(t, m, o, func(t *testing.T, c *dnsq.Client) {
			if a, err := dnsq.Lookup[*dns.A](t.Context(), c, "mx1.example.test."); err != nil || a.Took != time.Second {
				t.Errorf("took %v: %v", a.Took, err)
			}
		})
	})
}

func TestEndOfTheContextIsNoticedAtOnce(t *testing.T) { // N24
	t.Parallel()
	for _, transport := range []dnsq.Transport{dnsq.UDP, dnsq.TCP} {
		synctest.Test(t, func(t *testing.T) {
			m, o := two(t, func(first, second *dnsqtest.Zones) {
				first.Drop["mx1.example.test. A"], second.Drop["mx1.example.test. A"] = true, true
			})
			o.Transport = transport
			within(t, m, o, func(t *testing.T, c *dnsq.Client) {
				ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
				defer cancel()
				a, err := dnsq.Lookup[*dns.A](ctx, c, "mx1.example.test.")
				if a.Took != 300*time.Millisecond || !errors.Is(err, context.DeadlineExceeded) || dnsq.ReasonOf(err) != fact.DNSTimeout {
					t.Errorf("%v after %v", err, a.Took)
				}
			})
		})
	}
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	for _, transport := range []dnsq.Transport{dnsq.UDP, dnsq.TCP} {
		synctest.Test(t, func(t *testing.T) {
			m, o := two(t, func(first, second *dnsqtest.Zones) {
				first.Drop["mx1.example.test. A"], second.Drop["mx1.example.test. A"] = true, true
			})
			o.Transport = transport
			within(t, m, o, func(t *testing.T, c *dnsq.Client) {
				time.AfterFunc(100*time.Millisecond, func() { _ = c.Close() })
				a, err := dnsq.Lookup[*dns.A](t.Context(), c, "mx1.example.test.")
				if err == nil || a.Took != 100*time.Millisecond {
					t.Errorf("%v after %v", err, a.Took)
				}
				if a, err := dnsq.Lookup[*dns.A](t.Context(), c, "mx1.example.test."); err == nil || a.Took != 0 {
					t.Errorf("a closed client: %v after %v", err, a.Took)
				}
			})
		})
	}
}

func TestIdleClientHoldsNoSocket(t *testing.T) {
	t.Parallel()
	for _, transport := range []dnsq.Transport{dnsq.UDP, dnsq.TCP} {
		synctest.Test(t, func(t *testing.T) {
			m, o := two(t, func(_, _ *dnsqtest.Zones) {})
			o.Transport = transport
			within(t, m, o, func(t *testing.T, c *dnsq.Client) {
				for range 2 {
					lookup[*dns.A](t, c, "mx1.example.test.")
					if open, _ := m.open(); open == 0 {
						t.Error("no socket is kept")
					}
					time.Sleep(2*dnsq.IdleTime + time.Second)
					if open, _ := m.open(); open != 0 {
						t.Errorf("%s: %d sockets are open", transport, open)
					}
				}
			})
		})
	}
}

func TestSourcePortsChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, o := two(t, func(_, _ *dnsqtest.Zones) {})
		within(t, m, o, func(t *testing.T, c *dnsq.Client) {
			for range 100 {
				lookup[*dns.A](t, c, "mx1.example.test.")
				time.Sleep(10 * time.Millisecond)
			}
			open, before := m.open()
			if open != dnsq.DatagramSockets || before != open {
				t.Errorf("%d sockets open of %d", open, before)
			}
			for range 100 {
				time.Sleep(dnsq.MaxAge / 50)
				lookup[*dns.A](t, c, "mx1.example.test.")
			}
			open, after := m.open()
			if after < before+dnsq.DatagramSockets || open > dnsq.DatagramSockets {
				t.Errorf("%d sockets open, %d opened after the first %d", open, after-before, before)
			}
		})
	})
}

func TestSocketIsRenewedAfterSomeThousandQuestions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, o := two(t, func(_, _ *dnsqtest.Zones) {})
		within(t, m, o, func(t *testing.T, c *dnsq.Client) {
			for range dnsq.DatagramSockets*dnsq.MaxQuestions + 1 {
				if _, err := c.Exchange(t.Context(), dnsq.Question("mx1.example.test.", dns.TypeA)); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
			if open, dialled := m.open(); open != dnsq.DatagramSockets || dialled == open {
				t.Errorf("%d sockets open of %d", open, dialled)
			}
		})
	})
}

func TestDeadConnectionIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, o := two(t, func(first, _ *dnsqtest.Zones) { first.Drop["mx1.example.test. A"] = true })
		o.Transport, o.Servers = dnsq.TCP, o.Servers[:1]
		within(t, m, o, func(t *testing.T, c *dnsq.Client) {
			if _, err := dnsq.Lookup[*dns.A](t.Context(), c, "mx1.example.test."); dnsq.ReasonOf(err) != fact.DNSTimeout {
				t.Error(err)
			}
			lookup[*dns.MX](t, c, "example.test.")
			if _, dialled := m.open(); dialled != 2 {
				t.Errorf("%d connections: the one that was silent is still used", dialled)
			}
		})
	})
}

func TestCutAnswerWithSilentTCPIsTruncated(t *testing.T) { // N10
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, o := two(t, func(_, _ *dnsqtest.Zones) {})
		m.cut = true
		for _, address := range []string{"192.0.2.53:53", "192.0.2.54:53"} {
			silent := dnsqtest.New(t, zone)
			silent.Drop["mx1.example.test. A"] = true
			m.resolvers["tcp "+address] = silent
		}
		within(t, m, o, func(t *testing.T, c *dnsq.Client) {
			a, err := dnsq.Lookup[*dns.A](t.Context(), c, "mx1.example.test.")
			if dnsq.ReasonOf(err) != fact.DNSTruncated || a.Took != 4*time.Second { // each resolver its two seconds
				t.Errorf("%v after %v", err, a.Took)
			}
			if lookup[*dns.MX](t, c, "example.test."); c.Stats().Cut != 3 {
				t.Errorf("%+v", c.Stats())
			}
		})
	})
}

func TestHalfAMessageEndsTheConnection(t *testing.T) { // N12
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{t: t, resolvers: map[string]*dnsqtest.Zones{"192.0.2.54:53": dnsqtest.New(t, zone)}}
		dial := func(ctx context.Context, network, address string) (net.Conn, error) {
			if address != "192.0.2.53:53" {
				return m.dial(ctx, network, address)
			}
			near, far := net.Pipe()
			go func() {
				if _, err := next(far, true); err == nil {
					_, _ = far.Write([]byte{0xff, 0xff, 1, 2, 3}) // and nothing more, ever
				}
			}()
			return near, nil
		}
		o := dnsq.Options{Servers: []string{"192.0.2.53", "192.0.2.54"}, Transport: dnsq.TCP, Dial: dial}
		within(t, m, o, func(t *testing.T, c *dnsq.Client) {
			if a, err := dnsq.Lookup[*dns.A](t.Context(), c, "mx1.example.test."); err != nil || a.Took != dnsq.RetryAfter {
				t.Errorf("%v after %v", err, a.Took)
			}
		})
	})
}
