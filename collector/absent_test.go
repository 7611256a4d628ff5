package collector

import (
	"strings"
	"testing"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
)

// one is a domain with one host that has one address.
func one(a probe.Address) *probe.Result {
	r := good()
	r.Hosts = []probe.Host{mxHost("mx1.example.org", 10, fact.Primary, a)}
	return r
}

// change is accepts after a change of its dialogue.
func change(f func(*probe.Address)) *probe.Result {
	a := accepts("192.0.2.25")
	f(&a)
	return one(a)
}

// ends is a dialogue that ends with that stage, before TLS facts are known.
func ends(last fact.Stage, reason fact.Reason, f func(*smtp.Dialogue)) *probe.Result {
	return change(func(a *probe.Address) {
		d := a.Dialogue
		for i := range d.Stages {
			if d.Stages[i].Stage == last {
				d.Stages = d.Stages[:i+1]
				break
			}
		}
		d.TLS, d.TLSEstablished, d.TLSOffered = nil, false, false
		a.State, a.Failure = probe.Down, &fact.Failure{Stage: last, Reason: reason}
		f(d)
	})
}

const where = `{address="192.0.2.25",host="mx1.example.org"`

// shown is what a result must show and what it must not.
type shown struct {
	name   string
	result *probe.Result
	lines  []string
	absent []string // families without any series
}

func (s shown) check(t *testing.T) {
	got := "\n" + expose(t, New(s.result))
	for _, line := range s.lines {
		if !strings.Contains(got, "\n"+line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	for _, family := range s.absent {
		if strings.Contains(got, "\n# HELP "+family+" ") {
			t.Errorf("%s has series", family)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}

func TestAbsentIsNotZero(t *testing.T) {
	byName := one(accepts("192.0.2.25"))
	byName.MX = nil
	for _, tt := range []shown{
		{
			"resolver dead", unknown(),
			[]string{`mx_failure_info{reason="local_resolver"} 1`, "probe_success 0", `mx_verdict{verdict="unknown"} 1`},
			[]string{"mx_records", "mx_hosts", "mx_addresses", "mx_null", "mx_implicit", "mx_dnssec", "mx_host_up", "mx_smtp_up", "mx_limit_exceeded"},
		},
		{
			"no time for the address", one(untested("192.0.2.25")),
			[]string{`mx_smtp_failure_info` + where + `,reason="not_tested",stage=""} 1`, `mx_host_preference{host="mx1.example.org",role="primary"} 10`},
			[]string{"mx_smtp_up", "mx_host_up", "mx_smtp_reachable", "mx_smtp_stage_duration_seconds", "mx_smtp_duration_seconds", "mx_tls_offered"},
		},
		{
			"N16 address blocked", one(blocked("192.0.2.25")),
			[]string{`mx_smtp_up` + where + `,role="primary"} 0`, `mx_smtp_failure_info` + where + `,reason="address_blocked",stage="connect"} 1`},
			[]string{"mx_smtp_reachable", "mx_smtp_stage_duration_seconds"},
		},
		{
			"T1 nobody listens", one(refuses("192.0.2.25")),
			[]string{
				`mx_smtp_up` + where + `,role="primary"} 0`, `mx_smtp_reachable` + where + `,role="primary"} 0`,
				`mx_smtp_stage_duration_seconds` + where + `,stage="connect"} 0.001`,
			},
			[]string{"mx_tls_offered", "mx_tls_established", "mx_smtp_reply_code", "mx_smtp_extension", "mx_smtp_banner_first_byte_seconds"},
		},
		{
			"nobody listens, as expected of a decoy", change(func(a *probe.Address) { *a = refuses("192.0.2.25"); a.State = probe.Up }),
			[]string{`mx_smtp_up` + where + `,role="primary"} 1`, `mx_smtp_reachable` + where + `,role="primary"} 0`},
			nil,
		},
		{
			"our turn never came", change(func(a *probe.Address) {
				*a = untested("192.0.2.25")
				a.Dialogue = &smtp.Dialogue{Stages: []smtp.Stage{{Stage: fact.Queue, Took: 1000 * ms}}}
			}),
			[]string{`mx_smtp_stage_duration_seconds` + where + `,stage="queue"} 1`},
			[]string{"mx_smtp_duration_seconds", "mx_smtp_up", "mx_smtp_reachable"},
		},
		{
			"an unknown recipient is refused", change(saysOfUnknown(550)),
			[]string{`mx_smtp_unknown_recipient_accepted` + where + `} 0`},
			nil,
		},
		{
			"an unknown recipient is put off", change(saysOfUnknown(450)),
			nil,
			[]string{"mx_smtp_unknown_recipient_accepted"},
		},
		{
			"probed by the host's name", byName,
			[]string{`mx_host_up{host="mx1.example.org",role="primary"} 1`},
			[]string{"mx_host_preference", "mx_records"},
		},
	} {
		t.Run(tt.name, tt.check)
	}
}

func saysOfUnknown(code int) func(*probe.Address) {
	return func(a *probe.Address) {
		a.Unknown = &probe.UnknownRecipient{Recipient: smtp.Recipient{Reply: reply.Reply{Code: code}}}
	}
}

func TestTLSIsToldOnlyWhereItIsKnown(t *testing.T) {
	for _, tt := range []shown{
		{
			"S6 greeted with 554", one(greetedWith554("192.0.2.25")),
			[]string{`mx_smtp_reachable` + where + `,role="primary"} 1`, `mx_smtp_reply_code` + where + `,stage="banner"} 554`},
			[]string{"mx_tls_offered", "mx_tls_established", "mx_tls_verified"},
		},
		{
			"S16 STARTTLS not offered", ends(fact.EHLO, fact.StartTLSMissing, func(*smtp.Dialogue) {}),
			[]string{`mx_tls_offered` + where + `} 0`, `mx_tls_established` + where + `} 0`},
			[]string{"mx_tls_verified", "mx_tls_info", "mx_tls_certificate_not_after_seconds"},
		},
		{
			"S16 STARTTLS refused", ends(fact.StartTLS, fact.StartTLSRefused, func(d *smtp.Dialogue) { d.TLSOffered = true }),
			[]string{`mx_tls_offered` + where + `} 1`, `mx_tls_established` + where + `} 0`},
			[]string{"mx_tls_verified"},
		},
		{
			"STARTTLS offered and not wanted", ends(fact.EHLO, "", func(d *smtp.Dialogue) { d.TLSOffered = true }),
			[]string{`mx_tls_offered` + where + `} 1`},
			[]string{"mx_tls_established"},
		},
		{
			"S14 EHLO refused", ends(fact.EHLO, fact.EHLO5xx, func(d *smtp.Dialogue) {
				d.Stages[len(d.Stages)-1].Reply = &reply.Reply{Code: 502}
			}),
			[]string{`mx_smtp_reply_code` + where + `,stage="ehlo"} 502`},
			[]string{"mx_tls_offered", "mx_tls_established"},
		},
	} {
		t.Run(tt.name, tt.check)
	}
}

func TestEnhancedCodeThatNobodyKnowsMakesNoSeries(t *testing.T) {
	for code, want := range map[string]string{
		"2.0.0": "2.0.0", "4.7.1": "4.7.1", "5.1.10": "5.1.10", "5.999.999": "other",
		"": "", "5": "", "5.": "", "5.1": "", "5.1.": "", "5..1": "", "5.1.1.1": "", "3.1.1": "", "51.1.1": "",
		"5.1000.1": "", "5.1.1000": "", "5.1.1 ": "", " 5.1.1": "", "5.1.1\n": "", "5.1.x": "", "5.-1.1": "", "5.1.\u0661": "",
	} {
		if got := enhanced(&reply.Reply{Enhanced: code}); got != want {
			t.Errorf("enhanced(%q) = %q, want %q", code, got, want)
		}
	}
}

// S13: SIZE is taken as 64 bits and clamped.
func TestMaxSize(t *testing.T) {
	for param, want := range map[string]float64{
		"1": 1, "52428800": 52428800, "18446744073709551615": 1 << 64, "99999999999999999999": 1 << 64,
		"": -1, "0": -1, "000": -1, "-1": -1, "+1": -1, "1 2": -1, "0x10": -1, "1_000": -1, "10M": -1,
	} {
		got, ok := maxSize(param)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("maxSize(%q) = %v, want %v", param, got, want)
		}
	}
}
