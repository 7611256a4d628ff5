package probe

import (
	"net/netip"
	"testing"
	"time"

	"mx_exporter/probe/fact"
)

// T7.
func TestEgressIsSuspectWhenEveryoneIsSilent(t *testing.T) {
	now := time.Now()
	silent := &fact.Failure{Stage: fact.Connect, Reason: fact.ConnectTimeout}
	a := func(n byte) netip.Addr { return netip.AddrFrom4([4]byte{192, 0, 2, n}) }
	e := newEgress()
	e.note(25, a(1), "one.test", silent, now)
	e.note(25, a(2), "one.test", silent, now)
	e.note(25, a(3), "one.test", silent, now)
	if e.suspect(25, now) {
		t.Error("one target alone may be an outage over there")
	}
	e.note(25, a(4), "two.test", silent, now)
	if !e.suspect(25, now) {
		t.Error("four addresses of two targets are silent, and nothing is suspected")
	}
	if e.suspect(465, now) {
		t.Error("another port is suspected")
	}
	if e.suspect(25, now.Add(egressMemory+time.Second)) {
		t.Error("old attempts still count")
	}
	e.note(25, a(1), "one.test", silent, now)
	e.note(25, a(9), "three.test", &fact.Failure{Stage: fact.Connect, Reason: fact.LocalFD}, now)
	e.note(25, a(5), "three.test", &fact.Failure{Stage: fact.Connect, Reason: fact.Refused}, now)
	if e.suspect(25, now) {
		t.Error("a refusal shows that packets get out")
	}
	for n := range byte(4) {
		e.note(25, a(n), []string{"one.test", "two.test"}[n%2], silent, now.Add(-time.Second))
	}
	if e.suspect(25, now) {
		t.Error("the refusal came while the others waited in vain, and packets did get out then")
	}
}

func TestSilentWorldIsUnknown(t *testing.T) {
	r := Result{EgressSuspect: true, Hosts: seenHosts(t, "10 mx1: connect connect_timeout\n20 mx2: connect connect_timeout")}
	judgeVerdict(t, &r, fact.Unknown)
	r = Result{EgressSuspect: true, Hosts: seenHosts(t, "10 mx1: connect refused\n20 mx2: connect refused")}
	judgeVerdict(t, &r, fact.Compromised)
}
