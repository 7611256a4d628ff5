package probe_test

import (
	"strings"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe/fact"
)

const silentPolicies = `title: t
shows: s
domain: silent.test
verdict: satisfactory

-- zone --
@    MX 10 mx1
mx1  A  192.0.2.10

-- dns --
drop _dmarc TXT
drop @ TXT

-- server mx1 --
listen: 192.0.2.10:25
`

// Promise 1: what there was no time for is not held against the domain.
func TestPolicyThatIsNotToldInTimeIsLeftOut(t *testing.T) {
	w := newWorld(t, labtest.StartWith(t, silentPolicies))
	w.module.Checks = []config.Check{config.CheckSPF, config.CheckDMARC, config.CheckTLSRPT}
	w.module.Timeout = config.Duration(1500 * time.Millisecond)
	w.module.DNS.Timeout = config.Duration(5 * time.Second)
	r := w.probe(t, "silent.test")
	if r.Verdict != fact.Satisfactory || codes(r) != "not-tested tls-rpt-missing" && codes(r) != "not-tested" {
		t.Errorf("%s, %s", r.Verdict, codes(r))
	}
	if r.SPF != nil || r.DMARC != nil || r.TLSRPT == nil || len(r.Unfinished) != 2 {
		t.Errorf("SPF %+v, DMARC %+v, unfinished %v", r.SPF, r.DMARC, r.Unfinished)
	}
}

// The checks run beside the conversations: a policy host that is slow, or takes the
// connection and says nothing, costs a first look no more than the patience for it,
// and nothing is said of what senders make of it, who wait for longer.
func TestPoliciesWaitForNobody(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	w.module.Checks = config.Checks()
	for range 2 {
		began := time.Now()
		r := w.probe(t, "mta-sts-slow.test")
		if took := time.Since(began); took > 3500*time.Millisecond {
			t.Errorf("a slow policy host held the probe for %s", took)
		}
		if r.MTASTS == nil || !r.MTASTS.Pending || r.MTASTS.Status != fact.Error {
			t.Fatalf("MTA-STS: %+v", r.MTASTS)
		}
		if r.Verdict != fact.Satisfactory || !strings.Contains(codes(r), "mta-sts-policy-pending") {
			t.Errorf("%s, %s", r.Verdict, codes(r))
		}
	}
}
