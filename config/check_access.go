package config

import "strings"

// access is a login to be checked, and over what it goes.
type access struct {
	Credentials
	server   string
	tls      ConnTLS
	tlsAt    string // the path of the key tls
	insecure string // the path of insecure_skip_verify, where that is set
}

// credentials checks who logs in and with what. path is that of the section, and
// the files are completed in c.
func (k *checker) credentials(path string, c *Credentials) {
	for _, f := range []*SecretFile{&c.PasswordFile, &c.TokenFile, &c.OAuth2.ClientSecretFile, &c.OAuth2.RefreshTokenFile} {
		*f = SecretFile(k.file(string(*f)))
	}
	var ways []string
	for _, w := range []struct {
		key   string
		given bool
	}{
		{"password", !c.Password.Empty()},
		{"password_file", c.PasswordFile != ""},
		{"token_file", c.TokenFile != ""},
		{"oauth2", !c.OAuth2.IsZero()},
	} {
		if w.given {
			ways = append(ways, w.key)
		}
	}
	switch {
	case c.Username == "" && len(ways) > 0:
		k.fail(k.place(path+".username"), "is missing: say who logs in")
	case c.Username != "" && len(ways) == 0:
		k.fail(k.place(path+".username"), "has nothing to log in with: give password_file, password, token_file or oauth2")
	case len(ways) > 1:
		k.fail(k.place(path+"."+lastOf(ways, k, path)), "is one way too many to log in: give one of password_file, password, token_file and oauth2")
	}
	k.secretFiles(path, c)
	k.oauth2(path+".oauth2", c.OAuth2)
}

// lastOf gives the key that stands last in the file.
func lastOf(keys []string, k *checker, path string) string {
	last := keys[0]
	for _, key := range keys[1:] {
		a, b := k.place(path+"."+last), k.place(path+"."+key)
		if b.line > a.line || b.line == a.line && b.column > a.column {
			last = key
		}
	}
	return last
}

// secretFiles reads each file once, to find its faults now and not at the first
// login.
func (k *checker) secretFiles(path string, c *Credentials) {
	for _, f := range []struct {
		key  string
		file SecretFile
	}{
		{"password_file", c.PasswordFile},
		{"token_file", c.TokenFile},
		{"oauth2.client_secret_file", c.OAuth2.ClientSecretFile},
		{"oauth2.refresh_token_file", c.OAuth2.RefreshTokenFile},
	} {
		if at := path + "." + f.key; f.file != "" && k.sound(at) {
			k.oneLine(k.place(at), f.file)
		}
	}
}

// oneLine refuses a file whose second line would be taken for a part of the secret.
func (k *checker) oneLine(p place, f SecretFile) {
	s, err := k.secret(p, f)
	if err != nil {
		return // it has told the error
	}
	if strings.ContainsAny(s.Reveal(), "\r\n") {
		k.fail(p, "the file has more than one line: leave the secret alone in it")
	}
}

func (k *checker) oauth2(path string, o OAuth2) {
	if o.IsZero() || !k.sound(path) {
		return
	}
	switch {
	case o.TokenURL == "":
		k.fail(k.place(path+".token_url"), "is missing: say where tokens are fetched")
	case o.ClientID == "":
		k.fail(k.place(path+".client_id"), "is missing: say which client asks for tokens")
	case o.ClientSecretFile == "" && o.RefreshTokenFile == "":
		k.fail(k.place(path), "has nothing to prove itself with: give client_secret_file or refresh_token_file")
	}
}

// inClear refuses a login that others could read, or that could go to anybody,
// unless it stays on this machine (faults I2 and I3).
func (k *checker) inClear(a access) {
	if !a.Set() || loopback(a.server) {
		return
	}
	if a.tls == ConnNever {
		k.fail(k.place(a.tlsAt), "would send the login in clear: write implicit or starttls; never is for a server on a loopback address")
	}
	if a.insecure != "" {
		k.fail(k.place(a.insecure), "would give the login to whoever answers: name the server's authority in ca_file; true is for a server on a loopback address")
	}
}

// insecureAt gives the path of insecure_skip_verify where it is set.
func insecureAt(path string, set bool) string {
	if !set {
		return ""
	}
	return path + ".insecure_skip_verify"
}

// forUsers checks the keys of the probers that users' services have, and refuses
// them in modules of others.
func (k *checker) forUsers(path string, m *Module) {
	if !m.Prober.ForUsers() {
		for _, key := range []string{"tls", "mailbox", "username", "password", "password_file", "token_file", "oauth2"} {
			if k.given(path + "." + key) {
				k.fail(k.place(path+"."+key), "has a meaning only with prober: %s", forUsersProbers(key))
			}
		}
		if m.Prober == ProberMX && m.Server != "" {
			k.fail(k.place(path+".server"), "has no meaning with prober: mx, which finds the servers of a domain: write prober: smtp")
		}
		return
	}
	k.strangers(path, m)
	insecure := insecureAt(path+".smtp.tls", m.SMTP.TLS.InsecureSkipVerify)
	if m.Prober == ProberSubmission {
		k.submission(path, m)
	} else {
		k.tls(path+".mailbox.tls", m.Mailbox.TLS.library())
		insecure = insecureAt(path+".mailbox.tls", m.Mailbox.TLS.InsecureSkipVerify)
	}
	k.credentials(path, &m.Credentials)
	if m.Set() && m.Server == "" {
		k.fail(k.place(path+".username"), "needs server: a login goes to a server that this file names, never to one that a request names")
		return
	}
	k.inClear(access{m.Credentials, m.Server, m.TLS, path + ".tls", insecure})
}

func forUsersProbers(key string) string {
	if key == "mailbox" {
		return "imap or pop3"
	}
	return "submission, imap or pop3"
}

// submission refuses what contradicts tls, which says it all.
func (k *checker) submission(path string, m *Module) {
	if k.given(path + ".mailbox") {
		k.fail(k.place(path+".mailbox"), "has a meaning only with prober: imap or pop3; submission has its settings under smtp")
	}
	if want := m.TLS.startTLS(); m.SMTP.StartTLS != want && k.sound(path+".smtp.starttls") {
		k.fail(k.place(path+".smtp.starttls"), "%s does not go with tls: %s: leave it out", m.SMTP.StartTLS, m.TLS)
	}
	if m.SMTP.MailFrom != noSender {
		k.warn(k.place(path+".smtp.mail_from"), "has no effect with prober: submission, which never begins a message")
	}
}

// strangers refuses the keys that are about mail from strangers.
func (k *checker) strangers(path string, m *Module) {
	about := "is about servers that take mail from strangers, and has no meaning with prober: " + string(m.Prober)
	for _, c := range []struct {
		key  string
		said bool
	}{
		{"recipients", len(m.Recipients.Check)+len(m.Recipients.Allow) > 0 || m.Recipients.Random},
		{"expect", len(m.Expect) > 0},
		{"dnsbl", len(m.DNSBL.Lists)+len(m.DNSBL.DomainLists) > 0},
		{"smtp.open_relay", m.SMTP.OpenRelay},
		{"smtp.both_certificates", m.SMTP.BothCertificates},
		{"share_connections", m.Sharing},
	} {
		if c.said {
			k.fail(k.place(path+"."+c.key), "%s", about)
		}
	}
	if m.Prober != ProberSubmission && k.given(path+".smtp") && m.SMTP != DefaultModule(m.Prober).SMTP {
		k.fail(k.place(path+".smtp"), "has no meaning with prober: %s, which has its settings under mailbox", m.Prober)
	}
}
