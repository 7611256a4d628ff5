//go:build linux

package server

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// List is a zone that rbldnsd serves.
type List struct {
	Zone string
	Type string // a kind of data set: ip4set, ip4trie, ip6trie or dnset
	Data string // as rbldnsd(8) has it
}

// StartRBLDNSD starts the server of block lists and returns when it answers for
// the name given, which must have an address.
func StartRBLDNSD(t testing.TB, address string, port int, lists []List, answers string) *Process {
	t.Helper()
	dir := Folder(t, "rbldnsd")
	// It gives up its rights, for those of the user rbldns, before it reads.
	args := []string{"-n", "-b", address + "/" + strconv.Itoa(port), "-w", dir}
	for _, l := range lists {
		if err := os.WriteFile(filepath.Join(dir, l.Zone), []byte(l.Data), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, l.Zone+":"+l.Type+":"+l.Zone)
	}
	p := Start(t, dir, "rbldnsd", "/usr/sbin/rbldnsd", args...)
	p.Ready(t, "answers", func() bool { return resolves(t.Context(), At(address, port), answers) })
	return p
}

// resolves says whether a name has an address at a server.
func resolves(ctx context.Context, server, name string) bool {
	r := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server)
	}}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, err := r.LookupHost(ctx, name+".")
	return err == nil
}
