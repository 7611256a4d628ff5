package maillab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// WriteConfig writes a configuration for the exporter into dir, with the lab's
// root certificate beside it, and gives its path. Its module mx asks the lab's
// resolver, opens the documentation networks, trusts the lab's root, expects
// traps and decoys, and waits less than a module for the real internet would.
// Beside it stands one module for each scenario that wants more than that; see
// [Scenario.Module]; and the round trips of the scenarios. What probes must still be given is [Net.DialContext].
func (l *Lab) WriteConfig(dir string) (string, error) {
	ca, err := l.CAFile(dir)
	if err != nil {
		return "", err
	}
	if err := errors.Join(l.writeZoneFiles(dir), l.writePasswords(dir), l.writeTripSecrets(dir)); err != nil {
		return "", err
	}
	name := filepath.Join(dir, "maillab.yml")
	if err := os.WriteFile(name, []byte(l.config(ca)), 0o600); err != nil {
		return "", fmt.Errorf("writing the lab's configuration: %w", err)
	}
	return name, nil
}

func (l *Lab) config(caFile string) string {
	var b strings.Builder
	b.WriteString("modules:\n")
	l.module(&b, usualModule, ModuleSpec{}, caFile)
	for _, s := range l.Scenarios {
		switch {
		case s.Wants.Service.Prober != "":
			l.service(&b, s, caFile)
		case !s.Wants.usual():
			l.module(&b, s.Module(), s.Wants, caFile)
		}
	}
	return b.String() + l.roundTrips(caFile) + l.blockLists()
}

func (l *Lab) module(b *strings.Builder, name string, w ModuleSpec, caFile string) {
	fmt.Fprintf(b, `  %s:
    prober: mx
    timeout: 20s
    dns:
      servers: [%q]
      timeout: 1s
    allow_networks: [%s]
    share_connections: %t
    smtp:
      ehlo_name: monitor.lab.test
      mail_from: postmaster@monitor.lab.test
      open_relay: %t
      both_certificates: %t
      tls:
        ca_file: %q
      timeouts: {connect: 2s, banner: 5s, command: 3s, tls: 3s, quit: 1s}
    expect:
      - {host: "trap*", outcome: tempfail}
      - {host: "decoy.*", outcome: unreachable}
%s`, name, l.DNSAddr(), quoted(rangesAsText()), w.Sharing, w.RelayTest, w.BothCerts, caFile, w.yaml())
}
