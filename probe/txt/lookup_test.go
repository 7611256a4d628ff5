package txt

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

func TestStringsAreJoinedAndEscapesUndone(t *testing.T) {
	z := dnsqtest.New(t, `
x.test. 60 IN TXT "v=spf1 " "-all"
x.test. 60 IN TXT "a\;b" "\"q\"" "\\" "\009\255" ""
y.test. 60 IN CNAME x.test.
`)
	a, err := Lookup(t.Context(), z, "y.test")
	if err != nil {
		t.Fatal(err)
	}
	want := []Record{
		{Text: "v=spf1 -all", Joints: []int{7}},
		{Text: "a;b\"q\"\\\t\xff", Joints: []int{3, 6, 7, 9}},
	}
	if d := cmp.Diff(want, a.Records); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"x.test."}, a.CNAMEs); d != "" {
		t.Error(d)
	}
}

func TestAnswerSizeIsThatOfTheMessage(t *testing.T) {
	z := dnsqtest.New(t, `
size.test. 60 IN TXT "`+strings.Repeat("a", 200)+`" "`+strings.Repeat("b", 100)+`"
size.test. 60 IN TXT "short"
`)
	a, err := Lookup(t.Context(), z, "size.test")
	if err != nil {
		t.Fatal(err)
	}
	q := new(dns.Msg).SetQuestion("size.test.", dns.TypeTXT)
	q.SetEdns0(1232, true)
	m, err := z.Exchange(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	m.Compress = true
	if a.Octets != m.Len() {
		t.Errorf("%d octets, and the message has %d", a.Octets, m.Len())
	}
}

func TestDenialAndFailureStayApart(t *testing.T) {
	z := dnsqtest.New(t, "here.test. 60 IN A 192.0.2.1")
	z.Rcode["broken.test. TXT"] = dns.RcodeServerFailure
	for name, want := range map[string]fact.Reason{"gone.test": fact.DNSNXDomain, "here.test": fact.DNSNoData, "broken.test": fact.DNSServfail} {
		_, err := Lookup(t.Context(), z, name)
		if got := dnsq.ReasonOf(err); got != want || Failure(err).Reason != want {
			t.Errorf("%s: %s, %v", name, got, Failure(err))
		}
	}
	if f := Failure(nil); f != nil {
		t.Errorf("failure of nil: %v", f)
	}
}

// N21: of 40 records of one protocol 16 are looked at, and the others counted.
func TestRecordsOfOneProtocolAreBounded(t *testing.T) {
	var a Answer
	for range 40 {
		a.Records = append(a.Records, Record{Text: "V=stsv1; id=1"}, Record{Text: "v=ST"}, Record{Text: "note"})
	}
	records, total := a.Starting("v=STSv1")
	if len(records) != Most || total != 40 {
		t.Errorf("%d records of %d", len(records), total)
	}
}

func TestQuoteIsPlainAndShort(t *testing.T) {
	if got := Quote("a\x1b[2J\"é"); got != `"a\x1b[2J\"\u00e9"` {
		t.Errorf("got %s", got)
	}
	if got := Quote(strings.Repeat("a", 65)); got != `"`+strings.Repeat("a", 64)+`..."` {
		t.Errorf("got %s", got)
	}
}

func TestUnescapeTakesWhatIsNoEscapeAsItIs(t *testing.T) {
	for in, want := range map[string]string{`\`: `\`, `a\`: `a\`, `\25`: `25`, `\300`: `300`, `\065`: `A`, `\\065`: `\065`} {
		if got := unescape(in); got != want {
			t.Errorf("unescape(%s) = %q, want %q", in, got, want)
		}
	}
}
