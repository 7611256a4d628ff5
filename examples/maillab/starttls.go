package maillab

import (
	"crypto/tls"
	"strings"
)

// startTLS answers STARTTLS (RFC 3207). What a scenario injects goes out in the
// same segment as the reply, in clear, and the handshake follows: a client that
// reads on over TLS with what it has buffered is caught by it.
func (s *session) startTLS(line string) {
	switch {
	case !strings.EqualFold(line, "STARTTLS"):
		s.violate("sent an argument with STARTTLS: %q", line)
		s.reply("501 5.5.4 No argument is wanted")
		return
	case !s.announces("STARTTLS"):
		s.violate("sent STARTTLS, which was not offered")
		s.reply("502 5.5.1 STARTTLS is not offered")
		return
	case s.misbehave(StageSTARTTLS):
		return
	}
	text := "220 2.0.0 Go ahead"
	if r, ok := s.b.Replies["STARTTLS"]; ok {
		text = r
	}
	s.reply(ended(text) + s.b.Inject)
	if !strings.HasPrefix(text, "220") {
		return
	}
	s.odd = s.odd || s.b.Inject != ""
	s.flush()
	if !s.misbehave(StageTLS) {
		s.handshake()
	}
}

// chosen is the certificate that a client can use, the first one if it can use
// both.
func (s *Server) chosen(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
	first, err := s.cert()
	if err != nil || s.behaviour.Second == "" || h.SupportsCertificate(first) == nil {
		return first, err
	}
	return s.second()
}

// handshake puts TLS over the connection and forgets all that was said before
// (RFC 3207 section 4.2).
func (s *session) handshake() bool {
	c := tls.Server(s.conn, &tls.Config{
		MinVersion:             s.b.TLSMin, //nolint:gosec // a scenario may ask for an old version on purpose
		MaxVersion:             s.b.TLSMax,
		SessionTicketsDisabled: true,
		GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
			s.srv.note(func() { s.rec.SNI = h.ServerName })
			return s.srv.chosen(h)
		},
	})
	if err := c.HandshakeContext(s.ctx); err != nil {
		s.odd, s.done = true, true
		return false
	}
	s.use(c)
	s.encrypted, s.greeted, s.extended = true, false, false
	s.resetMail()
	s.srv.note(func() { s.rec.TLS = true })
	return true
}
