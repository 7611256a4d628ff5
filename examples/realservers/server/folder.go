//go:build linux

package server

import (
	"embed"
	"os"
	"os/user"
	"path"
	"path/filepath"
	"strconv"
	"testing"
	"text/template"
)

//go:embed templates
var templates embed.FS

// Unpacked is where install.sh puts the packages that cannot be installed
// beside each other, each in a folder of its name.
const Unpacked = "/var/cache/mx_exporter/realservers"

// Folder makes a folder that every user may enter, unlike t.TempDir: the
// servers drop to users of their own before they read their files.
func Folder(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "realservers-"+name+"-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil { // meant to be entered by the servers' users
		t.Fatal(err)
	}
	return dir
}

// owned makes a folder inside dir that belongs to a user.
func owned(t testing.TB, dir, name, owner string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	give(t, path, owner)
	return path
}

// give makes a file belong to a user and his group.
func give(t testing.TB, path, owner string) {
	t.Helper()
	u, err := user.Lookup(owner)
	if err != nil {
		t.Fatalf("%v; has examples/realservers/install.sh been run?", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(path, uid, gid); err != nil {
		t.Fatalf("%v; these tests run as root", err)
	}
}

// write fills in a configuration file from the template of that name, which may
// be in a folder of templates, and returns its path.
func write(t testing.TB, dir, name string, data any) string {
	t.Helper()
	base := path.Base(name)
	tmpl, err := template.New(base).Option("missingkey=error").ParseFS(templates, "templates/"+name)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, base)
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644) // read by the servers' users; holds no secret
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := tmpl.Execute(f, data); err != nil {
		t.Fatal(err)
	}
	return file
}
