//go:build dist

package dist_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

const version = "1.2.3-rc1"

// run gives what a program says, and ends the test if it fails.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// pack packs for this machine's Linux into a new folder.
func pack(t *testing.T, systems string) string {
	t.Helper()
	out := t.TempDir()
	epoch := strings.TrimSpace(run(t, "git", "log", "-1", "--format=%ct"))
	cmd := exec.CommandContext(t.Context(), "./build.sh", append([]string{out}, strings.Fields(systems)...)...)
	cmd.Env = append(os.Environ(), "VERSION="+version, "EPOCH="+epoch,
		"LDFLAGS=-s -w -X github.com/prometheus/common/version.Version="+version)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return out
}

func read(t *testing.T, parts ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestWhatIsHandedOut shares one set of archives among all that follows.
func TestWhatIsHandedOut(t *testing.T) {
	out := pack(t, "linux/amd64")
	t.Run("packed twice it is the same", func(t *testing.T) {
		if first, second := read(t, out, "SHA256SUMS"), read(t, pack(t, "linux/amd64"), "SHA256SUMS"); first != second || len(first) < 64 {
			t.Errorf("first\n%sthen\n%s", first, second)
		}
	})
	t.Run("the checksums are right", func(t *testing.T) {
		cmd := exec.CommandContext(t.Context(), "sha256sum", "--check", "--strict", "SHA256SUMS")
		cmd.Dir = out
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, said)
		}
	})
	archive := filepath.Join(out, "mx_exporter-"+version+".linux-amd64.tar.gz")
	t.Run("the archive", func(t *testing.T) { unpacked(t, archive) })
	t.Run("the Debian package", func(t *testing.T) { debian(t, archive) })
	t.Run("nothing but the program", func(t *testing.T) { bare(t, archive) })
}

// unpacked looks at an archive as whoever unpacks it.
func unpacked(t *testing.T, archive string) {
	dir := t.TempDir()
	run(t, "tar", "-xzf", archive, "--strip-components=1", "-C", dir)
	for _, name := range []string{"mx_exporter", "mx_sd"} {
		if said := run(t, filepath.Join(dir, name), "--version"); !strings.Contains(said, "version "+version) {
			t.Errorf("%s --version: %s", name, said)
		}
		if static := run(t, "file", "-b", filepath.Join(dir, name)); !strings.Contains(static, "statically linked") {
			t.Errorf("%s is %s", name, static)
		}
		manual := read(t, dir, "man", name+".1")
		if !regexp.MustCompile(`^\.TH ` + name + ` 1 "\d{4}-\d\d-\d\d" "` + name + ` ` + version + `"\n\.SH "NAME"\n`).MatchString(manual) {
			t.Errorf("the manual page begins %.200q", manual)
		}
		if said := run(t, "lexgrog", filepath.Join(dir, "man", name+".1")); !strings.Contains(said, name+" - ") || len(said) < 60 {
			t.Errorf("whatis says of the page: %s", said)
		}
		if complaints := run(t, "man", "--warnings", "-l", "-Tutf8", filepath.Join(dir, "man", name+".1")); strings.Contains(complaints, "warning:") {
			t.Errorf("%.500s", complaints)
		}
		script := `source "$1" && COMP_WORDS=("$2" "") COMP_CWORD=1 && _` + name + `_bash_autocomplete && printf '%s\n' "${COMPREPLY[@]}"`
		if words := run(t, "bash", "-c", script, "bash", filepath.Join(dir, "completions", name+".bash"), filepath.Join(dir, name)); !strings.Contains(words, "serve") {
			t.Errorf("bash completes %s by %q", name, words)
		}
		read(t, dir, "completions", "_"+name)
		read(t, dir, "examples/systemd", name+".service")
	}
	for _, name := range []string{"LICENSE", "README.md", "CHANGELOG.md", "examples/prometheus/rules/servers.yml", "examples/grafana/fleet.json", "examples/alertmanager/alertmanager.yml"} {
		if read(t, dir, name) == "" {
			t.Errorf("%s is empty", name)
		}
	}
	if leadsSomewhere(t, dir) < 100 {
		t.Error("the pages have hardly any links")
	}
}

// leadsSomewhere checks that every page of a folder leads to what is there, and
// gives how many links there are.
func leadsSomewhere(t *testing.T, dir string) (links int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(page string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(page) != ".md" {
			return err
		}
		for _, m := range regexp.MustCompile(`\]\(([^):# ]+)[)#]`).FindAllStringSubmatch(read(t, page), -1) {
			links++
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s leads to %s, which is not packed", strings.TrimPrefix(page, dir), m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return links
}

// The name by which somebody looks at a commit is none of the archive's business.
func TestTheBranchIsInNoArchive(t *testing.T) {
	said := run(t, "make", "-C", "../..", "--print-data-base", "--dry-run", "dist", "BRANCH=a-name-of-a-branch")
	flags := regexp.MustCompile(`(?m)^(?:# )?LDFLAGS :?= .*$`).FindAllString(said, -1)
	if len(flags) == 0 {
		t.Fatal("make does not say what LDFLAGS are")
	}
	for _, f := range flags {
		if strings.Contains(f, "a-name-of-a-branch") {
			t.Errorf("make dist packs the name of the branch: %s", f)
		}
	}
}

// bare runs the exporter as the container does: as a number, in a folder with
// nothing in it but the program.
func bare(t *testing.T, archive string) {
	root := t.TempDir()
	run(t, "tar", "-xzf", archive, "--strip-components=1", "-C", root, "mx_exporter-"+version+".linux-amd64/mx_exporter")
	for dir := root; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // another user has to enter
			t.Fatal(err)
		}
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	inside := func(ctx context.Context, args ...string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, "/mx_exporter", args...)
		cmd.Dir, cmd.Env = "/", []string{}
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
		return cmd
	}
	ctx, stop := context.WithCancel(t.Context())
	var said strings.Builder
	server := inside(ctx, "--web.listen-address="+address)
	server.Stderr = &said
	server.Cancel = func() error { return server.Process.Signal(syscall.SIGTERM) }
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	healthy := func() bool {
		return inside(t.Context(), "healthcheck", "--url=http://"+address+"/-/healthy").Run() == nil
	}
	alive := false
	for deadline := time.Now().Add(20 * time.Second); !alive && time.Now().Before(deadline); {
		alive = healthy()
	}
	stop()
	_ = server.Wait()
	if !alive || healthy() {
		t.Errorf("healthy while it ran: %v; it said\n%s", alive, said.String())
	}
}
