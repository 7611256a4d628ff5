package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"mx_exporter/cmd/logging"
	"mx_exporter/examples/maillab"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
)

// canaryKey is the access key in the zone of every list of testdata/canary.txt.
const canaryKey = "c4n4ryc4n4ryc4n4ryc4n4"

// forms are the ways in which a key may stand in a text: as it is whatever its
// case, in hexadecimal digits, percent-encoded, and in Base64 at each of the
// three places where it may begin.
func forms(key string) []string {
	var percent strings.Builder
	for _, b := range []byte(key) {
		fmt.Fprintf(&percent, "%%%02x", b)
	}
	all := []string{key, hex.EncodeToString([]byte(key)), percent.String()}
	for shift := range 3 {
		// The first and the last characters depend on what stands beside the key.
		s := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + key))
		all = append(all, s[4:len(s)-4])
	}
	return all
}

// leak finds a key in a text. What is Base64 is compared without case as well,
// which can only find too much.
func leak(text, key string) string {
	low := strings.ToLower(text)
	for _, f := range forms(key) {
		if i := strings.Index(low, strings.ToLower(f)); i >= 0 {
			return text[max(0, i-100):min(len(text), i+100)]
		}
	}
	return ""
}

func TestTheSearchForTheKeyFindsIt(t *testing.T) {
	for _, s := range []string{
		"x" + canaryKey + "y", strings.ToUpper(canaryKey), fmt.Sprintf("%x", canaryKey), "%63%34%6E%34ry%63" + forms(canaryKey)[2],
		base64.StdEncoding.EncodeToString([]byte("a" + canaryKey + "b")), base64.URLEncoding.EncodeToString([]byte("ab" + canaryKey)),
		base64.StdEncoding.EncodeToString([]byte(canaryKey + ".zen.dq.test")),
	} {
		if leak(s, canaryKey) == "" {
			t.Errorf("not found in %q", s)
		}
	}
	if leak("with-a-key <secret> c4n4ry", canaryKey) != "" {
		t.Error("found where it is not")
	}
}

// canary is an exporter with the key, and everything that it ever said.
type canary struct {
	t      *testing.T
	lab    *maillab.Lab
	config string

	mu   sync.Mutex
	said []string
}

func newCanary(t *testing.T) *canary {
	t.Helper()
	text, err := os.ReadFile("testdata/canary.txt")
	if err != nil {
		t.Fatal(err)
	}
	s, err := maillab.ParseScenario("canary", string(text))
	if err != nil {
		t.Fatal(err)
	}
	c := &canary{t: t, lab: labtest.Start(t, s)}
	if c.config, err = c.lab.WriteConfig(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	c.addDown()
	t.Cleanup(c.search)
	return c
}

// addDown adds a module whose resolver for lists is not there, and makes both
// wait less for lists that are silent.
func (c *canary) addDown() {
	b, err := os.ReadFile(c.config)
	if err != nil {
		c.t.Fatal(err)
	}
	b = bytes.ReplaceAll(b, []byte("      timeout: 1s\n"), []byte("      timeout: 100ms\n"))
	module := regexp.MustCompile(`(?ms)^  canary:\n(.*?)^dnsbl_lists`).FindSubmatch(b)
	if module == nil {
		c.t.Fatalf("no module canary in\n%s", b)
	}
	down := "  down:\n" + strings.Replace(string(module[1]), "      txt: true\n", "      txt: true\n      servers: [\"127.0.0.1:1\"]\n", 1)
	if err := os.WriteFile(c.config, bytes.Replace(b, []byte("\ndnsbl_lists"), []byte("\n"+down+"dnsbl_lists"), 1), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// heard keeps what was said, for the search at the end.
func (c *canary) heard(what, text string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, what+": "+text)
	return text
}

func (c *canary) search() {
	for _, s := range c.said {
		if found := leak(s, canaryKey); found != "" {
			c.t.Errorf("the key is in …%s…", found)
		}
	}
}

func (c *canary) env() *probe.Env {
	return &probe.Env{Dial: c.lab.Net.DialContext, Routed: func(netip.Addr) bool { return true }, Hostname: "monitor.lab.test"}
}

// run runs one command.
func (c *canary) run(args ...string) (stdout string) {
	var out, errs bytes.Buffer
	newProgram(strings.NewReader(""), &out, &errs, c.env()).run(c.t.Context(), append(args, "--config.file="+c.config))
	c.heard(fmt.Sprint(args), out.String()+errs.String())
	return out.String()
}

// exporter serves with a level and a format of the log while f runs. f is given
// what asks for a path and gives the answer.
func (c *canary) exporter(level, format string, f func(ask func(method, path string) string)) {
	c.t.Helper()
	ctx, stop := context.WithCancel(c.t.Context())
	address := freeAddress(c.t) // a log of errors alone does not tell it
	var log bytes.Buffer
	code := make(chan int, 1)
	go func() {
		code <- newProgram(strings.NewReader(""), io.Discard, &log, c.env()).run(ctx, []string{
			"--config.file=" + c.config, "--web.listen-address=" + address,
			"--web.enable-lifecycle", "--log.level=" + level, "--log.format=" + format,
		})
	}()
	tick := time.NewTicker(10 * time.Millisecond)
	for !listens(ctx, address) {
		select {
		case <-tick.C:
		case n := <-code:
			c.t.Fatalf("ended with %d: %s", n, &log)
		}
	}
	tick.Stop()
	f(func(method, path string) string { return c.ask(method, "http://"+address, path) })
	stop()
	if <-code != exitOK {
		c.t.Error("the exporter did not end well")
	}
	c.heard("log "+level, log.String())
}

// freeAddress is a port of loopback that nobody uses just now.
func freeAddress(t *testing.T) string {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func listens(ctx context.Context, address string) bool {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

func (c *canary) ask(method, url, path string) string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 40*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.heard(method+" "+path, fmt.Sprint(res.Header)+string(body))
}

// everyPage asks for everything that the exporter serves.
func everyPage(ask func(method, path string) string) {
	for _, module := range []string{"canary", "down"} {
		at := "/probe?target=canary.test&module=" + module
		for _, view := range []string{"", "&debug=true", "&format=json"} {
			ask(http.MethodGet, at+view)
		}
		report := ask(http.MethodGet, "/report?target=canary.test&module="+module)
		for _, past := range regexp.MustCompile(`/report/[0-9A-Za-z-]+`).FindAllString(report+ask(http.MethodGet, "/"), -1) {
			ask(http.MethodGet, past)
		}
	}
	for _, path := range []string{"/", "/config", "/metrics", "/-/healthy", "/-/ready", "/style.css", "/nosuch", "/probe?target=" + canaryKeyless} {
		ask(http.MethodGet, path)
	}
}

// canaryKeyless is a target that is refused.
const canaryKeyless = "canary"

// B14: the key is in nothing that the exporter serves or logs, whatever becomes
// of the lists, and whatever becomes of the file.
func TestAKeyIsFoundNowhere(t *testing.T) {
	c := newCanary(t)
	for i, level := range []string{"debug", "info", "warn", "error"} {
		c.exporter(level, []string{logging.Logfmt, logging.JSON}[i%2], func(ask func(method, path string) string) {
			everyPage(ask)
			if i > 0 {
				return
			}
			all := ask(http.MethodGet, "/probe?target=canary.test&module=canary&format=json")
			for _, want := range []string{`"listed"`, `"refused"`, `"quota"`, `"hijack"`, `"servfail"`, `"timeout"`, `"unhealthy"`, "secret"} {
				if !strings.Contains(all, want) {
					t.Errorf("no list was %s, so that path was not gone", want)
				}
			}
			c.brokenFiles(ask)
		})
	}
}

// brokenFiles reloads and probes while the file of a zone is gone, cannot be
// read as a zone, or is another one.
func (c *canary) brokenFiles(ask func(method, path string) string) {
	file := filepath.Join(filepath.Dir(c.config), "listed.zone")
	zone, err := os.ReadFile(file)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, content := range []string{"", canaryKey, canaryKey + " is not a zone", canaryKey + "..test", strings.ToUpper(canaryKey) + ".\x00.test", strings.Repeat(canaryKey+".", 20) + "test"} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			c.t.Fatal(err)
		}
		if answer := ask(http.MethodPost, "/-/reload"); !strings.Contains(answer, "listed.zone") {
			c.t.Errorf("%q was taken for a zone: %s", content, answer)
		}
		ask(http.MethodGet, "/probe?target=canary.test&module=canary&debug=true")
		c.run("dnsbl", "--module=canary")
	}
	if err := os.Remove(file); err != nil {
		c.t.Fatal(err)
	}
	ask(http.MethodPost, "/-/reload")
	everyPage(ask)
	c.run("config", "check", c.config)
	if err := os.WriteFile(file, zone, 0o600); err != nil {
		c.t.Fatal(err)
	}
	ask(http.MethodPost, "/-/reload")
}

// B14: nor is it in anything that the commands write.
func TestAKeyIsInNoCommand(t *testing.T) {
	c := newCanary(t)
	for _, output := range []string{outputText, outputJSON, outputLines, outputCSV, outputNagios} {
		for _, module := range []string{"canary", "down"} {
			if c.run("check", "-o", output, "--module="+module, "canary.test") == "" {
				t.Errorf("check -o %s said nothing", output)
			}
		}
	}
	for _, output := range []string{outputText, outputJSON} {
		for _, module := range []string{"canary", "down"} {
			if health := c.run("dnsbl", "-o", output, "--module="+module); !strings.Contains(health, "servfail") {
				t.Errorf("dnsbl said %s", health)
			}
			c.run("dnsbl", "-o", output, "--module="+module, "192.0.2.10", "192.0.2.12", "canary.test", "2001:db8::11")
		}
	}
	c.run("config", "check", c.config)
}
