package dnsqtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/miekg/dns"
)

// Noise is what a server sends in place of, or before, an answer.
type Noise string

// The kinds of noise. Those that come before the answer must not disturb a
// client; the others replace the answer.
const (
	WrongID       Noise = "wrong_id"       // before: the answer with another id
	WrongQuestion Noise = "wrong_question" // before: the answer to another name, with the right id
	WrongType     Noise = "wrong_type"     // before: the answer to another type, with the right id
	Echo          Noise = "echo"           // before: the question itself
	Short         Noise = "short"          // before: half a header
	Garbage       Noise = "garbage"        // instead: the header and the question, then nonsense
	Truncate      Noise = "truncate"       // instead, over UDP: no records and the TC bit
	Bare          Noise = "bare"           // instead: the header alone, with the answer's code
	HangUp        Noise = "hang_up"        // instead, over TCP and TLS: the connection is closed
	CloseAfter    Noise = "close_after"    // after the answer over TCP and TLS: the connection is closed
)

// Server is a set of zones on loopback sockets.
type Server struct {
	Addr    string         // UDP and TCP
	TLSAddr string         // DNS over TLS
	Roots   *x509.CertPool // verify the certificate of TLSAddr, which is for 127.0.0.1 and TLSName
	TLSName string

	z     *Zones
	mu    sync.Mutex
	ports map[string]bool // that UDP questions came from
	conns int
	life  context.Context //nolint:containedctx // ends the delays of answers
	late  sync.WaitGroup
}

// Serve runs the zones on real sockets until the test ends. Noise is added by
// [Zones.Noise].
func (z *Zones) Serve(t testing.TB) *Server {
	t.Helper()
	life, end := context.WithCancel(context.Background())
	s := &Server{TLSName: "resolver.test", z: z, ports: map[string]bool{}, life: life}
	cert, roots := certificate(t, s.TLSName)
	s.Roots = roots
	udp, tcp := listen(t)
	secure, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it lives as long as the test
	if err != nil {
		t.Fatalf("dnsqtest: %v", err)
	}
	s.Addr, s.TLSAddr = tcp.Addr().String(), secure.Addr().String()
	var running sync.WaitGroup
	servers := []*dns.Server{
		{PacketConn: udp},
		{Listener: counting{tcp, s}},
		{Listener: tls.NewListener(counting{secure, s}, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}})},
	}
	for _, d := range servers {
		d.Handler, d.MaxTCPQueries = dns.HandlerFunc(s.handle), -1
		started := make(chan struct{})
		d.NotifyStartedFunc = func() { close(started) }
		running.Go(func() {
			if err := d.ActivateAndServe(); err != nil {
				t.Errorf("dnsqtest: %v", err)
			}
		})
		<-started
	}
	t.Cleanup(func() {
		end()
		for _, d := range servers {
			if err := d.Shutdown(); err != nil {
				t.Errorf("dnsqtest: %v", err)
			}
		}
		running.Wait()
		s.late.Wait()
	})
	return s
}

// listen takes one free port for both UDP and TCP.
func listen(t testing.TB) (net.PacketConn, net.Listener) {
	t.Helper()
	var err error
	for range 20 {
		var tcp net.Listener
		if tcp, err = net.Listen("tcp", "127.0.0.1:0"); err != nil { //nolint:noctx // it lives as long as the test
			break
		}
		var udp net.PacketConn
		if udp, err = net.ListenPacket("udp", tcp.Addr().String()); err == nil { //nolint:noctx // likewise
			return udp, tcp
		}
		tcp.Close()
	}
	t.Fatalf("dnsqtest: no free port: %v", err)
	return nil, nil
}

// SourcePorts is how many ports UDP questions came from.
func (s *Server) SourcePorts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.ports)
}

// Connections is how many TCP and TLS connections were accepted.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

// counting counts the connections that a listener accepts.
type counting struct {
	net.Listener
	s *Server
}

func (c counting) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil {
		c.s.mu.Lock()
		c.s.conns++
		c.s.mu.Unlock()
	}
	return conn, err
}

// handle answers one question from a socket.
func (s *Server) handle(w dns.ResponseWriter, q *dns.Msg) {
	from, datagram := w.RemoteAddr().(*net.UDPAddr)
	if datagram {
		s.mu.Lock()
		s.ports[strconv.Itoa(from.Port)] = true
		s.mu.Unlock()
	}
	m, f := s.z.reply(q)
	if f.drop || f.err != nil {
		return
	}
	if f.delay == 0 || datagram || len(f.noise) > 0 {
		s.answer(w, q, m, f, datagram)
		return
	}
	// A late answer must not hold up those behind it (RFC 7766 section 6.2.1.1).
	s.late.Go(func() { s.answer(w, q, m, f, datagram) })
}

// answer sends the answer to one question with the noise that belongs to it.
func (s *Server) answer(w dns.ResponseWriter, q, m *dns.Msg, f fault, datagram bool) {
	if pause(s.life, f.delay) != nil {
		return
	}
	for _, n := range f.noise {
		if replaced := s.noise(w, m, n, datagram); replaced {
			return
		}
	}
	if datagram {
		m.Truncate(room(q))
	}
	m.Compress = true
	// A client that has left is no fault of the server's.
	_ = w.WriteMsg(m)
	if slices.Contains(f.noise, CloseAfter) && !datagram {
		_ = w.Close()
	}
}

// room is how long an answer over UDP may be.
func room(q *dns.Msg) int {
	if opt := q.IsEdns0(); opt != nil {
		return int(max(opt.UDPSize(), dns.MinMsgSize))
	}
	return dns.MinMsgSize
}
