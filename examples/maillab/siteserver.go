package maillab

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// PolicyPath is the one path that a site of the lab has: that of MTA-STS
// policies (RFC 8461 section 3.2).
const PolicyPath = "/.well-known/mta-sts.txt"

// Site is one web server of the lab. It can be stopped and started while others
// talk.
type Site struct {
	Name string

	lab  *Lab
	cert func() (*tls.Certificate, error) // made at the first handshake

	mu        sync.Mutex
	behaviour SiteBehaviour
	stop      context.CancelFunc // nil: stopped
	listeners []net.Listener
	requests  []Request
	wg        sync.WaitGroup
}

// Request is what a site saw of one connection that came as far as asking.
type Request struct {
	Method, Target string
	Header         http.Header
	SNI            string // name that the client asked for in the handshake
}

func newSite(l *Lab, sp SiteSpec) *Site {
	s := &Site{Name: sp.Name, lab: l, behaviour: sp.Behaviour}
	s.cert = sync.OnceValues(func() (*tls.Certificate, error) {
		return l.ca.issue(sp.Behaviour.Cert, sp.Behaviour.Key, []string{s.Name}, time.Now())
	})
	return s
}

// Start makes the site listen on each of its addresses. A site that runs is left
// as it is.
func (s *Site) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		return nil
	}
	ctx, stop := context.WithCancel(s.lab.ctx)
	for _, a := range s.behaviour.Listen {
		l, err := s.lab.Net.Listen(ctx, a)
		if err != nil {
			stop()
			return errors.Join(err, s.closeAll())
		}
		s.listeners = append(s.listeners, l)
		s.wg.Go(func() { s.accept(ctx, l) })
	}
	s.stop = stop
	return nil
}

// Stop closes the listeners and every connection, and waits until no part of the
// site runs. From then on its addresses refuse connections.
func (s *Site) Stop() error {
	s.mu.Lock()
	if s.stop == nil {
		s.mu.Unlock()
		return nil
	}
	s.stop()
	s.stop = nil
	err := s.closeAll()
	s.mu.Unlock()
	s.wg.Wait()
	return err
}

// closeAll needs the lock.
func (s *Site) closeAll() error {
	var errs error
	for _, l := range s.listeners {
		errs = errors.Join(errs, l.Close())
	}
	s.listeners = nil
	return errs
}

// SetBody changes what the site serves from now on.
func (s *Site) SetBody(body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behaviour.Body = body
}

// Requests gives what the site was asked so far, the oldest first.
func (s *Site) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *Site) accept(ctx context.Context, l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return // closed
		}
		s.wg.Go(func() {
			stop := context.AfterFunc(ctx, func() { _ = c.Close() })
			defer stop()
			defer c.Close()
			s.serve(ctx, c)
		})
	}
}

// serve answers one request and closes.
func (s *Site) serve(ctx context.Context, c net.Conn) {
	s.mu.Lock()
	b := s.behaviour
	s.mu.Unlock()
	sni := ""
	if !b.Plain {
		t := tls.Server(c, &tls.Config{
			MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, SessionTicketsDisabled: true,
			GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
				sni = h.ServerName
				return s.cert()
			},
		})
		if t.HandshakeContext(ctx) != nil {
			return // the client did not like the certificate, or speaks no TLS
		}
		c = t
	}
	req, err := http.ReadRequest(bufio.NewReader(io.LimitReader(c, maxRequest)))
	if err != nil {
		if !b.Plain && !errors.Is(err, io.EOF) && ctx.Err() == nil { // in clear, TLS is what a client should say
			s.violate("sent no HTTP request: %v", err)
		}
		return
	}
	s.inspect(req, sni)
	if pause(ctx, b.Delay) == nil && b.respond(c, req) == nil {
		_ = c.Close() // with close_notify over TLS; the client may be gone
	}
}

// maxRequest is how much of a request is read.
const maxRequest = 64 << 10

// inspect notes a request and what is wrong with it. A client that fetches
// policies sends nothing that it was not asked for, and wants no encoding (RFC
// 8461 section 3.3).
func (s *Site) inspect(req *http.Request, sni string) {
	s.mu.Lock()
	if len(s.requests) < maxSessions {
		s.requests = append(s.requests, Request{req.Method, req.RequestURI, req.Header, sni})
	}
	s.mu.Unlock()
	switch encoding := req.Header.Get("Accept-Encoding"); {
	case req.Method != http.MethodGet:
		s.violate("used the method %s", req.Method)
	case req.RequestURI != PolicyPath:
		s.violate("asked for %q", req.RequestURI)
	case req.Host != s.Name:
		s.violate("named the host %q", req.Host)
	case sni != "" && sni != s.Name:
		s.violate("named the host %q in the handshake", sni)
	case encoding != "" && encoding != "identity":
		s.violate("accepts the encoding %q", encoding)
	case req.Header.Get("Cookie") != "" || req.Header.Get("Authorization") != "" || req.Header.Get("Referer") != "":
		s.violate("told more than it was asked: %v", req.Header)
	case req.ContentLength != 0:
		s.violate("sent a body")
	}
}

func (s *Site) violate(format string, args ...any) {
	s.lab.violate("https "+s.Name+": the client "+format, args...)
}

// respond writes the response; another path than that of policies has nothing.
func (b *SiteBehaviour) respond(w io.Writer, req *http.Request) error {
	switch {
	case req.RequestURI != PolicyPath:
		_, err := io.WriteString(w, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		return err
	case b.Raw != "":
		_, err := io.WriteString(w, b.Raw)
		return err
	}
	if _, err := io.WriteString(w, b.head()); err != nil {
		return fmt.Errorf("writing the head: %w", err)
	}
	if b.Status == http.StatusNoContent {
		return nil
	}
	for range b.Repeat {
		if _, err := io.WriteString(w, b.Body); err != nil {
			return fmt.Errorf("writing the body: %w", err)
		}
	}
	return nil
}
