package maillab

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Service is the door that a scenario's module knocks at, where that is not an
// MX: what people send through, or fetch their mail from.
type Service struct {
	Prober string // smtp, submission, imap or pop3; "": mx
	TLS    string // implicit, starttls or never; "": the prober's own

	Server, Account, Password string // that the module is bound to; "": whichever the target names
}

func parseLogin(v string) (server, account, password string, err error) {
	f := strings.Fields(v)
	if len(f) != 3 {
		return "", "", "", fmt.Errorf("%q: want a server, an account and its password", v)
	}
	return f[0], f[1], f[2], nil
}

// Bound reports that the scenario's module has a server of its own, so that it
// is asked without a target.
func (s Scenario) Bound() bool { return s.Wants.Service.Server != "" }

// passwordFile is where the account's password stands, beside the configuration.
func passwordFile(module string) string { return module + ".password" }

func (l *Lab) writePasswords(dir string) error {
	for _, s := range l.Scenarios {
		w := s.Wants.Service
		if w.Account == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, passwordFile(s.Module())), []byte(w.Password+"\n"), 0o600); err != nil {
			return fmt.Errorf("writing the password of scenario %s: %w", s.Name, err)
		}
	}
	return nil
}

// service gives the module of a scenario that knocks at another door than an MX.
func (l *Lab) service(b *strings.Builder, s Scenario, caFile string) {
	w := s.Wants.Service
	fmt.Fprintf(b, `  %s:
    prober: %s
    timeout: 20s
    dns: {servers: [%q], timeout: 1s}
    allow_networks: [%s]
`, s.Module(), w.Prober, l.DNSAddr(), quoted(rangesAsText()))
	if w.TLS != "" {
		fmt.Fprintf(b, "    tls: %s\n", w.TLS)
	}
	if w.Server != "" {
		fmt.Fprintf(b, "    server: %q\n    username: %q\n    password_file: %q\n", absolute(w.Server, s.Domain), w.Account, passwordFile(s.Module()))
	}
	section := "mailbox"
	if w.Prober == "smtp" || w.Prober == "submission" {
		section = "smtp"
	}
	fmt.Fprintf(b, "    %s: {tls: {ca_file: %q}, timeouts: {connect: 2s, banner: 5s, command: 3s, tls: 3s, quit: 1s}}\n", section, caFile)
}

func rangesAsText() []string {
	var nets []string
	for _, p := range Ranges() {
		nets = append(nets, p.String())
	}
	return nets
}
