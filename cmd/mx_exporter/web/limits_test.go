package web

import (
	"maps"
	"slices"
	"testing"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
)

func TestLimitsOfAProbeAreCountedOnceEach(t *testing.T) {
	cut := probe.Address{Failure: &fact.Failure{Reason: fact.ReplyTooManyLines}}
	r := &probe.Result{
		MX:    &mx.Set{Limited: []mx.Limit{mx.LimitHosts}},
		Hosts: []probe.Host{{Addresses: []probe.Address{cut, cut, {Failure: &fact.Failure{Reason: fact.Refused}}, {}}}},
	}
	got := slices.Sorted(maps.Keys(reached(r)))
	if want := []string{"mx_hosts", "reply_too_many_lines"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, l := range got {
		if !slices.Contains(limits(), l) {
			t.Errorf("%s is not among the values of the label", l)
		}
	}
}
