//go:build real

package discovery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"mx_exporter/cmd/mx_exporter/web"
	"mx_exporter/config"
	"mx_exporter/examples/labsite"
	"mx_exporter/examples/maillab"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/examples/realservers/server"
	"mx_exporter/probe"
)

// Addresses of loopback. The web servers are at the port where crawlers look.
const (
	siteAddress      = "127.77.80.1"
	customersAddress = "127.77.80.2"
	resolverAddress  = "127.77.80.3"
	authorityAddress = "127.77.80.4"
)

// The lab site served by nginx, its names resolved by Unbound and NSD, gives
// exactly the table that it gives in the process.
func TestNginxServesTheLabSite(t *testing.T) {
	program := server.BuildDiscovery(t)
	files := server.Folder(t, "labsite")
	if err := labsite.Write(files); err != nil {
		t.Fatal(err)
	}
	listen := server.At(siteAddress, 80)
	server.StartNginx(t, listen, func(dir string) string {
		conf, err := labsite.Nginx(listen, files, dir)
		if err != nil {
			t.Fatal(err)
		}
		return conf
	})
	port := server.Port(t)
	server.StartNSD(t, authorityAddress, port, map[string]string{
		".":    "$ORIGIN .\n$TTL 60\n@ SOA ns.test. hostmaster.test. 1 3600 600 86400 5\n@ NS ns.test.\ntest. NS ns.test.\nns.test. A " + authorityAddress + "\n",
		"test": "$ORIGIN test.\n$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 5\n@ NS ns\nns A " + authorityAddress + "\nwww.labsite A " + siteAddress + "\nblog.labsite A " + siteAddress + "\n",
	})
	server.StartUnbound(t, resolverAddress, port, authorityAddress+"@"+strconv.Itoa(port))

	out := crawl(t, program, "--dns.server="+server.At(resolverAddress, port), "--allow-networks=127.77.80.0/24",
		"--pages=80", "--delay=20ms", labsite.Start)
	first, rest, _ := strings.Cut(out, "\n")
	want, err := labsite.Expected()
	if err != nil {
		t.Fatal(err)
	}
	if rest != want {
		t.Errorf("%s\n%s", first, rest)
	}
}

// crawl runs mx_sd crawl, which has broken addresses to tell of.
func crawl(t *testing.T, program string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	c := exec.CommandContext(t.Context(), program, append([]string{"crawl"}, args...)...)
	c.Stdout, c.Stderr = &out, &errs
	var exit *exec.ExitError
	if err := c.Run(); !errors.As(err, &exit) || exit.ExitCode() != 2 {
		t.Fatalf("%v, %s%s", err, &out, &errs)
	}
	return out.String()
}

// customers are domains of the mail lab, each in a state of its own.
var customers = []string{
	"all-down.test", "backup-refuses.test", "dane-good.test", "equal.test", "expired.test", "greylist.test",
	"mta-sts-good.test", "null-mx.test", "primary-down.test", "too-many.test", "trap.test",
}

// A real Prometheus takes its targets from mx_sd serve, by the shipped example, and
// probes them through the exporter: every domain that stands on the site has a
// verdict. The servers behind them are divided by hashmod: each is in one shard. The
// shipped rules know the broken address.
func TestEveryDomainOnASiteGetsAVerdict(t *testing.T) {
	lab, exporter := demo(t)
	listen := server.At(customersAddress, 80)
	server.StartNginx(t, listen, func(dir string) string { return customersSite(t, listen, dir) })
	sd := server.StartDiscovery(t, server.BuildDiscovery(t), fmt.Appendf(nil, `
dns: {servers: [%q]}
sites:
  customers: {url: "http://%s/", allow_networks: [127.77.80.0/24], delay: 0s, addresses: true, expect_addresses: [postmaster@trap.test]}
domains:
  all: {sites: [customers]}
servers:
  all: {domains: [all]}
`, lab.DNSAddr(), customersAddress))
	began := time.Now()
	p := server.StartPrometheus(t, prometheus(t, sd, exporter))
	p.Await(t, time.Minute, fmt.Sprintf("count(count by (instance) (mx_verdict{job=\"mx\"} == 1)) == %d", len(customers)), "mx_verdict == 1")
	for _, d := range customers {
		if found := p.Ask(t, fmt.Sprintf("mx_verdict{job=\"mx\", instance=%q} == 1", d)); len(found) != 1 {
			t.Errorf("%s has the verdicts %v", d, found)
		}
	}
	for domain, verdict := range map[string]string{"all-down.test": "compromised", "dane-good.test": "satisfactory", "primary-down.test": "impaired"} {
		if found := p.Ask(t, fmt.Sprintf("mx_verdict{job=\"mx\", instance=%q, verdict=%q} == 1", domain, verdict)); len(found) != 1 {
			t.Errorf("%s is not %s: %v", domain, verdict, p.Ask(t, fmt.Sprintf("mx_verdict{instance=%q} == 1", domain)))
		}
	}
	// Both shards together have every server, and no server is in both.
	p.Await(t, 30*time.Second, `count(count by (instance) (up{job=~"mx_servers.*"})) == scalar(mx_sd_servers{set="all"})`, `up`)
	for _, both := range p.Ask(t, `count by (instance) (up{job=~"mx_servers.*"}) > 1`) {
		t.Errorf("a server is in both shards: %v", both)
	}
	for _, shard := range []string{"mx_servers", "mx_servers_1"} {
		if len(p.Ask(t, fmt.Sprintf("up{job=%q}", shard))) == 0 {
			t.Errorf("%s has no server", shard)
		}
	}
	if found := p.Ask(t, `mx_crawl_addresses{site="customers",state="broken"} == 1`); len(found) != 1 {
		t.Error("the broken address of the site is not counted")
	}
	p.Await(t, 30*time.Second, `ALERTS{alertname="MXAddressesBroken", site="customers"}`, `mx_crawl_addresses`)
	// An address that was found is tried at RCPT, since the module allows it.
	p.Await(t, time.Minute, `mx_smtp_reply_info{job="mx_addresses", instance="postmaster@dane-good.test", stage="rcpt"}`, `up{job="mx_addresses"}`)
	dashboardHasData(t, p, began)
}

// customersSite is one page with an address of each customer.
func customersSite(t *testing.T, listen, dir string) string {
	t.Helper()
	var b strings.Builder
	for _, d := range customers {
		fmt.Fprintf(&b, "<a href=\"mailto:postmaster@%s\">%s</a>\n", d, d)
	}
	b.WriteString("<a href=\"mailto:postmaster.all-down.test\">broken</a>\n")
	root := filepath.Join(dir, "customers")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "index.html"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	conf, err := labsite.Nginx(listen, dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	// The first server of a port is that of every other name.
	return strings.Replace(conf, filepath.Join(dir, labsite.Hosts()[0]), root, 1)
}

// prometheus is the shipped example at a faster pace, with a second shard.
func prometheus(t *testing.T, sd, exporter string) []byte {
	t.Helper()
	b, err := os.ReadFile("../../prometheus/http_sd.yml")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := filepath.Abs("../../prometheus/rules")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for old, with := range map[string]string{
		"127.0.0.1:10926": sd, "127.0.0.1:10925": exporter,
		"- rules/": "- " + rules + "/", "scrape_interval: 2m": "scrape_interval: 10s\n  evaluation_interval: 2s", "scrape_timeout: 1m": "scrape_timeout: 10s", "refresh_interval: 1m": "refresh_interval: 1s",
	} {
		if !strings.Contains(text, old) {
			t.Fatalf("http_sd.yml does not say %q any more, which the test replaces", old)
		}
		text = strings.ReplaceAll(text, old, with)
	}
	begin, end := strings.Index(text, "  - job_name: mx_servers"), strings.Index(text, "  # What mx_sd says")
	other := strings.Replace(text[begin:end], "job_name: mx_servers", "job_name: mx_servers_1", 1)
	text = text[:end] + strings.Replace(other, `regex: "0"`, `regex: "1"`, 1) + text[end:]
	return []byte(text + recipe(t, sd, exporter))
}

// recipe is the job of the cookbook that takes the addresses found.
func recipe(t *testing.T, sd, exporter string) string {
	t.Helper()
	b, err := os.ReadFile("../../cookbook/README.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)```yaml\nscrape_configs:(\n  - job_name: mx_addresses\n.*?)```").FindStringSubmatch(string(b))
	if m == nil {
		t.Fatal("the cookbook has no job mx_addresses")
	}
	return strings.NewReplacer("127.0.0.1:10926", sd, "127.0.0.1:10925", exporter, "/sd/sites/shop", "/sd/sites/customers",
		"scrape_interval: 2m", "scrape_interval: 10s", "scrape_timeout: 1m", "scrape_timeout: 10s").Replace(m[1])
}

// allowing adds the cookbook's module published: as the lab's own, and takes
// addresses.
func allowing(t *testing.T, file string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	usual := regexp.MustCompile(`(?m)^  mx:\n((?:    .*\n)+)`).FindSubmatch(b)
	if usual == nil {
		t.Fatal("the lab has no module mx")
	}
	module := "modules:\n  published:\n" + string(usual[1]) + "    recipients: {allow: [\"*@*.test\"]}\n"
	if err := os.WriteFile(file, bytes.Replace(b, []byte("modules:\n"), []byte(module), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}

// demo is the exporter before a lab in this process, wired as examples/demo wires
// it.
func demo(t *testing.T) (lab *maillab.Lab, address string) {
	t.Helper()
	lab = labtest.Start(t)
	file, err := lab.WriteConfig(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	allowing(t, file)
	store, err := probe.Loader().NewStore(file)
	if err != nil {
		t.Fatal(err)
	}
	env := &probe.Env{Dial: lab.Net.DialContext, Routed: func(netip.Addr) bool { return true }, Hostname: "monitor.lab.test"}
	h, err := web.New(web.Options{
		Prober: web.ProberFunc(func(ctx context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
			return probe.Run(ctx, env, target, m)
		}),
		Config: store, TimeoutOffset: web.DefaultTimeoutOffset,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(env.Close)
	s := httptest.NewServer(http.Handler(h))
	t.Cleanup(s.Close)
	return lab, s.Listener.Addr().String()
}
