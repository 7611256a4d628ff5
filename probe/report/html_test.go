package report

import (
	"encoding/xml"
	"errors"
	"html"
	"io"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/dane"
	"mx_exporter/probe/dkim"
	"mx_exporter/probe/dmarc"
	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/fcrdns"
	"mx_exporter/probe/mtasts"
	"mx_exporter/probe/smtp"
	"mx_exporter/probe/spf"
	"mx_exporter/probe/tlsrpt"
)

func page(t testing.TB, r *probe.Result, o HTMLOptions) string {
	t.Helper()
	var b strings.Builder
	if err := HTML(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// linked is a page's options with everything in them.
func linked() HTMLOptions {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	return HTMLOptions{
		Home: "/mx/", Style: "/mx/style.css?1", Again: "/mx/report?module=mx&target=example.test", Self: "/mx/report/NEWEST",
		Metrics: "# TYPE probe_success gauge\nprobe_success 1\n", Module: "modules:\n  mx:\n    prober: mx\n",
		Past:  []Past{{Link: "/mx/report/OLDER", At: at, Verdict: fact.Impaired, Why: "Mail gets in. The backup mx2.example.test does not answer."}},
		Since: Since{At: at, Probes: 2},
	}
}

// certified is a result with a certificate that does not verify.
func certified() *probe.Result {
	r := impaired()
	r.Hosts[0].Addresses[0].Dialogue.TLS.PKIX = cert.Verification{Reason: cert.Expired, Detail: "mx1.example.test: expired on 2026-11-01"}
	r.Hosts[0].Addresses[0].Dialogue.TLS.Chain = []cert.Certificate{{
		Subject: "CN=mx1.example.test", Issuer: "CN=Example CA", Names: []string{"mx1.example.test"}, KeyType: "ECDSA", KeyBits: 256, Signature: "ECDSA-SHA256",
		NotBefore: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Fingerprint: strings.Repeat("ab", 32),
	}}
	r.Hosts[0].Addresses[0].Dialogue.TLS.EarliestExpiry = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	return r
}

// published is a result with every policy and with block lists.
func published() *probe.Result {
	r := satisfactory()
	broken := &fact.Failure{Reason: fact.DNSServfail, Detail: "SERVFAIL for _mta-sts.example.test"}
	r.SPF = &spf.Result{Status: fact.Pass, Lookups: 3, Record: "v=spf1 include:example.net -all"}
	r.DMARC = &dmarc.Result{Status: fact.Pass, Domain: "example.test", Found: "test", Policy: "reject", Testing: true, Record: "v=DMARC1; p=reject; t=y"}
	r.DKIM = []*dkim.Result{{Status: fact.Fail, Selector: "s1", Type: "rsa", Bits: 1024, Revoked: true, Record: "v=DKIM1; p="}, {Status: fact.None, Selector: "s2"}}
	r.MTASTS = &mtasts.Result{Status: fact.Error, Failure: broken}
	r.TLSRPT = &tlsrpt.Result{Status: fact.None}
	r.Unfinished = []config.Check{config.CheckDANE}
	h := &r.Hosts[0]
	h.DANE = &dane.Result{Status: fact.Pass, Records: &dane.Records{Total: 2}}
	h.Addresses[0].PTR = &fcrdns.Result{Status: fact.Pass, Names: []fcrdns.Name{{Name: "mx1.example.test"}}}
	address := dnsbl.Subject{Address: netip.MustParseAddr("192.0.2.25"), Role: dnsbl.Primary}
	named := dnsbl.Subject{Domain: "example.test.", Role: dnsbl.Named}
	r.DNSBL = &dnsbl.Result{
		Answers: []dnsbl.Answer{
			{List: "spamhaus_zen", Subject: address, Verdict: dnsbl.Listed, Hits: []dnsbl.Hit{{Code: "127.0.0.2", Meaning: "SBL"}}, Text: "see the <page>", Delist: "https://check.example/192.0.2.25"},
			{List: "spamcop", Subject: address, Verdict: dnsbl.NotListed},
			{List: "dead", Subject: address, Verdict: dnsbl.Unknown, Reason: dnsbl.Timeout},
			{List: "spamhaus_dbl", Subject: named, Verdict: dnsbl.NotListed},
		},
		Lists: []dnsbl.Health{{List: "dead", State: dnsbl.Broken, Fault: dnsbl.ListsTheWorld}},
	}
	return r
}

func TestHTML(t *testing.T) {
	golden(t, "published.html", page(t, published(), HTMLOptions{}))
	golden(t, "published.txt", text(t, published(), Options{Width: 100}))
	golden(t, "satisfactory.html", page(t, satisfactory(), HTMLOptions{}))
	golden(t, "impaired.html", page(t, certified(), linked()))
	golden(t, "unknown.html", page(t, nothing(), HTMLOptions{Home: "/", Style: "/style.css"}))
	golden(t, "null-mx.html", page(t, nullMX(), HTMLOptions{}))
}

// A page in pieces is the whole page, but for its title and the sentence that
// goes from sight.
func TestPiecesMakeAWholePage(t *testing.T) {
	var b, refused strings.Builder
	r := impaired()
	for _, err := range []error{
		Underway(&b, r.Target, 30*time.Second, linked()), Finish(&b, r, linked()),
		Underway(&refused, r.Target, 30*time.Second, linked()), Refuse(&refused, "no slot "+hostile, linked()),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	whole := page(t, r, linked())
	if _, rest, ok := strings.Cut(whole, "<main>"); !ok || !strings.HasSuffix(b.String(), rest) {
		t.Errorf("the pieces end otherwise than the page:\n%s", &b)
	}
	for _, p := range []string{whole, b.String(), refused.String()} {
		wellFormed(t, p)
	}
	for _, part := range []string{"example.test is being asked", "up to 30.0 s", "There is no report", "no slot"} {
		if !strings.Contains(refused.String(), part) {
			t.Errorf("the page lacks %q:\n%s", part, &refused)
		}
	}
}

// void is the elements that HTML does not close.
var void = regexp.MustCompile(`<(meta|link)[^>]*`)

// wellFormed reads a page as strictly as XML can be read: every element is
// closed where it should be, no id is there twice, and each inner link leads to
// one.
func wellFormed(t testing.TB, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(void.ReplaceAllString(page, "$0/")))
	d.Entity = xml.HTMLEntity
	ids, anchors := map[string]bool{}, []string{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the page is not well-formed: %v\n%s", err, page)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range e.Attr {
			switch name := a.Name.Local; {
			case name == "id" && ids[a.Value]:
				t.Errorf("the id %q is there twice", a.Value)
			case name == "id":
				ids[a.Value] = true
			case strings.HasPrefix(a.Value, "#"):
				anchors = append(anchors, a.Value[1:])
			case name == "aria-labelledby", name == "aria-describedby":
				anchors = append(anchors, a.Value)
			case name == "style", strings.HasPrefix(name, "on"):
				t.Errorf("<%s> has the attribute %s, which the policy forbids", e.Name.Local, name)
			}
		}
		if e.Name.Local == "script" || e.Name.Local == "style" || e.Name.Local == "iframe" || e.Name.Local == "img" {
			t.Errorf("there is a <%s>", e.Name.Local)
		}
	}
	for _, a := range anchors {
		if !ids[a] {
			t.Errorf("nothing has the id %q", a)
		}
	}
}

// everywhere is a result with a text in every place that the outside fills.
func everywhere(text string) *probe.Result {
	r := certified()
	r.Why, r.Module = text, text
	r.SPF = &spf.Result{Status: fact.Pass, Record: text}
	r.DMARC = &dmarc.Result{Status: fact.Pass, Found: text, Policy: "none", Record: text}
	r.DKIM = []*dkim.Result{{Status: fact.Fail, Selector: text, Type: dkim.Type(text), Record: text}}
	r.MTASTS = &mtasts.Result{Status: fact.Pass, RecordText: text, Policy: &mtasts.Policy{MX: []string{text}}}
	r.TLSRPT = &tlsrpt.Result{Status: fact.Pass, Record: text}
	r.Hosts[0].Addresses[0].PTR = &fcrdns.Result{Status: fact.Fail, Names: []fcrdns.Name{{Name: text}}}
	r.DNSBL = &dnsbl.Result{Answers: []dnsbl.Answer{{
		List: text, Subject: dnsbl.Subject{Domain: text}, Verdict: dnsbl.Listed, Text: text, Delist: text, Hits: []dnsbl.Hit{{Code: text, Meaning: text}},
	}}}
	r.Failure = &fact.Failure{Reason: fact.Reset, Detail: text}
	r.MX.Aliases, r.MX.Duplicates = []string{text}, []string{text}
	r.Lookups = []probe.Lookup{{Type: text}}
	r.Findings = append(r.Findings, fact.Finding{Check: probe.CheckSMTP, Code: probe.MailBounces, Severity: fact.Critical, Host: text, Detail: text})
	h := &r.Hosts[0]
	h.Name = text
	h.Addresses = append(h.Addresses, probe.Address{IP: netip.MustParseAddr("192.0.2.99"), State: probe.Down, Failure: &fact.Failure{Stage: fact.Banner, Reason: fact.Reset, Detail: text}})
	d := h.Addresses[0].Dialogue
	d.Stages = append(d.Stages, smtp.Stage{Stage: fact.Rcpt, Took: elapsed(time.Second), Reply: said(550, text, text, text)})
	d.Transcript = []smtp.Line{{From: smtp.Server, Text: text}, {From: smtp.Note, Text: text}}
	d.TLS.Version, d.TLS.Cipher, d.TLS.PKIX = text, text, cert.Verification{Reason: cert.UnknownIssuer, Detail: text}
	c := &d.TLS.Chain[0]
	c.Subject, c.Issuer, c.Names, c.KeyType, c.Signature, c.Fingerprint = text, text, []string{text, text}, text, text, text
	return r
}

// S11, H13
func TestHostileTextStaysText(t *testing.T) {
	for _, text := range []string{
		hostile, "</pre></details></main><script>alert(1)</script>", `" onclick="alert(1)`, "' style='x", "<!--", "]]>", "&lt;script&gt;", "{{.Home}}", "javascript:alert(1)", "\u2066\u2067\u061c",
	} {
		harmless(t, text)
	}
}

// harmless fails if a text that is everywhere in a result does more on the page
// than to be read.
func harmless(t testing.TB, text string) {
	t.Helper()
	o := linked()
	o.Past[0].Why, o.Metrics, o.Module = text, "", ""
	got := page(t, everywhere(text), o)
	wellFormed(t, got)
	for i, c := range got {
		if c != '\n' && (c == utf8.RuneError || !unicode.IsPrint(c)) {
			t.Fatalf("%q stands in the page, in %q", c, got[max(0, i-80):min(len(got), i+20)])
		}
	}
	if plain := elements(page(t, everywhere("x"), o)); elements(got) != plain {
		t.Errorf("%q changed the elements of the page:\n%s\nwant\n%s", text, elements(got), plain)
	}
}

var tag = regexp.MustCompile(`</?[a-zA-Z0-9]+`)

func elements(page string) string { return strings.Join(tag.FindAllString(page, -1), " ") }

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"220 ok", hostile, "</script>", `"'<>&`, strings.Repeat("\xff", 300), strings.Repeat("ü", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" || len(s) > 1000 || strings.ContainsRune(s, utf8.RuneError) && utf8.ValidString(s) {
			return // an empty text leaves elements out, lines are bounded, and U+FFFD itself may be shown
		}
		harmless(t, s)
	})
}

func TestAPageIsBounded(t *testing.T) {
	r := satisfactory()
	d := r.Hosts[0].Addresses[0].Dialogue
	for range 10_000 {
		d.Transcript = append(d.Transcript, smtp.Line{From: smtp.Server, Text: strings.Repeat("<", 512)})
	}
	got := page(t, r, HTMLOptions{Metrics: strings.Repeat("probe_success 1\n", 1<<17)})
	if len(got) > 8<<20 {
		t.Errorf("the page has %d octets", len(got))
	}
	for _, part := range []string{"more was said than is shown", "the rest is left out here"} {
		if !strings.Contains(got, part) {
			t.Errorf("the page does not say %q", part)
		}
	}
}

// What is told first where nothing can be told of the domain is what lies with
// us.
func TestTheForemostFindingOfAnUnknownVerdictIsAboutUs(t *testing.T) {
	r := nothing()
	if _, _, ok := foremost(r); ok {
		t.Error("without findings there is a foremost one")
	}
	r.Findings = []fact.Finding{
		{Check: probe.CheckSMTP, Code: probe.SlowBanner, Severity: fact.Info},
		{Check: probe.CheckSMTP, Code: probe.BlockedUs, Severity: fact.Warning},
		{Check: probe.CheckSMTP, Code: probe.PrimaryDown, Severity: fact.Critical},
	}
	for verdict, want := range map[fact.Verdict]fact.Code{fact.Unknown: probe.BlockedUs, fact.Compromised: probe.PrimaryDown} {
		r.Verdict = verdict
		if f, more, ok := foremost(r); !ok || f.Code != want || more != 1 {
			t.Errorf("%s: %s and %d more, want %s and 1 more", verdict, f.Code, more, want)
		}
	}
}

func TestTheAxisIsRound(t *testing.T) {
	for longest, want := range map[time.Duration]string{
		0: "20µs 100µs", 4 * time.Millisecond: "1ms 4ms", 4100 * time.Microsecond: "1ms 5ms", 12 * time.Millisecond: "5ms 15ms",
		900 * time.Millisecond: "200ms 1s", 20 * time.Second: "5s 20s", 61 * time.Second: "20s 1m20s",
	} {
		step, span := scale(longest)
		if got := step.String() + " " + span.String(); got != want {
			t.Errorf("%v: %s, want %s", longest, got, want)
		}
	}
}

// The bars of one address lie one behind the other and none beyond the axis.
func TestBarsAddUp(t *testing.T) {
	v, ok := timingOf(&subject{Result: impaired()}).(*timingView)
	if !ok {
		t.Fatal("there is no waterfall")
	}
	for _, row := range v.Rows {
		end := 0.0
		for _, b := range row.Bars {
			x, w := number(t, b.X), number(t, b.W)
			if x < end-0.01 || x > end+0.01 || x+w > 100.01 {
				t.Errorf("%s: the bar %s lies at %s and is %s wide, the one before ends at %f", row.Host, b.Stage, b.X, b.W, end)
			}
			end = x + w
		}
	}
	if len(v.Table) != 2 || len(v.Table[0].Cells) != len(v.Stages) {
		t.Errorf("the table: %v", v.Table)
	}
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// visible is a page as it is read, without its marks.
func visible(page string) string {
	page = regexp.MustCompile(`(?s)<svg.*?</svg>|<span aria-hidden="true">.*?</span>`).ReplaceAllString(page, "")
	page = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
	return strings.Join(strings.Fields(html.UnescapeString(page)), " ")
}
