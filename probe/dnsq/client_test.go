package dnsq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

// patient makes options for tests that count: no second query goes out because
// the machine is busy.
func patient(o dnsq.Options) dnsq.Options {
	o.Tries, o.Timeout = 1, 30*time.Second
	return o
}

// client makes a client that is closed with the test.
func client(t testing.TB, o dnsq.Options) *dnsq.Client {
	t.Helper()
	c, err := dnsq.NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// nobody gives an address and port where nobody answers, neither over UDP nor
// over TCP. The port is held by sockets that talk to somebody else, so that no
// other test's server comes by it.
func nobody(t testing.TB) string {
	t.Helper()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closing(t, busy)
	for range 10 {
		tcp, err := net.Dial("tcp", busy.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		closing(t, tcp)
		us := tcp.LocalAddr().String()
		d := net.Dialer{LocalAddr: net.UDPAddrFromAddrPort(netip.MustParseAddrPort(us))}
		if udp, err := d.Dial("udp", busy.Addr().String()); err == nil {
			closing(t, udp)
			return us
		}
	}
	t.Fatal("no port is free for both protocols")
	return ""
}

func closing(t testing.TB, c io.Closer) {
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestEachTransportAnswers(t *testing.T) { // N10, N24
	t.Parallel()
	s := dnsqtest.New(t, zone).Serve(t)
	for transport, o := range map[string]dnsq.Options{
		"udp":         {Servers: []string{s.Addr}},
		"tcp":         {Servers: []string{s.Addr}, Transport: dnsq.TCP},
		"tls":         {Servers: []string{s.TLSAddr}, Transport: dnsq.TLS, TLSName: s.TLSName, Roots: s.Roots},
		"tls address": {Servers: []string{s.TLSAddr}, Transport: dnsq.TLS, Roots: s.Roots},
	} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			c := client(t, patient(o))
			for range 3 {
				if n := lookup[*dns.A](t, c, "one.example.test."); n != 2 {
					t.Errorf("%d records", n)
				}
				if _, err := dnsq.Lookup[*dns.A](t.Context(), c, "absent.example.test."); !dnsq.NotFound(err) {
					t.Error(err)
				}
			}
			if st := c.Stats(); st.Sent != 6 || st.Retries != 0 {
				t.Errorf("six questions took %+v", st)
			}
		})
	}
}

func TestSocketsAreKeptAndShared(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, zone)
	z.Delay["mx1.example.test. A"] = 50 * time.Millisecond // so that they are all under way at once
	s := z.Serve(t)
	for name, o := range map[string]dnsq.Options{
		"udp": {Servers: []string{s.Addr}},
		"tcp": {Servers: []string{s.Addr}, Transport: dnsq.TCP},
	} {
		c := client(t, patient(o))
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if n := lookup[*dns.A](t, c, "mx1.example.test."); n != 2 {
					t.Errorf("%s: %d records", name, n)
				}
			})
		}
		wg.Wait()
		if st := c.Stats(); st.Sockets > dnsq.DatagramSockets || st.Sent < 100 {
			t.Errorf("%s: %+v", name, st)
		}
	}
	if n := s.Connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
	if n := s.SourcePorts(); n < 2 || n > dnsq.DatagramSockets {
		t.Errorf("%d source ports", n)
	}
}

func TestMoreQuestionsThanTurnsAreAllAnswered(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, zone)
	z.Delay["mx1.example.test. A"] = 20 * time.Millisecond
	s := z.Serve(t)
	for _, transport := range []dnsq.Transport{dnsq.UDP, dnsq.TCP} {
		c := client(t, patient(dnsq.Options{Servers: []string{s.Addr}, Transport: transport}))
		var wg sync.WaitGroup
		for range 2*dnsq.DatagramTurns + 50 {
			wg.Go(func() { lookup[*dns.A](t, c, "mx1.example.test.") })
		}
		wg.Wait()
	}
}

func TestForgedAndBrokenMessagesAreDropped(t *testing.T) { // N11, N12
	t.Parallel()
	z := dnsqtest.New(t, zone)
	z.Noise["mx1.example.test. A"] = []dnsqtest.Noise{
		dnsqtest.WrongID, dnsqtest.WrongQuestion, dnsqtest.WrongType, dnsqtest.Echo, dnsqtest.Short,
	}
	s := z.Serve(t)
	for _, transport := range []dnsq.Transport{dnsq.UDP, dnsq.TCP} {
		c := client(t, patient(dnsq.Options{Servers: []string{s.Addr}, Transport: transport}))
		lookup[*dns.A](t, c, "mx1.example.test.")
		if st := c.Stats(); st.Dropped != 5 || st.Sent != 1 {
			t.Errorf("%s: %+v", transport, st)
		}
	}
}

func TestAnswerThatCannotBeParsedIsMalformed(t *testing.T) { // N12
	t.Parallel()
	z := dnsqtest.New(t, zone)
	z.Noise["mx1.example.test. A"] = []dnsqtest.Noise{dnsqtest.Garbage}
	s := z.Serve(t)
	_, err := dnsq.Lookup[*dns.A](t.Context(), client(t, dnsq.Options{Servers: []string{s.Addr}}), "mx1.example.test.")
	if dnsq.ReasonOf(err) != fact.DNSMalformed {
		t.Error(err)
	}
}

func TestCutAnswerComesOverTCP(t *testing.T) { // N10
	t.Parallel()
	zone := "big.test. 60 IN TXT \"x\"\n"
	for i := range 100 {
		zone += fmt.Sprintf("big.test. 60 IN TXT \"%0100d\"\n", i)
	}
	s := dnsqtest.New(t, zone).Serve(t)
	c := client(t, patient(dnsq.Options{Servers: []string{s.Addr}}))
	a, err := dnsq.Lookup[*dns.TXT](t.Context(), c, "big.test.")
	if err != nil || a.Total != 101 || c.Stats().Cut != 1 {
		t.Errorf("%d records, %+v: %v", a.Total, c.Stats(), err)
	}
}

func TestCutAnswerWithoutTCPIsTruncated(t *testing.T) { // N10
	t.Parallel()
	z := dnsqtest.New(t, zone)
	z.Noise["mx1.example.test. A"] = []dnsqtest.Noise{dnsqtest.Truncate, dnsqtest.HangUp}
	s := z.Serve(t)
	_, err := dnsq.Lookup[*dns.A](t.Context(), client(t, dnsq.Options{Servers: []string{s.Addr}}), "mx1.example.test.")
	if dnsq.ReasonOf(err) != fact.DNSTruncated {
		t.Errorf("closed connection: %v", err)
	}
	udpOnly := func(ctx context.Context, network, address string) (net.Conn, error) {
		if network == "tcp" {
			return nil, syscall.ECONNREFUSED
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	_, err = dnsq.Lookup[*dns.A](t.Context(), client(t, dnsq.Options{Servers: []string{s.Addr}, Dial: udpOnly}), "mx1.example.test.")
	if dnsq.ReasonOf(err) != fact.DNSTruncated {
		t.Errorf("refused connection: %v", err)
	}
}

func TestConnectionClosedByTheResolverIsOpenedAgain(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, zone)
	z.Noise["mx1.example.test. A"] = []dnsqtest.Noise{dnsqtest.CloseAfter}
	s := z.Serve(t)
	c := client(t, patient(dnsq.Options{Servers: []string{s.TLSAddr}, Transport: dnsq.TLS, Roots: s.Roots}))
	for range 5 {
		lookup[*dns.A](t, c, "mx1.example.test.")
	}
	if n := s.Connections(); n != 5 {
		t.Errorf("%d connections for five questions with a close after each", n)
	}
}

func TestUnverifiedResolverIsNotAsked(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, zone)
	s := z.Serve(t)
	c := client(t, dnsq.Options{Servers: []string{s.TLSAddr}, Transport: dnsq.TLS, Roots: s.Roots, TLSName: "other.test"})
	_, err := dnsq.Lookup[*dns.A](t.Context(), c, "mx1.example.test.")
	if dnsq.ReasonOf(err) != fact.LocalResolver || z.Count("* *") != 0 {
		t.Errorf("%v, %d questions", err, z.Count("* *"))
	}
}

func TestResolverThatIsNotThereIsALocalFault(t *testing.T) { // N2
	t.Parallel()
	for _, transport := range []dnsq.Transport{dnsq.UDP, dnsq.TCP} {
		c := client(t, dnsq.Options{Servers: []string{nobody(t), nobody(t), nobody(t)}, Transport: transport})
		_, err := dnsq.Lookup[*dns.A](t.Context(), c, "mx1.example.test.")
		if dnsq.ReasonOf(err) != fact.LocalResolver || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", transport, err)
		}
		if err := dnsq.Alive(t.Context(), c); dnsq.ReasonOf(err) != fact.LocalResolver {
			t.Errorf("%s: alive: %v", transport, err)
		}
	}
}

func TestNextResolverIsAskedWhereOneFails(t *testing.T) { // N2
	t.Parallel()
	bad := dnsqtest.New(t, zone)
	bad.Rcode["servfail.test. A"] = dns.RcodeServerFailure
	bad.Rcode["refused.test. A"] = dns.RcodeRefused
	bad.Noise["garbage.test. A"] = []dnsqtest.Noise{dnsqtest.Garbage}
	bad.Noise["bare.test. A"] = []dnsqtest.Noise{dnsqtest.Bare}
	bad.Rcode["bare.test. A"] = dns.RcodeServerFailure
	good := dnsqtest.New(t, "*.test. 60 IN A 192.0.2.1")
	servers := []string{nobody(t), nobody(t), bad.Serve(t).Addr, good.Serve(t).Addr}
	for _, name := range []string{"servfail.test.", "refused.test.", "garbage.test.", "bare.test."} {
		lookup[*dns.A](t, client(t, dnsq.Options{Servers: servers}), name)
		if bad.Count(name+" A") == 0 || good.Count(name+" A") == 0 {
			t.Errorf("%s: asked %d and %d times", name, bad.Count(name+" A"), good.Count(name+" A"))
		}
	}
}

func TestServfailOfAllIsServfail(t *testing.T) { // N2
	t.Parallel()
	one, two := dnsqtest.New(t, zone), dnsqtest.New(t, zone)
	one.Rcode["broken.test. MX"] = dns.RcodeServerFailure
	two.Rcode["broken.test. MX"] = dns.RcodeRefused
	c := client(t, dnsq.Options{Servers: []string{one.Serve(t).Addr, two.Serve(t).Addr}})
	_, err := dnsq.Lookup[*dns.MX](t.Context(), c, "broken.test.")
	if dnsq.ReasonOf(err) != fact.DNSServfail {
		t.Error(err)
	}
	if err := dnsq.Alive(t.Context(), c); err != nil {
		t.Errorf("the resolver counts as dead: %v", err)
	}
}

func TestResolverWithoutEDNSIsAskedWithout(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, zone)
	z.NoEDNS = true
	c := client(t, patient(dnsq.Options{Servers: []string{z.Serve(t).Addr}}))
	if n := lookup[*dns.A](t, c, "mx1.example.test."); n != 2 || z.Count("* *") != 2 {
		t.Errorf("%d records, %d questions", n, z.Count("* *"))
	}
}

func TestOwnLackIsLocal(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		errs []error
		want fact.Reason
	}{
		{[]error{syscall.EMFILE}, fact.LocalFD},
		{[]error{syscall.ENOBUFS, syscall.ECONNREFUSED}, fact.LocalFD},
		{[]error{syscall.EPERM}, fact.LocalNetwork},
		{[]error{syscall.ENETUNREACH, syscall.ECONNREFUSED}, fact.LocalResolver},
		{[]error{syscall.EHOSTUNREACH}, fact.LocalResolver},
	} {
		var dials atomic.Int32
		var servers []string
		for i := range tt.errs {
			servers = append(servers, fmt.Sprintf("192.0.2.%d", i+1))
		}
		c := client(t, dnsq.Options{Servers: servers, Dial: func(_ context.Context, network, _ string) (net.Conn, error) {
			n := dials.Add(1)
			return nil, &net.OpError{Op: "dial", Net: network, Err: tt.errs[(int(n)-1)%len(tt.errs)]}
		}})
		_, err := dnsq.Lookup[*dns.A](t.Context(), c, "example.test.")
		if dnsq.ReasonOf(err) != tt.want || !errors.Is(err, tt.errs[0]) {
			t.Errorf("%v: %v", tt.errs, err)
		}
	}
}

func TestVerdictOfDNSSECCountsOnlyFromAResolverOnLoopback(t *testing.T) { // N23
	t.Parallel()
	z := dnsqtest.New(t, zone)
	z.Authentic = true
	s := z.Serve(t)
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if ap, err := netip.ParseAddrPort(address); err == nil && !ap.Addr().IsLoopback() {
			address = s.Addr // the far resolver is the near one in disguise
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	for _, tt := range []struct {
		o    dnsq.Options
		want bool
	}{
		{dnsq.Options{Servers: []string{s.Addr}}, true},
		{dnsq.Options{Servers: []string{"192.0.2.53"}}, false},
		{dnsq.Options{Servers: []string{"192.0.2.53"}, TrustAD: true}, true},
		{dnsq.Options{Servers: []string{s.TLSAddr}, Transport: dnsq.TLS, Roots: s.Roots}, true},
	} {
		tt.o.Dial = dial
		a, err := dnsq.Lookup[*dns.A](t.Context(), client(t, tt.o), "mx1.example.test.")
		if err != nil || a.Authentic != tt.want {
			t.Errorf("%v: authentic %v, %v", tt.o.Servers, a.Authentic, err)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for _, o := range []dnsq.Options{
		{Servers: []string{"localhost"}},
		{Servers: []string{"127.0.0.1:0"}},
		{Servers: []string{""}},
		{Transport: "quic"},
		{Timeout: -1},
		{Tries: -1},
	} {
		if c, err := dnsq.NewClient(o); err == nil {
			t.Errorf("%+v: made %v", o, c)
		}
	}
	c := client(t, dnsq.Options{Servers: []string{"::1", "127.0.0.1", "[::1]:54"}, Transport: dnsq.TLS})
	if got := fmt.Sprint(c.ServerNames()); got != "[[::1]:853 127.0.0.1:853 [::1]:54]" {
		t.Error(got)
	}
}

func TestQuestionIsNotChanged(t *testing.T) {
	t.Parallel()
	c := client(t, dnsq.Options{Servers: []string{dnsqtest.New(t, zone).Serve(t).Addr}})
	q := dnsq.Question("MX1.example.test.", dns.TypeA)
	q.Id = 7
	before := q.String()
	m, err := c.Exchange(t.Context(), q)
	if err != nil || q.String() != before || m.Id != 7 || m.Question[0].Name != "MX1.example.test." {
		t.Errorf("%v\n%v\n%v", err, q, m)
	}
	q.Question = nil
	if _, err := c.Exchange(t.Context(), q); dnsq.ReasonOf(err) != fact.DNSMalformed {
		t.Errorf("no question: %v", err)
	}
}
