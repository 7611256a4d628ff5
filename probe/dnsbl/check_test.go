package dnsbl_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
)

// What a healthy list says of 192.0.2.7, by the row of faults.md.
func TestAnswersOfAHealthyList(t *testing.T) {
	t.Parallel()
	const q = "7.2.0.192"
	codes := []string{"127.0.0.2", "spam", "127.0.0.4-127.0.0.7", "exploit", "127.0.1.0/24", "domain", "127.0.3.0&8", "phish", "127.0.3.0&64", "abuse"}
	for name, tt := range map[string]struct {
		answers string // of the list, blank-separated
		want    string
	}{
		"B1 NXDOMAIN":                           {"", "not_listed"},
		"B2 exact code":                         {"127.0.0.2", "listed 127.0.0.2=spam"},
		"B2 range":                              {"127.0.0.6", "listed 127.0.0.6=exploit"},
		"B2 network":                            {"127.0.1.102", "listed 127.0.1.102=domain"},
		"B2 bits":                               {"127.0.3.72", "listed 127.0.3.64=abuse 127.0.3.8=phish"},
		"B2 unknown code":                       {"127.0.0.99", "listed other=other"},
		"B2 unknown bit":                        {"127.0.3.2", "listed other=other"},
		"B2 code beyond .11":                    {"127.0.0.30", "listed other=other"},
		"B3 misspelt zone":                      {"127.255.255.252", "unknown typo"},
		"B3 open resolver":                      {"127.255.255.254", "unknown refused"},
		"B3 too many questions":                 {"127.255.255.255", "unknown quota"},
		"B3 the rest of 127.255.255.0/24":       {"127.255.255.1", "unknown refused"},
		"B4 127.0.0.1":                          {"127.0.0.1", "unknown refused"},
		"B4 DBL asked about an address":         {"127.0.1.255", "unknown typo"},
		"B5 outside 127/8":                      {"203.0.113.80", "unknown hijack"},
		"B10 several listings":                  {"127.0.0.6 127.0.0.2", "listed 127.0.0.2=spam 127.0.0.6=exploit"},
		"B10 a listing beside a refusal":        {"127.0.0.2 127.255.255.254", "unknown refused"},
		"B10 a listing beside a hijack":         {"127.0.0.2 203.0.113.80", "unknown hijack"},
		"B10 a listing beside 127.0.0.1":        {"127.0.0.1 127.0.0.2", "unknown refused"},
		"B10 a listing beside an unknown code":  {"127.0.0.2 127.0.0.99", "listed 127.0.0.2=spam other=other"},
		"B10 the last of many answers is wrong": {strings.Repeat("127.0.0.2 127.0.0.4 ", 5) + "198.51.100.1", "unknown hijack"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zone := entries("bl.test")
			for a := range strings.FieldsSeq(tt.answers) {
				zone += listed(q, "bl.test", a)
			}
			z := dnsqtest.New(t, zone)
			c := client(t, z, dnsbl.Options{})
			if got := brief(one(t, c, list(t, "bl", "bl.test", codes...), address("192.0.2.7"))); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// B2: people are told the code itself, and labels only that there is one.
func TestCodeBeyondTheTableIsToldToPeople(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, entries("bl.test")+listed("7.2.0.192", "bl.test", "127.0.0.99")+
		listed("7.2.0.192", "bl.test", "127.0.0.2")+listed("7.2.0.192", "bl.test", "127.0.0.98"))
	r := client(t, z, dnsbl.Options{}).Check(t.Context(), []dnsbl.List{list(t, "bl", "bl.test", "127.0.0.2", "spam")}, []dnsbl.Subject{address("192.0.2.7")})
	a := r.Answers[0]
	if brief(a) != "listed 127.0.0.2=spam other=other" {
		t.Error(brief(a))
	}
	want := "127.0.0.2 spam, 127.0.0.98 (not in its table of codes), 127.0.0.99 (not in its table of codes)"
	if got := strings.Join(a.Meanings(), ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := r.Findings()[0].Detail; got != "192.0.2.7 is on bl (spam, code 127.0.0.98, code 127.0.0.99)" {
		t.Error(got)
	}
}

// B4: bits may be errors of the list's own.
func TestOwnErrorCodes(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, entries("bl.test")+listed("7.2.0.192", "bl.test", "127.0.0.3")+listed("8.2.0.192", "bl.test", "127.0.0.2"))
	l := list(t, "bl", "bl.test", "127.0.0.0&2", "black")
	l.Errors = table(t, "127.0.0.0&1", "quota")
	c := client(t, z, dnsbl.Options{})
	if got := brief(one(t, c, l, address("192.0.2.8"))); got != "listed 127.0.0.2=black" {
		t.Error(got)
	}
	if got := brief(one(t, c, l, address("192.0.2.7"))); got != "unknown quota" {
		t.Error(got)
	}
}

// B9: nothing that goes wrong is "not listed".
func TestFailuresAreUnknown(t *testing.T) {
	t.Parallel()
	const q = "7.2.0.192.bl.test. A"
	for name, tt := range map[string]struct {
		fault func(z *dnsqtest.Zones)
		want  string
	}{
		"SERVFAIL":              {func(z *dnsqtest.Zones) { z.Rcode[q] = dns.RcodeServerFailure }, "unknown servfail"},
		"REFUSED":               {func(z *dnsqtest.Zones) { z.Rcode[q] = dns.RcodeRefused }, "unknown refused"},
		"NOTIMP":                {func(z *dnsqtest.Zones) { z.Rcode[q] = dns.RcodeNotImplemented }, "unknown refused"},
		"timeout":               {func(z *dnsqtest.Zones) { z.Drop[q] = true }, "unknown timeout"},
		"TC and no TCP":         {func(z *dnsqtest.Zones) { z.Err[q] = &dnsq.Error{Reason: "dns_truncated"} }, "unknown servfail"},
		"malformed":             {func(z *dnsqtest.Zones) { z.Err[q] = &dnsq.Error{Reason: "dns_malformed"} }, "unknown servfail"},
		"resolver not there":    {func(z *dnsqtest.Zones) { z.Err[q] = &dnsq.Error{Reason: "local_resolver"} }, "unknown local"},
		"no descriptor left":    {func(z *dnsqtest.Zones) { z.Err[q] = &dnsq.Error{Reason: "local_fd"} }, "unknown local"},
		"aliases without end":   {func(z *dnsqtest.Zones) { z.Err[q] = &dnsq.Error{Reason: "cname_loop"} }, "unknown servfail"},
		"nothing is wrong here": {func(*dnsqtest.Zones) {}, "not_listed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				z := dnsqtest.New(t, entries("bl.test"))
				tt.fault(z)
				c := client(t, z, dnsbl.Options{})
				a := one(t, c, list(t, "bl", "bl.test"), address("192.0.2.7"))
				if brief(a) != tt.want {
					t.Errorf("got %q (%s), want %q", brief(a), a.Detail, tt.want)
				}
				if (a.Verdict == dnsbl.Unknown) != (a.Detail != "") {
					t.Errorf("detail %q", a.Detail)
				}
			})
		})
	}
}

// renaming gives the records of every answer about q to another name.
type renaming struct {
	dnsq.Exchanger
	q string
}

func (r renaming) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	m, err := r.Exchanger.Exchange(ctx, q)
	if err == nil && q.Question[0].Name == r.q {
		for _, rr := range m.Answer {
			rr.Header().Name = "8.2.0.192.bl.test."
		}
	}
	return m, err
}

// B9: what a list says of somebody else does not say that this one is not listed.
func TestAnswerAboutAnotherNameIsUnknown(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, entries("bl.test")+listed("7.2.0.192", "bl.test", "127.0.0.2"))
	c := client(t, renaming{z, "7.2.0.192.bl.test."}, dnsbl.Options{})
	if got := brief(one(t, c, list(t, "bl", "bl.test"), address("192.0.2.7"))); got != "unknown servfail" {
		t.Error(got)
	}
}

// B8 and peers.md request 48: IPv6 in nibbles.
func TestEachFamilyIsAskedInItsOwnWay(t *testing.T) {
	t.Parallel()
	const nibbles = "3.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
	z := dnsqtest.New(t, entries("bl.test")+
		listed("7.2.0.192", "bl.test", "127.0.0.2")+
		listed(nibbles, "bl.test", "127.0.0.3")+
		listed("bad.example.test", "bl.test", "127.0.1.2"))
	c := client(t, z, dnsbl.Options{})
	l := list(t, "bl", "bl.test")
	for _, s := range []dnsbl.Subject{address("192.0.2.7"), address("::ffff:192.0.2.7"), address("2001:db8::3"), domain("Bad.Example.test.")} {
		if a := one(t, c, l, s); a.Verdict != dnsbl.Listed {
			t.Errorf("%+v: %s, asked %s", s, brief(a), a.Query)
		}
	}
	for _, s := range []dnsbl.Subject{address("192.0.2.8"), address("2001:db8::4"), domain("good.example.test")} {
		if a := one(t, c, l, s); a.Verdict != dnsbl.NotListed {
			t.Errorf("%+v: %s, asked %s", s, brief(a), a.Query)
		}
	}
	l.IP6, l.Domains = false, false
	r := c.Check(t.Context(), []dnsbl.List{l}, []dnsbl.Subject{address("2001:db8::3"), domain("bad.example.test"), address("192.0.2.7")})
	if len(r.Answers) != 1 || len(r.Lists) != 1 || r.Answers[0].Verdict != dnsbl.Listed {
		t.Errorf("a list of IPv4 addresses was asked about others: %+v", r)
	}
}

// B13.
func TestNobodyIsToldOfInnerAddressesAndNames(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, entries("bl.test"))
	c := client(t, z, dnsbl.Options{})
	subjects := []dnsbl.Subject{
		address("10.0.0.1"), address("192.168.1.1"), address("127.0.0.2"), address("169.254.169.254"), address("100.64.0.1"),
		address("198.51.100.1"), address("fd00::1"), address("fe80::1"), address("::1"), address("64:ff9b::a00:1"), address("2002:a00:1::"),
		{},
		domain("localhost"), domain("printer.local"), domain("nas.home.arpa"), domain("hr.corp.internal"), domain("192.0.2.7"),
		domain("a..b.test"), domain(strings.Repeat("a", 64) + ".test"), domain("a b.test"), domain("x_y.onion"), domain("."),
	}
	r := c.Check(t.Context(), []dnsbl.List{list(t, "bl", "bl.test")}, subjects)
	if len(r.Answers) != 0 || z.Count("* *") != 0 {
		t.Errorf("%d questions, answers %+v", z.Count("* *"), r.Answers)
	}
	strict := dnsbl.NewClient(z, dnsbl.Options{})
	defer strict.Close()
	for addr, want := range map[string]bool{"8.8.8.8": true, "2a00::1": true, "192.0.2.7": false, "2001:db8::1": false} {
		if strict.Allows(address(addr)) != want {
			t.Errorf("%s: allowed %v", addr, !want)
		}
	}
	private := dnsbl.NewClient(z, dnsbl.Options{AllowNetworks: reservedAnd("10.0.0.0/8", "127.0.0.0/8")})
	defer private.Close()
	if private.Allows(address("10.0.0.1")) || !private.Allows(address("127.0.0.3")) || !private.Allows(address("192.0.2.7")) {
		t.Error("AllowNetworks opens more, or less, than documentation, benchmark and loopback addresses")
	}
	for addr, want := range map[string]bool{"192.0.2.7": true, "10.0.0.1": false, "127.0.0.3": false} {
		sender := address(addr)
		sender.Role = dnsbl.Sender
		if strict.Allows(sender) != want {
			t.Errorf("sender %s: allowed %v", addr, !want)
		}
	}
}

// B4: of an answer with more records than are looked at nobody knows whether a
// refusal stands among them.
func TestAnAnswerOfTooManyRecordsIsUnknown(t *testing.T) {
	var zone strings.Builder
	zone.WriteString(entries("bl.test"))
	for i := range 101 {
		zone.WriteString(listed("7.2.0.192", "bl.test", fmt.Sprintf("127.0.2.%d", i)))
	}
	z := dnsqtest.New(t, zone.String())
	a := one(t, client(t, z, dnsbl.Options{}), list(t, "bl", "bl.test"), address("192.0.2.7"))
	if brief(a) != "unknown servfail" || !strings.Contains(a.Detail, "101 records") {
		t.Errorf("%s: %s", brief(a), a.Detail)
	}
}

// B11.
func TestTextIsBoundedAndPrintable(t *testing.T) {
	t.Parallel()
	html := `<script>alert(\"x\")</script>\013\010https://evil.test/\027[31m` + strings.Repeat("a", 150)
	z := dnsqtest.New(t, entries("bl.test")+listed("7.2.0.192", "bl.test", "127.0.0.2")+
		`7.2.0.192.bl.test. 300 IN TXT "`+html+`" "`+strings.Repeat("b", 250)+`" "`+strings.Repeat("c", 250)+`"`+"\n")
	c := client(t, z, dnsbl.Options{})
	l := list(t, "bl", "bl.test", "127.0.0.2", "spam")
	l.DelistURL = "https://bl.test/remove"
	if a := one(t, client(t, z, dnsbl.Options{}), l, address("192.0.2.7")); a.Text != "" || z.Count("7.2.0.192.bl.test. TXT") != 0 {
		t.Errorf("text that nobody wants was asked for: %q", a.Text)
	}
	l.Words = true
	a := one(t, c, l, address("192.0.2.7"))
	if len(a.Text) != 256 || strings.ContainsFunc(a.Text, func(r rune) bool { return r < ' ' || r > '~' }) || a.Delist != l.DelistURL {
		t.Errorf("%d bytes: %q, %q", len(a.Text), a.Text, a.Delist)
	}
	if one(t, c, l, address("192.0.2.8")); z.Count("8.2.0.192.bl.test. TXT") != 0 || z.Count("2.0.0.127.bl.test. TXT") != 0 {
		t.Error("asked for text where nothing is listed")
	}
	for _, f := range c.Check(t.Context(), []dnsbl.List{l}, []dnsbl.Subject{address("192.0.2.7")}).Findings() {
		if strings.Contains(f.Detail, "script") {
			t.Errorf("foreign text in a finding: %q", f.Detail)
		}
	}
}

func TestAnswersAreInOrderAndSayWhatWasAsked(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, entries("a.test")+entries("b.test")+listed("7.2.0.192", "b.test", "127.0.0.2"))
	c := client(t, z, dnsbl.Options{})
	lists := []dnsbl.List{list(t, "b", "b.test"), list(t, "a", "a.test")}
	r := c.Check(t.Context(), lists, []dnsbl.Subject{address("192.0.2.8"), address("192.0.2.7"), domain("example.test")})
	var got []string
	for _, a := range r.Answers {
		got = append(got, a.Query+" "+string(a.Verdict))
	}
	want := "8.2.0.192.b.test not_listed|8.2.0.192.a.test not_listed|7.2.0.192.b.test listed|7.2.0.192.a.test not_listed|example.test.b.test not_listed|example.test.a.test not_listed"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
	if r.Answers[2].Records[0] != "127.0.0.2" || r.Answers[2].Cached {
		t.Errorf("%+v", r.Answers[2])
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}
