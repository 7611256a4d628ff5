package maillab

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// WriteConfig writes a configuration for the exporter into dir, with the lab's
// root certificate beside it, and gives its path. Its module mx asks the lab's
// resolver, opens the documentation networks, trusts the lab's root, expects
// traps and decoys, and waits less than a module for the real internet would.
// What probes must still be given is [Net.DialContext].
func (l *Lab) WriteConfig(dir string) (string, error) {
	ca, err := l.CAFile(dir)
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "maillab.yml")
	if err := os.WriteFile(name, []byte(l.config(ca)), 0o600); err != nil {
		return "", fmt.Errorf("writing the lab's configuration: %w", err)
	}
	return name, nil
}

func (l *Lab) config(caFile string) string {
	var nets []string
	for _, p := range Ranges() {
		nets = append(nets, fmt.Sprintf("%q", p))
	}
	return fmt.Sprintf(`modules:
  mx:
    prober: mx
    timeout: 20s
    dns:
      servers: [%q]
      timeout: 1s
    allow_networks: [%s]
    smtp:
      ehlo_name: monitor.lab.test
      mail_from: postmaster@monitor.lab.test
      tls:
        ca_file: %q
      timeouts: {connect: 2s, banner: 5s, command: 3s, tls: 3s, quit: 1s}
    expect:
      - {host: "trap*", outcome: tempfail}
      - {host: "decoy.*", outcome: unreachable}
`, l.DNSAddr(), strings.Join(nets, ", "), caFile)
}
