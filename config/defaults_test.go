package config

import (
	"crypto/tls"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	promconfig "github.com/prometheus/common/config"
)

func parseModule(t *testing.T, file, name string) Module {
	t.Helper()
	c, err := Parse([]byte(file), "")
	if err != nil {
		t.Fatal(err)
	}
	m, ok := c.Modules[name]
	if !ok {
		t.Fatalf("no module %s in %v", name, c.Names())
	}
	return m
}

// The figures of faults.md part 2, written out, so that a change of a default is
// seen here.
func TestModuleThatSaysOnlyItsProberHasAllDefaults(t *testing.T) {
	want := Module{
		Name: "a", Prober: ProberMX, Timeout: Duration(30 * time.Second), Success: SuccessDeliverable,
		DNS:       DNS{Transport: UDP, Timeout: Duration(2 * time.Second), Tries: 2},
		Addresses: AllAddresses,
		SMTP: SMTP{
			Port: 25, StartTLS: StartTLSWhenOffered,
			TLS: promconfig.TLSConfig{MinVersion: promconfig.TLSVersion(tls.VersionTLS12)},
			Timeouts: Timeouts{
				Connect: Duration(10 * time.Second), Banner: Duration(30 * time.Second), Command: Duration(15 * time.Second),
				TLS: Duration(10 * time.Second), Quit: Duration(2 * time.Second),
			},
		},
		Recipients:  Recipients{Check: []string{"postmaster"}},
		Greylisting: GreylistingOK,
		Checks:      []Check{"fcrdns", "spf", "dmarc", "mta_sts", "tls_rpt", "dane", "mx_lint"},
		DNSBL:       DNSBL{TXT: true},
		Limits: Limits{
			MXHosts: 20, AddressesPerHost: 8, Addresses: 40,
			ReplyLine: 2048, ReplyLines: 100, ReplyBytes: 32768, ConnectionBytes: 65536,
		},
	}
	for _, file := range []string{
		"modules: {a: {prober: mx}}", "modules: {a: {}}", "modules: {a: }",
		"modules: {a: {prober: mx, dns: , smtp: {tls: , timeouts: {}}, limits: {}}}",
	} {
		if diff := cmp.Diff(want, parseModule(t, file, "a")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
	want.Name = "mx"
	if diff := cmp.Diff(want, Builtin().Modules["mx"]); diff != "" {
		t.Errorf("built-in (-want +got):\n%s", diff)
	}
	want.Name, want.Prober, want.Recipients.Check = "smtp", ProberSMTP, nil
	want.Checks = []Check{"fcrdns", "dane"}
	if diff := cmp.Diff(want, Builtin().Modules["smtp"]); diff != "" {
		t.Errorf("built-in (-want +got):\n%s", diff)
	}
}

// What holds for a service depends on how its connections are protected.
func TestDefaultsFollowTheProtection(t *testing.T) {
	for file, want := range map[string]struct {
		tls  ConnTLS
		port int
	}{
		"modules: {a: {prober: submission}}":                              {ConnStartTLS, 587},
		"modules: {a: {prober: submission, tls: implicit}}":               {ConnImplicit, 465},
		"modules: {a: {prober: submission, tls: never}}":                  {ConnNever, 587},
		"modules: {a: {prober: submission, smtp: {port: 25}}}":            {ConnStartTLS, 25},
		"modules: {a: {prober: imap}}":                                    {ConnImplicit, 993},
		"modules: {a: {prober: imap, tls: starttls}}":                     {ConnStartTLS, 143},
		"modules: {a: {prober: imap, tls: starttls, mailbox: {port: 1}}}": {ConnStartTLS, 1},
		"modules: {a: {prober: pop3}}":                                    {ConnImplicit, 995},
		"modules: {a: {prober: pop3, tls: never}}":                        {ConnNever, 110},
		"modules: {a: {prober: smtp}}":                                    {"", 25},
		"modules: {imap: {}, a: {prober: imap, server: A.example.org}}":   {ConnImplicit, 993},
	} {
		if m := parseModule(t, file, "a"); m.TLS != want.tls || m.Port() != want.port {
			t.Errorf("%s: tls %s, port %d, want %s and %d", file, m.TLS, m.Port(), want.tls, want.port)
		}
	}
}

func TestServerMayNameItsPort(t *testing.T) {
	for server, want := range map[string]struct {
		host string
		port int
	}{
		"IMAP.example.org":       {"imap.example.org", 993},
		"imap.example.org:10993": {"imap.example.org", 10993},
		"192.0.2.1":              {"192.0.2.1", 993},
		"192.0.2.1:10993":        {"192.0.2.1", 10993},
		"2001:db8::1":            {"2001:db8::1", 993},
		"[2001:DB8:0::1]:10993":  {"2001:db8::1", 10993},
	} {
		m := parseModule(t, "modules: {a: {prober: imap, server: '"+server+"'}}", "a")
		if host, port := m.Endpoint(); host != want.host || port != want.port {
			t.Errorf("%s: %s and %d", server, host, port)
		}
	}
	if host, port := Builtin().Modules["pop3"].Endpoint(); host != "" || port != 995 {
		t.Errorf("a module without a server talks to %q, %d", host, port)
	}
}

// A window is no longer than the interval unless messages may overlap.
func TestWindowOfARoundTrip(t *testing.T) {
	const ends = `send: {to: a@example.org, from: b@example.org}, fetch: {server: a.example.org, username: a, password: b}`
	for said, want := range map[string]time.Duration{
		"":                              5 * time.Minute,
		"interval: 1m, ":                time.Minute,
		"interval: 1h, ":                10 * time.Minute,
		"interval: 1m, overlap: true, ": 10 * time.Minute,
		"window: 30s, ":                 30 * time.Second,
	} {
		c, err := Parse([]byte("round_trips: {a: {"+said+ends+"}}"), "")
		if err != nil {
			t.Fatal(err)
		}
		if r := c.RoundTrips["a"]; r.Window.Std() != want || r.Name != "a" {
			t.Errorf("%s: window %s of %s", said, r.Window, r.Name)
		}
	}
}

func TestRecipientsLeftOutDifferFromNone(t *testing.T) {
	for file, want := range map[string][]string{
		"modules: {a: {}}":                                            {"postmaster"},
		"modules: {a: {recipients: {}}}":                              {"postmaster"},
		"modules: {a: {recipients: {allow: ['*@example.org']}}}":      {"postmaster"},
		"modules: {a: {recipients: {check: []}}}":                     nil,
		"modules: {a: {recipients: {check: [abuse]}}}":                {"abuse"},
		"modules: {a: {prober: smtp}}":                                nil,
		"modules: {a: {prober: smtp, recipients: {check: [a.b, c]}}}": {"a.b", "c"},
	} {
		if diff := cmp.Diff(want, parseModule(t, file, "a").Recipients.Check); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

func TestFileAddsToTheBuiltInModulesAndMayRedefineThem(t *testing.T) {
	for file, want := range map[string]Prober{
		"modules: {a: {}}":                                  ProberSMTP,
		"modules: {smtp: {timeout: 10s}}":                   ProberSMTP,
		"modules: {smtp: {prober: mx}}":                     ProberMX,
		"modules: {a: &a {prober: mx}, smtp: {<<: *a}}":     ProberMX,
		"modules: {a: &a {timeout: 10s}, smtp: {<<: [*a]}}": ProberSMTP,
		"modules: {a: &a {timeout: 10s}, smtp: *a}":         ProberSMTP,
	} {
		if got := parseModule(t, file, "smtp"); got.Prober != want || got.Name != "smtp" {
			t.Errorf("%s: module %s with prober %s, want %s", file, got.Name, got.Prober, want)
		}
	}
	if m := parseModule(t, "modules: {smtp: {timeout: 10s}}", "mx"); m.Timeout != DefaultTimeout {
		t.Errorf("the other built-in module changed: %v", m)
	}
}

func TestModuleIsShownAsItStandsInAFile(t *testing.T) {
	m := Builtin().Modules["mx"]
	m.Name = "mine"
	b, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, parseModule(t, string(b), "mine")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The default of every key stands within the key's own bounds.
func TestDefaultsAreWithinTheirBounds(t *testing.T) {
	checked := 0
	var walk func(v reflect.Value, schema string)
	walk = func(v reflect.Value, schema string) {
		for _, f := range tables.fieldsOf(v.Type(), schema) {
			value := v.FieldByIndex(f.index)
			if isSection(f.typ) {
				walk(value, f.schema)
				continue
			}
			k, _ := tables.lookup(f.schema)
			if k.rule.check == nil || f.typ.Kind() == reflect.Slice {
				continue
			}
			checked++
			if err := k.rule.check(value.Interface()); err != nil {
				t.Errorf("default of %s: %v", f.schema, err)
			}
		}
	}
	walk(reflect.ValueOf(DefaultModule(ProberIMAP)), "modules.<name>")
	walk(reflect.ValueOf(defaultRoundTrip()), "round_trips.<name>")
	if checked < 20 {
		t.Errorf("only %d keys have bounds", checked)
	}
}
