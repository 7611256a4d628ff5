//go:build real

package realservers

import (
	"bytes"
	"context"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"mx_exporter/examples/realservers/server"
)

// Where the two name servers listen, as test.zone has it for the second.
const (
	resolverAddress      = "127.77.0.1"
	authoritativeAddress = "127.77.0.2"
)

// lab is what all of the tests share: names, trust and the exporter. The mail
// servers are each test's own.
type lab struct {
	port      int // of every mail server
	authority *server.Authority
	resolver  string // host:port of Unbound
	exporter  *server.Exporter
}

func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{port: server.Port(t)}
	l.authority = server.NewAuthority(t, server.Folder(t, "authority"))
	l.resolve(t)
	l.exporter = server.StartExporter(t, fill(t, "testdata/mx_exporter.yml", map[string]string{
		"PORT":      strconv.Itoa(l.port),
		"RESOLVER":  strconv.Quote(l.resolver),
		"AUTHORITY": strconv.Quote(l.authority.File),
	}))
	return l
}

// resolve starts NSD with the zones of testdata and Unbound before it.
func (l *lab) resolve(t *testing.T) {
	t.Helper()
	zone := read(t, "testdata/test.zone")
	if server.HasIPv6(t) {
		zone = append(zone, "\npostfix.pair\tAAAA\t::1\n"...)
	}
	port := server.Port(t)
	server.StartNSD(t, authoritativeAddress, port, map[string]string{
		".":    string(read(t, "testdata/root.zone")),
		"test": string(zone),
	})
	server.StartUnbound(t, resolverAddress, port, authoritativeAddress+"@"+strconv.Itoa(port))
	l.resolver = server.At(resolverAddress, port)
}

// at is where the servers of a host listen, asked of Unbound.
func (l *lab) at(t *testing.T, host string) []string {
	t.Helper()
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, l.resolver)
	}}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	addresses, err := resolver.LookupHost(ctx, host+".")
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range addresses {
		addresses[i] = server.At(a, l.port)
	}
	return addresses
}

// postfix starts a Postfix for a domain at the addresses of a host.
func (l *lab) postfix(t *testing.T, host, domain string, settings ...string) *server.Process {
	t.Helper()
	return server.StartPostfix(t, server.Postfix{
		Host: host, Domain: domain, Listen: l.at(t, host), Authority: l.authority, Settings: settings,
	})
}

// exim starts an Exim for a domain at the address of a host.
func (l *lab) exim(t *testing.T, host, domain string) *server.Process {
	t.Helper()
	return server.StartExim(t, server.Exim{
		Host: host, Domain: domain, Listen: l.at(t, host)[0], Authority: l.authority,
	})
}

// opensmtpd starts an OpenSMTPD with one listener that offers TLS and one that
// does not.
func (l *lab) opensmtpd(t *testing.T) {
	t.Helper()
	server.StartOpenSMTPD(t, server.OpenSMTPD{Authority: l.authority, Listeners: []server.OpenSMTPDListener{
		{Host: "opensmtpd.trio.test", Domain: "trio.test", Listen: l.at(t, "opensmtpd.trio.test")[0]},
		{Host: "mx.starttls.test", Domain: "starttls.test", Listen: l.at(t, "mx.starttls.test")[0], TLS: true},
	}})
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fill reads a file and replaces words in it, each of which must be there: a
// word that was renamed in the file would otherwise go unnoticed.
func fill(t *testing.T, file string, words map[string]string) []byte {
	t.Helper()
	b := read(t, file)
	for old, replacement := range words {
		if !bytes.Contains(b, []byte(old)) {
			t.Fatalf("%s does not say %q any more, which the test replaces", file, old)
		}
		b = bytes.ReplaceAll(b, []byte(old), []byte(replacement))
	}
	return b
}

// dial speaks SMTP to a host by hand.
func (l *lab) dial(t *testing.T, host string) *server.Client {
	t.Helper()
	return server.Dial(t, l.at(t, host)[0])
}

// says is a host's reply to the last of these lines, or its banner.
func (l *lab) says(t *testing.T, host string, lines ...string) string {
	t.Helper()
	c := l.dial(t, host)
	reply := c.Hear(t)
	for _, line := range lines {
		reply = c.Ask(t, line)
	}
	return reply
}
