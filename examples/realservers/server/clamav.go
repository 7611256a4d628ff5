//go:build linux

package server

import (
	"encoding/hex"
	"net"
	"os"
	"path/filepath"
	"testing"
)

// Where the packages clamav-daemon and clamav-milter put their programs.
const (
	clamdProgram  = "clamav-daemon/usr/sbin/clamd"
	milterProgram = "clamav-milter/usr/sbin/clamav-milter"
)

// StartClamAV starts ClamAV's scanner and its milter, which refuses infected
// messages, and returns when the milter listens. Of all viruses it knows one, which
// is given as its octets: the database that others download has half a gigabyte.
func StartClamAV(t testing.TB, listen string, virus []byte) {
	t.Helper()
	address, port, err := net.SplitHostPort(listen)
	if err != nil {
		t.Fatal(err)
	}
	dir := Folder(t, "clamav")
	signatures := owned(t, dir, "signatures", "root")
	// Name, kind of file (0: any), offset, octets: ClamAV's "extended signature format".
	line := "Test.File:0:*:" + hex.EncodeToString(virus) + "\n"
	if err := os.WriteFile(filepath.Join(signatures, "own.ndb"), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	data := struct{ Folder, Address, Port string }{dir, address, port}
	clamd := Start(t, dir, "clamd", filepath.Join(Unpacked, clamdProgram), "--config-file="+write(t, dir, "mailbox/clamd.conf", data))
	clamd.Ready(t, "has its socket", func() bool {
		_, err := os.Stat(filepath.Join(dir, "clamd.sock"))
		return err == nil
	})
	milter := Start(t, dir, "clamav-milter", filepath.Join(Unpacked, milterProgram),
		"--config-file="+write(t, dir, "mailbox/clamav-milter.conf", data))
	milter.Listens(t, listen)
}
