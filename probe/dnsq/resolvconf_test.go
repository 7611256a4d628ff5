package dnsq_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
)

func TestResolvConfIsReadForItsNameserversOnly(t *testing.T) { // N19
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"all kinds of lines": {
			"# comment\nsearch corp.test\noptions timeout:9 attempts:7 rotate\nnameserver 192.0.2.1 # mine\n  nameserver\t2001:db8::53\n;nameserver 192.0.2.9\n",
			"[192.0.2.1:53 [2001:db8::53]:53]",
		},
		"zone of an address": {"nameserver fe80::1%eth0\n", "[[fe80::1%eth0]:53]"},
		"three count":        {"nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n", "[192.0.2.1:53 192.0.2.2:53 192.0.2.3:53]"},
		"the same one twice": {"nameserver 192.0.2.1\nnameserver 192.0.2.1\n", "[192.0.2.1:53]"},
		"names and nonsense": {"nameserver resolver.test\nnameserver\nnameservers 192.0.2.1\n", "[127.0.0.1:53 [::1]:53]"},
		"nothing":            {"", "[127.0.0.1:53 [::1]:53]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "resolv.conf")
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			c := client(t, dnsq.Options{})
			c.UseConf(path)
			if got := fmt.Sprint(c.ServerNames()); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestResolvConfIsReadAgainWhenItChanges(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "resolv.conf")
	synctest.Test(t, func(t *testing.T) {
		m := &memory{t: t, resolvers: map[string]*dnsqtest.Zones{
			"127.0.0.1:53": dnsqtest.New(t, ""), "192.0.2.1:53": dnsqtest.New(t, zone), "192.0.2.2:53": dnsqtest.New(t, zone),
		}}
		within(t, m, dnsq.Options{Dial: m.dial}, func(t *testing.T, c *dnsq.Client) {
			c.UseConf(path)
			asked := func() (n [3]int) {
				_, _ = dnsq.Lookup[*dns.A](t.Context(), c, "mx1.example.test.")
				for i, s := range []string{"127.0.0.1:53", "192.0.2.1:53", "192.0.2.2:53"} {
					n[i] = m.resolvers[s].Count("* *")
				}
				return n
			}
			write := func(text string) {
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for _, step := range []struct {
				does string
				do   func()
				wait time.Duration
				want [3]int
			}{
				{"no file", func() {}, 0, [3]int{1, 0, 0}},
				{"a file, not looked at so soon", func() { write("nameserver 192.0.2.1\n") }, time.Second, [3]int{2, 0, 0}},
				{"the file, looked at", func() {}, dnsq.ConfRecheck, [3]int{2, 1, 0}},
				{"another file", func() { write("nameserver 192.0.2.2 # new\n") }, dnsq.ConfRecheck, [3]int{2, 1, 1}},
				{"a file without servers", func() { write("# soon\n") }, dnsq.ConfRecheck, [3]int{2, 1, 2}},
				{"the file is gone", func() { remove(t, path) }, dnsq.ConfRecheck, [3]int{2, 1, 3}},
			} {
				step.do()
				time.Sleep(step.wait)
				if got := asked(); got != step.want {
					t.Errorf("%s: %v, want %v", step.does, got, step.want)
				}
			}
		})
	})
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Error(err)
	}
}
