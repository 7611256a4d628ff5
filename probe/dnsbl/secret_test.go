package dnsbl_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
)

const (
	accessKey = "k3yk3yk3yk3yk3yk3yk3y"
	keyed     = accessKey + ".zen.dq.test"
)

func secret(t testing.TB) dnsbl.Zone {
	t.Helper()
	z, err := dnsbl.ParseSecretZone(keyed + "\n")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// shown gives everything that prints of values.
func shown(t testing.TB, values ...any) string {
	t.Helper()
	var b strings.Builder
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%T", "%!"} {
			fmt.Fprintf(&b, verb+"\n", v)
		}
		if j, err := json.Marshal(v); err == nil {
			b.Write(j)
		}
	}
	return b.String()
}

// B14, of the zone alone.
func TestSecretZoneIsNotPrinted(t *testing.T) {
	t.Parallel()
	z := secret(t)
	private := struct{ z dnsbl.Zone }{z} // where fmt cannot call methods
	all := shown(t, z, &z, []dnsbl.Zone{z}, private, &private, map[string]dnsbl.Zone{"a": z}, dnsbl.List{Zone: z}, errors.New(z.String()))
	if strings.Contains(strings.ToLower(all), accessKey) || strings.Contains(all, fmt.Sprintf("%x", accessKey)) || !strings.Contains(all, "<secret>") {
		t.Errorf("%.300s", all)
	}
	for _, bad := range []string{accessKey, accessKey + "..test", accessKey + ".te st", strings.Repeat(accessKey+".", 10) + "test", ""} {
		if _, err := dnsbl.ParseSecretZone(bad); err == nil || strings.Contains(err.Error(), accessKey) {
			t.Errorf("%v", err)
		}
	}
	for _, l := range []dnsbl.List{
		{Zone: z},
		{Name: "dqs", Zone: z},
		{Name: "dqs", Zone: z, IP4: true, SelfTest: "never"},
		{Name: "dqs", Zone: z, IP4: true, PolicyURL: "ftp://" + keyed},
		{Name: "dqs", Zone: z, IP4: true, TestPoint: "a..b"},
	} {
		if err := l.Check(); err == nil || strings.Contains(err.Error(), accessKey) {
			t.Errorf("%v", err)
		}
	}
}

// B14: a list that prints a part of the key, as in "your key ends in", gives away
// less than eight characters of it.
func TestPartOfTheKeyIsTakenOutOfTheText(t *testing.T) {
	t.Parallel()
	const key = "a1b2c3d4e5f6g7h8i9j0k1l2m3"
	zone, err := dnsbl.ParseSecretZone(key + ".zen.dq.test")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"key a1b2c3d4... is over quota":       "key <secret>... is over quota",
		"key ends in K1L2M3, J0K1L2M3":        "key ends in K1L2M3, <secret>",
		"xg7h8i9j0k1l2m3.zen.dq.test":         "x<secret>.zen.dq.test",
		"a1b2c3d" + "-a1b2c3d4e5f6g7h8i9j0k1": "a1b2c3d-<secret>",
		"d4e5f6g7 and a1b2c3d4 and zen.dq":    "<secret> and <secret> and zen.dq",
		"nothing of it: a1b2c3, 127.0.0.2":    "nothing of it: a1b2c3, 127.0.0.2",
	} {
		q := "7.2.0.192." + key + ".zen.dq.test"
		z := dnsqtest.New(t, entries(key+".zen.dq.test")+q+". 300 IN A 127.0.0.2\n"+q+". 300 IN TXT \""+text+"\"\n")
		l := dnsbl.List{Name: "dqs", Zone: zone, IP4: true, Words: true}
		if got := one(t, client(t, z, dnsbl.Options{}), l, address("192.0.2.7")).Text; got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestOpenZoneIsPrinted(t *testing.T) {
	t.Parallel()
	z, err := dnsbl.ParseZone("Zen.Spamhaus.ORG.")
	if err != nil || fmt.Sprint(z) != "zen.spamhaus.org" || z.Secret() || z.IsZero() {
		t.Errorf("%v, %v", z, err)
	}
	if other, _ := dnsbl.ParseZone("zen.spamhaus.org"); !other.Equal(z) || (dnsbl.Zone{}).Equal(z) || !(dnsbl.Zone{}).IsZero() {
		t.Error("zones do not compare")
	}
	for _, bad := range []string{"", "org", "zen spamhaus.org", "zen..org", strings.Repeat("abcdefg.", 30) + "org", "a.b\x00c"} {
		if _, err := dnsbl.ParseZone(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// B14: whatever a keyed list answers, and however the look-up fails, the key is
// in nothing that comes out.
func TestKeyIsInNothingThatComesOut(t *testing.T) {
	t.Parallel()
	q := "7.2.0.192." + keyed
	leak := &dnsq.Error{Name: q + ".", Reason: "dns_servfail", EDE: "lookup of " + q + " failed", Err: errors.New("read " + q)}
	for name, tt := range map[string]struct {
		zone  string
		fault func(z *dnsqtest.Zones)
		want  string
	}{
		"listed, with text that holds the question": {
			entries(keyed) + listed("7.2.0.192", keyed, "127.0.0.2") + q + ". 300 IN TXT \"see " + strings.ToUpper(q) + " or key=" + accessKey + "\"\n", nil, "listed other=other",
		},
		"not listed":                        {entries(keyed), nil, "not_listed"},
		"refused":                           {entries(keyed) + listed("7.2.0.192", keyed, "127.255.255.254"), nil, "unknown refused"},
		"hijack":                            {entries(keyed) + listed("7.2.0.192", keyed, "203.0.113.1"), nil, "unknown hijack"},
		"unhealthy":                         {"x.test. 300 IN A 192.0.2.1\n", nil, "unknown unhealthy"},
		"SERVFAIL":                          {entries(keyed), func(z *dnsqtest.Zones) { z.Rcode[q+". A"] = dns.RcodeServerFailure }, "unknown servfail"},
		"timeout":                           {entries(keyed), func(z *dnsqtest.Zones) { z.Drop[q+". A"] = true }, "unknown timeout"},
		"an error that tells the name":      {entries(keyed), func(z *dnsqtest.Zones) { z.Err[q+". A"] = leak }, "unknown servfail"},
		"a self-test that tells the name":   {entries(keyed), func(z *dnsqtest.Zones) { z.Err["2.0.0.127."+keyed+". A"] = leak }, "unknown servfail"},
		"an error of the transport with it": {entries(keyed), func(z *dnsqtest.Zones) { z.Err[q+". A"] = errors.New("dial " + q) }, "unknown local"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				z := dnsqtest.New(t, tt.zone)
				if tt.fault != nil {
					tt.fault(z)
				}
				c := client(t, z, dnsbl.Options{})
				l := dnsbl.List{Name: "dqs", Zone: secret(t), IP4: true, Words: true}
				for range 2 {
					r := c.Check(t.Context(), []dnsbl.List{l}, []dnsbl.Subject{address("192.0.2.7")})
					if got := brief(r.Answers[0]); got != tt.want {
						t.Errorf("got %q, want %q", got, tt.want)
					}
					health := c.Health(t.Context(), []dnsbl.List{l})
					synctest.Wait() // fmt looks at the client without its lock
					all := shown(t, r, *r, r.Answers[0], r.Findings(), c, struct{ c *dnsbl.Client }{c}, l, health)
					if strings.Contains(strings.ToLower(all), accessKey) {
						t.Errorf("%.300s", all)
					}
					if r.Answers[0].Query != "7.2.0.192.<secret>" {
						t.Error(r.Answers[0].Query)
					}
				}
			})
		})
	}
}
