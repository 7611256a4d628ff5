//go:build dist

package dist_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// debian packs an archive as a Debian package, twice, and installs it into a
// folder by dpkg itself.
func debian(t *testing.T, archive string) {
	build := func() string {
		out := t.TempDir()
		cmd := exec.CommandContext(t.Context(), "../debian/build.sh", archive, out)
		cmd.Env = append(os.Environ(), "EPOCH=1700000000")
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		return filepath.Join(out, "mx-exporter_1.2.3~rc1_amd64.deb")
	}
	deb := build()
	run(t, "cmp", deb, build())

	info := run(t, "dpkg-deb", "--info", deb)
	for _, want := range []string{"Package: mx-exporter\n", "Version: 1.2.3~rc1\n", "Architecture: amd64\n"} {
		if !strings.Contains(info, want) {
			t.Errorf("lacks %q:\n%s", want, info)
		}
	}
	for line := range strings.Lines(run(t, "dpkg-deb", "--contents", deb)) {
		if !strings.Contains(line, " root/root ") || strings.HasPrefix(line, "-rws") {
			t.Errorf("not root's, or with the rights of another: %s", line)
		}
	}
	for _, script := range []string{"postinst", "prerm", "postrm"} {
		run(t, "sh", "-n", filepath.Join("../debian", script))
	}
	installed(t, deb)
}

// installed has dpkg unpack and configure the package in a folder of its own,
// without its scripts, which need a system that runs there.
func installed(t *testing.T, deb string) {
	root := t.TempDir()
	admin := filepath.Join(root, "var/lib/dpkg")
	for _, dir := range []string{"info", "updates", "triggers"} {
		if err := os.MkdirAll(filepath.Join(admin, dir), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(admin, "status"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dpkg := func(args ...string) {
		run(t, "dpkg", append([]string{"--root=" + root, "--force-script-chrootless", "--force-depends", "--force-not-root"}, args...)...)
	}
	dpkg("--install", deb)
	for _, name := range []string{"mx_exporter", "mx_sd"} {
		if said := run(t, filepath.Join(root, "usr/bin", name), "--version"); !strings.Contains(said, "version "+version) {
			t.Errorf("%s --version: %s", name, said)
		}
		run(t, "gzip", "-t", filepath.Join(root, "usr/share/man/man1", name+".1.gz"))
		read(t, root, "usr/lib/systemd/system", name+".service")
		read(t, root, "usr/share/bash-completion/completions", name)
		read(t, root, "etc/default", name)
	}
	run(t, filepath.Join(root, "usr/bin/mx_exporter"), "config", "check", filepath.Join(root, "etc/mx_exporter/mx_exporter.yml"))
	for _, name := range []string{"mx_exporter", "mx_sd"} {
		// What stands there as an example has to be right when it is used.
		example := filepath.Join(t.TempDir(), name+".yml")
		_, used, _ := strings.Cut(read(t, root, "etc", name, name+".yml"), "#\n#\n")
		used = strings.ReplaceAll("\n"+used, "\n#", "\n")
		if !strings.Contains(used, ":") {
			t.Errorf("%s.yml shows no example", name)
		}
		if err := os.WriteFile(example, []byte(used), 0o600); err != nil {
			t.Fatal(err)
		}
		run(t, filepath.Join(root, "usr/bin", name), "config", "check", example)
	}

	if leadsSomewhere(t, filepath.Join(root, "usr/share/doc/mx-exporter")) < 100 {
		t.Error("the pages have hardly any links")
	}

	// What the administrator wrote stays when the package goes.
	config := filepath.Join(root, "etc/mx_exporter/mx_exporter.yml")
	if err := os.WriteFile(config, []byte("# mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	dpkg("--install", deb)
	dpkg("--remove", "mx-exporter")
	if read(t, config) != "# mine\n" {
		t.Error("the configuration was written over")
	}
	dpkg("--purge", "mx-exporter")
	if _, err := os.Stat(config); !os.IsNotExist(err) {
		t.Errorf("after the purge the configuration is still there: %v", err)
	}
}
