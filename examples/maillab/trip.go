package maillab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Trip is a round trip that a scenario asks for: a message that the exporter
// sends to the domain's MX and looks for in one of the scenario's mailboxes.
type Trip struct {
	Name       string
	To, From   string // local parts; a bounce goes back to From
	Server     string // of IMAP or POP3, absolute once the scenario is complete
	Account    string
	Password   string // "": the account's own
	Attachment int    // octets; 0: none
	EICAR      string // declared outcome; "": no test file is sent
	EachMX     bool   // another of the domain's servers in each run
	protocol   Protocol
}

// parseTrip reads "NAME words"; see scenarios/README.md.
func parseTrip(v string) (t Trip, err error) {
	words := strings.Fields(v)
	if len(words) < 3 {
		return t, fmt.Errorf("%q: want a name, to=LOCAL-PART and read=SERVER/ACCOUNT", v)
	}
	t.Name = words[0]
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "to":
			t.To = value
		case "from":
			t.From = value
		case "read":
			t.Server, t.Account, _ = strings.Cut(value, "/")
		case "password":
			t.Password = value
		case "attachment":
			t.Attachment, err = strconv.Atoi(value)
		case "eicar":
			err = pick(&t.EICAR, value, "stripped", "refused", "delivered")
		case "each-mx":
			t.EachMX = true
		default:
			return t, fmt.Errorf("%q is none of to, from, read, password, attachment, eicar, each-mx", w)
		}
		if err != nil {
			return t, fmt.Errorf("%q: %w", w, err)
		}
	}
	if t.To == "" || t.Account == "" {
		return t, fmt.Errorf("%q: want to=LOCAL-PART and read=SERVER/ACCOUNT", v)
	}
	if t.From == "" {
		t.From = t.To
	}
	return t, nil
}

// complete finds the mailbox among the scenario's servers.
func (t *Trip) complete(s *Scenario) error {
	t.Server = absolute(t.Server, s.Domain)
	for _, sp := range s.Servers {
		password, ok := sp.Behaviour.Accounts[t.Account]
		if sp.Name != t.Server || sp.Protocol == SMTP || !ok {
			continue
		}
		t.protocol = sp.Protocol
		if t.Password == "" {
			t.Password = password
		}
		return nil
	}
	return fmt.Errorf("trip %s: no IMAP or POP3 server %s has an account %s", t.Name, t.Server, t.Account)
}

// tripKey is the key by which the lab's round trips sign their tokens.
const tripKey = "trips.key"

func (t Trip) passwordFile() string { return "trip-" + t.Name + ".password" }

// writeTripSecrets writes what the lab's round trips read beside their
// configuration.
func (l *Lab) writeTripSecrets(dir string) error {
	errs := os.WriteFile(filepath.Join(dir, tripKey), []byte("the lab's key is no secret at all\n"), 0o600)
	for _, s := range l.Scenarios {
		for _, t := range s.Trips {
			errs = errors.Join(errs, os.WriteFile(filepath.Join(dir, t.passwordFile()), []byte(t.Password+"\n"), 0o600))
		}
	}
	if errs != nil {
		return fmt.Errorf("writing the secrets of the lab's round trips: %w", errs)
	}
	return nil
}

// roundTrips gives the part of the configuration that holds them.
func (l *Lab) roundTrips(caFile string) string {
	var b strings.Builder
	for _, s := range l.Scenarios {
		for _, t := range s.Trips {
			l.roundTrip(&b, s.Domain, t, caFile)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "round_trips:\n" + b.String()
}

func (l *Lab) roundTrip(b *strings.Builder, domain string, t Trip, caFile string) {
	fmt.Fprintf(b, `  %s:
    interval: 1m
    window: 1m
    timeout: 10s
    key_file: %q
    dns: {servers: [%q], timeout: 1s}
    allow_networks: [%s]
    send: {via: mx, to: %q, from: %q, each_mx: %t, ehlo_name: monitor.lab.test, tls_config: {ca_file: %q}}
    fetch: {protocol: %s, server: %q, username: %q, password_file: %q, poll: 1s, tls_config: {ca_file: %q}}
`, t.Name, tripKey, l.DNSAddr(), quoted(rangesAsText()), t.To+"@"+domain, t.From+"@"+domain, t.EachMX, caFile,
		t.protocol, t.Server, t.Account, t.passwordFile(), caFile)
	if t.Attachment > 0 {
		fmt.Fprintf(b, "    attachment: {size: %d}\n", t.Attachment)
	}
	if t.EICAR != "" {
		fmt.Fprintf(b, "    eicar: %s\n", t.EICAR)
	}
}
