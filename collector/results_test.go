package collector

import (
	"net/netip"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/dane"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/dkim"
	"mx_exporter/probe/dmarc"
	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/fcrdns"
	"mx_exporter/probe/mtasts"
	"mx_exporter/probe/mx"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
	"mx_exporter/probe/spf"
	"mx_exporter/probe/tlsrpt"
)

// The results below are what probes of the mail lab would give, written out so
// that the golden files depend on the table alone. Addresses and names are
// those of documentation (RFC 5737, RFC 3849, RFC 2606).

const ms = fact.Elapsed(time.Millisecond)

func results() map[string]*probe.Result {
	return map[string]*probe.Result{
		"good":        good(),
		"impaired":    impaired(),
		"compromised": compromised(),
		"unknown":     unknown(),
		"nullmx":      nullMX(),
		"hostile":     hostile(),
		"everything":  everything(),
		"imap":        imap(),
		"submission":  submission(),
	}
}

// good: two hosts, three addresses, all well.
func good() *probe.Result {
	r := bare(fact.Satisfactory)
	r.MX = &mx.Set{
		Domain: "example.org", Authentic: true, TTL: 3600, Records: 2, Named: 2, Addressed: 3,
		Hosts: []mx.Host{{Name: "mx1.example.org"}, {Name: "mx2.example.org"}},
	}
	r.Lookups = []probe.Lookup{{Type: "MX", Took: 3 * ms}, {Type: "A", Took: 2 * ms}, {Type: "AAAA", Took: 4 * ms}}
	r.Hosts = []probe.Host{
		mxHost("mx1.example.org", 10, fact.Primary, accepts("192.0.2.25"), accepts("2001:db8::25")),
		mxHost("mx2.example.org", 20, fact.Backup, accepts("198.51.100.25")),
	}
	return r
}

// impaired: the backup refuses connections, and a certificate is the wrong one.
func impaired() *probe.Result {
	r := good()
	r.Verdict = fact.Impaired
	r.Hosts[0].Addresses[1].Dialogue.TLS.PKIX = cert.Verification{Reason: cert.NameMismatch}
	r.Hosts[1] = mxHost("mx2.example.org", 20, fact.Backup, refuses("198.51.100.25"))
	r.Findings = []fact.Finding{
		{Check: "smtp", Code: "backup-down", Severity: fact.Warning, Host: "mx2.example.org", Detail: "nobody listens"},
		{Check: "tls", Code: "certificate-name", Severity: fact.Info, Host: "mx1.example.org", Address: "2001:db8::25"},
	}
	return r
}

// compromised: greylisted for ever, greeted with 554, and no time for the rest.
func compromised() *probe.Result {
	r := good()
	r.Verdict, r.Success = fact.Compromised, false
	grey := accepts("192.0.2.25")
	grey.State = probe.Down
	grey.Failure = &fact.Failure{Stage: fact.Rcpt, Reason: fact.Rcpt4xx, Detail: "451 4.7.1 try again"}
	grey.Dialogue.Failure = grey.Failure
	grey.Dialogue.Stages[8].Reply = &reply.Reply{Code: 451, Enhanced: "4.7.1", Lines: []string{"try again"}}
	grey.Dialogue.Stages[8].Class = reply.Greylisted
	r.Hosts = []probe.Host{
		mxHost("mx1.example.org", 10, fact.Primary, grey, greetedWith554("2001:db8::25")),
		mxHost("mx2.example.org", 20, fact.Backup, untested("198.51.100.25")),
	}
	r.Findings = []fact.Finding{{Check: "smtp", Code: "no-host-accepts", Severity: fact.Critical}}
	return r
}

// unknown: the resolver is dead, so there is no MX set and nothing to say of it.
func unknown() *probe.Result {
	r := bare(fact.Unknown)
	r.Success = false
	r.Failure = &fact.Failure{Reason: fact.LocalResolver, Detail: "dial udp 127.0.0.1:53: connection refused"}
	return r
}

// nullMX: the domain takes no mail and says so.
func nullMX() *probe.Result {
	r := bare(fact.Compromised)
	r.Success = false
	r.Failure = &fact.Failure{Reason: fact.NullMX}
	r.MX = &mx.Set{Domain: "example.org", Null: true, Records: 1, Named: 1, Hosts: []mx.Host{{Name: "."}}}
	r.Lookups = []probe.Lookup{{Type: "MX", Took: 3 * ms}}
	return r
}

// everything: what can be there at once, to show each family.
func everything() *probe.Result {
	r := compromised()
	r.Failure = &fact.Failure{Reason: fact.LimitExceeded}
	r.MX.Limited = []mx.Limit{mx.LimitHosts, mx.LimitAddressesPerHost}
	r.MX.Records, r.MX.Named = 1000, 999
	r.Hosts = append(r.Hosts, probe.Host{
		Name: "gone.example.org", Label: "gone.example.org", Preference: 30, Role: fact.Backup, State: probe.Down,
		Failure: &fact.Failure{Reason: fact.DNSNXDomain},
	}, mxHost("trap.example.org", 40, fact.Backup, blocked("10.0.0.25")))
	r.Policies = policies()
	r.DNSBL = listings()
	r.Hosts[0].Addresses[0].PTR = &fcrdns.Result{Status: fact.Pass}
	r.Hosts[0].DANE = &dane.Result{
		Status: fact.Pass, Spare: true, Records: &dane.Records{State: dane.Usable, MXAuthentic: true},
		Addresses: []dane.Address{{Address: "192.0.2.25", Delivers: true}},
	}
	r.Hosts[0].Addresses[0].MTASTS = &probe.Strict{Ground: mtasts.NotVerified}
	r.Hosts[0].Addresses[0].Dialogue.Relay = []smtp.Recipient{{Address: "x@example.com", Reply: reply.Reply{Code: 554}, Class: reply.RelayDenied}}
	r.Hosts[0].Addresses[0].Unknown = &probe.UnknownRecipient{
		Recipient: smtp.Recipient{Address: "nobody@example.org", Reply: reply.Reply{Code: 250}, Class: reply.Accepted},
	}
	r.Prober = config.ProberSubmission
	r.Hosts[0].Addresses[0].Dialogue.Extensions = append(r.Hosts[0].Addresses[0].Dialogue.Extensions, smtp.Extension{Keyword: "AUTH", Params: "PLAIN X-MADE-UP"})
	r.Hosts[0].Addresses[0].Dialogue.Auth = &smtp.AuthResult{Mechanism: "PLAIN", OK: true}
	r.Hosts = append(r.Hosts, mxHost("imap.example.org", 50, fact.Backup, reads("192.0.2.143"), lockedOut("192.0.2.144")))
	return r
}

func policies() probe.Policies {
	return probe.Policies{
		SPF:   &spf.Result{Status: fact.Fail, Record: "v=spf1 -all", Lookups: 11},
		DMARC: &dmarc.Result{Status: fact.Pass, Policy: dmarc.Quarantine},
		DKIM: []*dkim.Result{
			{Status: fact.Pass, Selector: "s2026", Bits: 2048}, nil, {Status: fact.None, Selector: "gone"},
		},
		MTASTS: &mtasts.Result{
			Status: fact.Fail, Policy: &mtasts.Policy{Mode: mtasts.Enforce, MaxAge: 86400},
			Coverage: []mtasts.Coverage{{Host: "mx1.example.org", Covered: true}, {Host: "mx2.example.org"}},
		},
		TLSRPT: &tlsrpt.Result{Status: fact.None},
	}
}

func listings() *dnsbl.Result {
	mx := dnsbl.Subject{Address: netip.MustParseAddr("192.0.2.25"), Role: dnsbl.Primary}
	sender := dnsbl.Subject{Address: netip.MustParseAddr("198.51.100.7"), Role: dnsbl.Sender}
	name := dnsbl.Subject{Domain: "example.org", Role: dnsbl.Named}
	return &dnsbl.Result{
		Answers: []dnsbl.Answer{
			{List: "zen", Subject: mx, Verdict: dnsbl.NotListed, Took: 5 * ms},
			{List: "zen", Subject: sender, Verdict: dnsbl.Listed, Took: 7 * ms, Hits: []dnsbl.Hit{{Code: "127.0.0.2", Meaning: "SBL"}, {Code: "127.0.0.9", Meaning: "DROP"}}},
			{List: "dbl", Subject: name, Verdict: dnsbl.Listed, Cached: true, Hits: []dnsbl.Hit{{Code: "127.0.1.2", Meaning: "spam"}}},
			{List: "dead", Subject: mx, Verdict: dnsbl.Unknown, Reason: dnsbl.Unhealthy},
		},
		Lists: []dnsbl.Health{
			{List: "zen", Family: dnsbl.IP4, State: dnsbl.Healthy},
			{List: "zen", Family: dnsbl.IP6, State: dnsbl.Healthy},
			{List: "dead", Family: dnsbl.IP4, State: dnsbl.Broken, Fault: dnsbl.ListsTheWorld},
			{List: "dbl", Family: dnsbl.Domain, State: dnsbl.Untested, Fault: dnsbl.Fault(dnsbl.Timeout)},
		},
	}
}

func bare(v fact.Verdict) *probe.Result {
	return &probe.Result{
		Target: probe.Target{Domain: "example.org"}, Module: "mx", Prober: config.ProberMX,
		Started: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC), Duration: 250 * ms, Timeout: 30_000 * ms,
		Verdict: v, Success: true,
	}
}

// mxHost is a host whose state is the best of its addresses.
func mxHost(name string, preference uint16, role fact.Role, as ...probe.Address) probe.Host {
	h := probe.Host{
		Name: name, Label: mx.Label(name), Preference: preference, Role: role,
		Expect: config.Accept, State: probe.NotTested, Addresses: as,
	}
	for _, a := range as {
		if a.State == probe.Up || a.State == probe.Down && h.State == probe.NotTested {
			h.State = a.State
		}
	}
	return h
}

// accepts is an address that takes mail over TLS.
func accepts(ip string) probe.Address {
	first := 20 * ms
	d := &smtp.Dialogue{
		FirstByte: &first, TLSOffered: true, TLSEstablished: true, QuitClean: true,
		Stages: []smtp.Stage{
			{Stage: fact.Queue, Took: ms / 4},
			{Stage: fact.Connect, Took: 10 * ms},
			said(fact.Banner, 21*ms, 220, "", "mx1.example.org ESMTP"),
			said(fact.EHLO, 11*ms, 250, "", "mx1.example.org", "PIPELINING", "SIZE 52428800", "STARTTLS"),
			said(fact.StartTLS, 11*ms, 220, "2.0.0", "Ready"),
			{Stage: fact.TLS, Took: 15 * ms},
			said(fact.EHLOTLS, 11*ms, 250, "", "mx1.example.org", "PIPELINING", "SIZE 52428800"),
			said(fact.Mail, 12*ms, 250, "2.1.0", "Ok"),
			said(fact.Rcpt, 13*ms, 250, "2.1.5", "Ok"),
			said(fact.Quit, 10*ms, 221, "2.0.0", "Bye"),
		},
		Extensions: []smtp.Extension{
			{Keyword: "PIPELINING"}, {Keyword: "SIZE", Params: "52428800"}, {Keyword: "8BITMIME"}, {Keyword: "X-UNHEARD-OF"},
		},
		TLS: &cert.Facts{
			Version: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256",
			Chain:          []cert.Certificate{{Subject: "CN=mx1.example.org", Issuer: "CN=Lab CA", Names: []string{"mx1.example.org"}}},
			EarliestExpiry: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC),
			PKIX:           cert.Verification{OK: true},
		},
	}
	return probe.Address{IP: netip.MustParseAddr(ip), Class: dial.Public, State: probe.Up, Dialogue: d}
}

// refuses is an address where nobody listens.
func refuses(ip string) probe.Address {
	f := &fact.Failure{Stage: fact.Connect, Reason: fact.Refused, Detail: "connect: connection refused"}
	d := &smtp.Dialogue{Stages: []smtp.Stage{{Stage: fact.Queue, Took: ms / 4}, {Stage: fact.Connect, Took: ms}}, Failure: f}
	return probe.Address{IP: netip.MustParseAddr(ip), Class: dial.Public, State: probe.Down, Dialogue: d, Failure: f}
}

// greetedWith554 is an address that does not want to talk to us.
func greetedWith554(ip string) probe.Address {
	a := refuses(ip)
	a.Failure = &fact.Failure{Stage: fact.Banner, Reason: fact.Banner5xx}
	a.Dialogue.Stages = append(a.Dialogue.Stages, said(fact.Banner, 20*ms, 554, "5.7.1", "Access denied"))
	a.Dialogue.Stages[2].Class = reply.AccessDenied
	return a
}

// untested is an address for which there was no time.
func untested(ip string) probe.Address {
	return probe.Address{
		IP: netip.MustParseAddr(ip), Class: dial.Public, State: probe.NotTested,
		Failure: &fact.Failure{Reason: fact.NotTested},
	}
}

// blocked is an address that the address policy keeps us from.
func blocked(ip string) probe.Address {
	return probe.Address{
		IP: netip.MustParseAddr(ip), Class: dial.Private, State: probe.Down,
		Failure: &fact.Failure{Stage: fact.Connect, Reason: fact.AddressBlocked},
	}
}

func said(stage fact.Stage, took fact.Elapsed, code int, enhanced string, lines ...string) smtp.Stage {
	return smtp.Stage{
		Stage: stage, Took: took, Class: reply.Accepted,
		Reply: &reply.Reply{Code: code, Enhanced: enhanced, Lines: lines},
	}
}
