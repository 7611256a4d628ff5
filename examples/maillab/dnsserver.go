package maillab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/miekg/dns"
)

// samePortTries is how often a port is looked for that UDP and TCP both have
// free.
const samePortTries = 20

// dnsServer shows Zones on one loopback port, over UDP and TCP.
type dnsServer struct {
	zones    *Zones
	ctx      context.Context // the lab's life: ends what a fault delays
	udp, tcp *dns.Server
	address  string
	wg       sync.WaitGroup
}

// serveDNS starts a server that lives until close.
func serveDNS(ctx context.Context, z *Zones) (*dnsServer, error) {
	pc, l, err := samePort(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening a port for DNS: %w", err)
	}
	s := &dnsServer{zones: z, ctx: ctx, address: l.Addr().String()}
	s.udp = s.start(&dns.Server{PacketConn: pc, Handler: s.handler(true)})
	s.tcp = s.start(&dns.Server{Listener: l, Handler: s.handler(false)})
	return s, nil
}

// start returns when the server takes questions, so that close finds it
// running.
func (s *dnsServer) start(srv *dns.Server) *dns.Server {
	up := make(chan struct{})
	srv.NotifyStartedFunc = func() { close(up) }
	s.wg.Go(func() { _ = srv.ActivateAndServe() }) // ends with shutdown; the sockets are open already
	<-up
	return srv
}

func samePort(ctx context.Context) (net.PacketConn, net.Listener, error) {
	var lc net.ListenConfig
	var errs error
	for range samePortTries {
		pc, err := lc.ListenPacket(ctx, "udp", "127.0.0.1:0")
		if err != nil {
			return nil, nil, err
		}
		l, err := lc.Listen(ctx, "tcp", pc.LocalAddr().String())
		if err == nil {
			return pc, l, nil
		}
		errs = errors.Join(errs, joinClose(err, pc))
	}
	return nil, nil, errs
}

func (s *dnsServer) handler(udp bool) dns.HandlerFunc {
	return func(w dns.ResponseWriter, q *dns.Msg) {
		f := s.zones.asked(q)
		switch {
		case !udp && f.NoTCP:
			_ = w.Close() // the client sees it or is gone
			return
		case f.Drop, pause(s.ctx, f.Delay) != nil:
			return
		}
		m := s.zones.faulty(q, f)
		if udp {
			fitUDP(m, q, f.Truncate)
		}
		_ = w.WriteMsg(m) // a client that went away needs no answer
	}
}

// fitUDP cuts an answer to what the client takes (RFC 6891 section 6.2.3).
func fitUDP(m, q *dns.Msg, truncate bool) {
	size := dns.MinMsgSize
	if opt := q.IsEdns0(); opt != nil {
		size = max(size, int(opt.UDPSize()))
	}
	m.Truncate(size)
	if truncate {
		m.Truncated = true
		m.Answer, m.Ns = nil, nil
	}
}

func (s *dnsServer) close() error {
	err := errors.Join(s.udp.Shutdown(), s.tcp.Shutdown())
	s.wg.Wait()
	return err
}
