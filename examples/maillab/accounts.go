package maillab

import "crypto/subtle"

// login judges a password, or a token in its place, as a server of the lab
// does. locked says that the account takes no more tries.
func (s *Server) login(account, secret string) (ok, locked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.behaviour.Lockout > 0 && s.failed[account] >= s.behaviour.Lockout {
		return false, true
	}
	want, known := s.behaviour.Accounts[account]
	if known && subtle.ConstantTimeCompare([]byte(want), []byte(secret)) == 1 {
		s.failed[account] = 0
		return true, false
	}
	s.failed[account]++
	return false, false
}

// open makes the boxes of a server that keeps mail.
func (s *Server) open() error {
	if s.protocol == SMTP {
		return nil
	}
	for account, password := range s.behaviour.Accounts {
		b, err := newBox(s.protocol, account, password, s.behaviour.Folders)
		if err != nil {
			return err
		}
		s.boxes[account] = b
	}
	return nil
}

// banner is the greeting of a server that has none of its own.
func (p Protocol) banner(name string) string {
	switch p {
	case IMAP:
		return "* OK " + name + " ready"
	case POP3:
		return "+OK " + name + " ready"
	case SMTP:
	}
	return "220 " + name + " ESMTP"
}

// Box gives the mailbox of an account, nil when the server holds none.
func (s *Server) Box(account string) *Box { return s.boxes[account] }

// Logins counts the tries to log in that the server has judged and refused since
// the last good one.
func (s *Server) Logins(account string) (failed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed[account]
}

// trusted reports whether a client that knows the lab's root can verify the
// server's certificate.
func (b Behaviour) trusted() bool { return b.Cert == CertGood || b.Cert == CertExpiring }

// guardSecret notes a client that shows a password where somebody may read it:
// in clear, or to whoever has any certificate (RFC 8314 section 4.1, RFC 4616
// section 4).
func (s *Server) guardSecret(rec *Session, encrypted bool) {
	switch {
	case !encrypted:
		s.lab.violate("%s at %s: the client sent credentials in clear", s.Name, rec.Address)
	case !s.behaviour.trusted():
		s.lab.violate("%s at %s: the client sent credentials although the certificate is %s", s.Name, rec.Address, s.behaviour.Cert)
	}
}
