package mailbox_test

import (
	"crypto/tls"
	"testing"

	wire "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// markFirst is another program that marks the first message as deleted.
func markFirst(t testing.TB, p *peer) {
	t.Helper()
	c, err := imapclient.DialStartTLS(p.addr, &imapclient.Options{TLSConfig: &tls.Config{RootCAs: p.ca.Pool(), ServerName: serverName}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.Login("anna", password).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if err := c.Store(wire.SeqSetNum(1), &wire.StoreFlags{Op: wire.StoreFlagsAdd, Flags: []wire.Flag{wire.FlagDeleted}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Logout().Wait(); err != nil {
		t.Fatal(err)
	}
}
