package probe_test

import (
	"slices"
	"strings"
	"testing"

	"mx_exporter/config"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
)

const twoKeys = `title: t
shows: s
domain: keys.test
verdict: satisfactory
both-certificates: on

-- zone --
@    MX 10 both
@    MX 10 one
@    MX 10 refuses
@    MX 10 new
both     A  203.0.113.240
one      A  203.0.113.241
refuses  A  203.0.113.242
new      A  203.0.113.243

-- server both --
listen: 203.0.113.240:25
second-certificate: good
connections: 1

-- server one --
listen: 203.0.113.241:25
key: rsa
connections: 1

-- server refuses --
listen: 203.0.113.242:25
second-certificate: good
reply: RCPT 450 4.3.0 Try again later

-- server new --
listen: 203.0.113.243:25
second-certificate: good
tls-min: 1.3
`

// The second conversation comes after the first one, asks nobody for mail, and
// only where the first one went well.
func TestCertificateOfTheOtherKeyIsAskedForAfterwards(t *testing.T) {
	lab := labtest.StartWith(t, twoKeys)
	r := newWorld(t, lab).as(t, "keys.test")
	for host, want := range map[string]struct {
		other    string
		sessions int
	}{
		"both":    {"RSA", 2},
		"one":     {"", 2},
		"refuses": {"", 1},
		"new":     {"", 2},
	} {
		i := slices.IndexFunc(r.Hosts, func(h probe.Host) bool { return h.Name == host+".keys.test" })
		a := r.Hosts[i].Addresses[0]
		got := ""
		if a.Other != nil {
			got = a.Other.Chain[0].KeyType
			if !a.Other.PKIX.OK {
				t.Errorf("%s: %+v", host, a.Other.PKIX)
			}
		}
		sessions := lab.Server(host + ".keys.test").Sessions()
		if got != want.other || len(sessions) != want.sessions {
			t.Errorf("%s: other %q after %d conversations", host, got, len(sessions))
		}
		if host == "refuses" {
			continue
		}
		if a.Failure != nil {
			t.Errorf("%s: %v", host, a.Failure)
		}
		if said := strings.Join(sessions[1].Commands, " "); strings.Contains(said, "MAIL") || strings.Contains(said, "RCPT") {
			t.Errorf("%s: the second conversation said %s", host, said)
		}
	}
	if v := lab.Violations(); len(v) > 0 {
		t.Error(v)
	}
}

func TestOneConversationIsEnoughWhereNobodyAsksForBothCertificates(t *testing.T) {
	lab := labtest.StartWith(t, twoKeys)
	w := newWorld(t, lab)
	w.module.SMTP.BothCertificates = false
	w.module.Checks = []config.Check{}
	r := w.probe(t, "keys.test")
	if n := len(lab.Server("both.keys.test").Sessions()); n != 1 || r.Hosts[0].Addresses[0].Other != nil {
		t.Errorf("%d conversations", n)
	}
}
