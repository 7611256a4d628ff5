//go:build linux

package server

import (
	"os"
	"path/filepath"
	"testing"
)

// StartNSD starts an authoritative server for the zones, which are given as
// master-file text by their name ("." or "test"), and returns when it listens.
func StartNSD(t testing.TB, address string, port int, zones map[string]string) *Process {
	t.Helper()
	dir := Folder(t, "nsd")
	files := make(map[string]string, len(zones))
	for name, text := range zones {
		files[name] = filepath.Join(dir, "zone-"+name)
		if err := os.WriteFile(files[name], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	configuration := write(t, dir, "nsd.conf", struct {
		Folder, Address string
		Port            int
		Zones           map[string]string
	}{dir, address, port, files})
	p := Start(t, dir, "nsd", "/usr/sbin/nsd", "-d", "-c", configuration)
	p.Listens(t, At(address, port))
	return p
}

// StartUnbound starts a recursive resolver whose root is the server given as
// address@port, and returns when it listens. Given keys of the root, it validates
// by them and answers SERVFAIL where that fails; given none, it believes
// everything.
func StartUnbound(t testing.TB, address string, port int, root string, keys ...string) *Process {
	t.Helper()
	return startUnbound(t, address, port, ".", root, keys)
}

// StartUnboundFor starts a resolver that knows one zone alone, and the server
// of it, given as address@port.
func StartUnboundFor(t testing.TB, address string, port int, zone, authority string) *Process {
	t.Helper()
	return startUnbound(t, address, port, zone, authority, nil)
}

func startUnbound(t testing.TB, address string, port int, stub, root string, keys []string) *Process {
	t.Helper()
	dir := Folder(t, "unbound")
	configuration := write(t, dir, "unbound.conf", struct {
		Folder, Address string
		Port            int
		Stub, Root      string
		Keys            []string
	}{dir, address, port, stub, root, keys})
	p := Start(t, dir, "unbound", "/usr/sbin/unbound", "-d", "-c", configuration)
	p.Listens(t, At(address, port))
	return p
}
