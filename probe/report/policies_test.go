package report

import (
	"testing"

	"mx_exporter/probe"
	"mx_exporter/probe/dane"
	"mx_exporter/probe/fact"
)

// Records to which no sender is held have not failed.
func TestDANEThatDoesNotApplyIsNoFailure(t *testing.T) {
	usable := func(signed bool) *dane.Records {
		return &dane.Records{State: dane.Usable, MXAuthentic: signed, Total: 1}
	}
	for _, c := range []struct {
		status  fact.Status
		records *dane.Records
		want    string
	}{
		{fact.Pass, usable(true), "pass: 1 TLSA record"},
		{fact.Fail, usable(true), "fail: 1 TLSA record"},
		{fact.None, usable(false), "not applicable: 1 TLSA record; the MX record is not signed, so that only some senders look at them"},
		{fact.None, &dane.Records{State: dane.Unsigned, Total: 2}, "not applicable: 2 TLSA records, not signed: no sender looks at them"},
		{fact.None, &dane.Records{State: dane.Unusable, MXAuthentic: true, Total: 2}, "not applicable: 2 TLSA records, none of which can be used: senders demand TLS and take any certificate"},
		{fact.Fail, &dane.Records{State: dane.Unusable, MXAuthentic: true, Total: 1}, "fail: 1 TLSA record, none of which can be used: senders demand TLS and take any certificate"},
		{fact.None, &dane.Records{State: dane.Unpublished, MXAuthentic: true}, "none: "},
		{fact.None, nil, "none: "},
	} {
		v := daneView(&probe.Host{DANE: &dane.Result{Status: c.status, Records: c.records}})
		if got := v.State.Word + ": " + v.Note; got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
