package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func elapsed(d time.Duration) fact.Elapsed { return fact.Elapsed(d) }

func said(code int, enhanced string, lines ...string) *reply.Reply {
	return &reply.Reply{Code: code, Enhanced: enhanced, Lines: lines}
}

func domain(name string) *probe.Result {
	return &probe.Result{
		Target: probe.Target{Domain: name}, Module: "mx", Prober: config.ProberMX,
		Started: time.Date(2026, 11, 20, 10, 11, 12, 0, time.UTC), Duration: elapsed(1234 * time.Millisecond), Timeout: elapsed(29500 * time.Millisecond),
		MX:      &mx.Set{Domain: name},
		Lookups: []probe.Lookup{{Type: "A", Took: elapsed(2100 * time.Microsecond)}, {Type: "MX", Took: elapsed(31 * time.Millisecond)}},
	}
}

// whole is a conversation in which everything went well.
func whole() *smtp.Dialogue {
	ok := said(250, "2.1.5", "2.1.5 Recipient OK")
	return &smtp.Dialogue{
		TLSOffered: true, TLSEstablished: true, QuitClean: true,
		TLS: &cert.Facts{Version: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256", EarliestExpiry: time.Date(2027, 2, 19, 0, 0, 0, 0, time.UTC), PKIX: cert.Verification{OK: true}},
		Stages: []smtp.Stage{
			{Stage: fact.Queue, Took: elapsed(time.Microsecond)},
			{Stage: fact.Connect, Took: elapsed(12 * time.Millisecond)},
			{Stage: fact.Banner, Took: elapsed(6 * time.Second), Reply: said(220, "", "mx1.example.test ESMTP"), Class: reply.Accepted},
			{Stage: fact.EHLO, Took: elapsed(900 * time.Microsecond), Reply: said(250, "", "mx1.example.test", "PIPELINING", "SIZE 10485760", "STARTTLS"), Class: reply.Accepted},
			{Stage: fact.StartTLS, Took: elapsed(time.Millisecond), Reply: said(220, "2.0.0", "2.0.0 Go ahead"), Class: reply.Accepted},
			{Stage: fact.TLS, Took: elapsed(25 * time.Millisecond)},
			{Stage: fact.EHLOTLS, Took: elapsed(time.Millisecond), Reply: said(250, "", "mx1.example.test"), Class: reply.Accepted},
			{Stage: fact.Mail, Took: elapsed(time.Millisecond), Reply: said(250, "2.1.0", "2.1.0 Sender OK"), Class: reply.Accepted},
			{Stage: fact.Rcpt, Took: elapsed(time.Millisecond), Reply: ok, Class: reply.Accepted},
			{Stage: fact.Quit, Took: elapsed(time.Millisecond), Reply: said(221, "2.0.0", "2.0.0 Bye"), Class: reply.Accepted},
		},
		Recipients: []smtp.Recipient{{Address: "postmaster@example.test", Reply: *ok, Class: reply.Accepted}},
		Transcript: []smtp.Line{
			{At: 0, From: smtp.Note, Text: "connected"},
			{At: elapsed(6 * time.Second), From: smtp.Server, Text: "220 mx1.example.test ESMTP"},
			{At: elapsed(6 * time.Second), From: smtp.Client, Text: "EHLO monitor.example.net"},
		},
	}
}

func satisfactory() *probe.Result {
	r := domain("example.test")
	r.Verdict, r.Success, r.Why = fact.Satisfactory, true, "Mail gets in: mx1.example.test takes it."
	r.MX.Authentic = true
	r.Hosts = []probe.Host{{
		Name: "mx1.example.test", Preference: 10, Role: fact.Primary, Expect: config.Accept, State: probe.Up,
		Addresses: []probe.Address{{IP: netip.MustParseAddr("192.0.2.25"), State: probe.Up, Dialogue: whole()}},
	}}
	return r
}

func impaired() *probe.Result {
	r := satisfactory()
	r.Verdict, r.Why = fact.Impaired, "Mail gets in. The backup mx2.example.test denies access."
	refused := said(554, "5.7.1", "5.7.1 Service unavailable", "5.7.1 Client host blocked")
	failure := &fact.Failure{Stage: fact.Banner, Reason: fact.Banner5xx, Detail: "554 5.7.1 Service unavailable"}
	r.MX.Duplicates, r.MX.Limited = []string{"mx1.example.test"}, []mx.Limit{mx.LimitHosts}
	r.Hosts = append(
		r.Hosts,
		probe.Host{
			Name: "mx2.example.test", Preference: 20, Role: fact.Backup, State: probe.Down,
			Addresses: []probe.Address{
				{IP: netip.MustParseAddr("192.0.2.26"), State: probe.Down, Failure: failure, Dialogue: &smtp.Dialogue{Stages: []smtp.Stage{
					{Stage: fact.Queue, Took: elapsed(2 * time.Second)},
					{Stage: fact.Connect, Took: elapsed(12 * time.Millisecond)},
					{Stage: fact.Banner, Took: elapsed(31 * time.Millisecond), Reply: refused, Class: reply.AccessDenied},
				}}},
				{IP: netip.MustParseAddr("2001:db8::26"), State: probe.NotTested, Failure: &fact.Failure{Reason: fact.NotTested}},
			},
		},
		probe.Host{Name: "trap.example.test", Preference: 30, Role: fact.Backup, Expect: config.TempFail, State: probe.Down, Failure: &fact.Failure{Reason: fact.DNSNXDomain}},
	)
	r.Findings = []fact.Finding{
		{Check: probe.CheckSMTP, Code: probe.BackupDown, Severity: fact.Warning, Host: "mx2.example.test", Detail: "banner: banner_5xx"},
		{Check: probe.CheckSMTP, Code: probe.SlowBanner, Severity: fact.Info, Host: "mx1.example.test", Address: "192.0.2.25", Detail: "6 s"},
	}
	return r
}

func nothing() *probe.Result {
	r := domain("nowhere.test")
	r.Verdict, r.Why, r.MX, r.Lookups = fact.Unknown, "Our resolver does not answer.", nil, nil
	r.Failure = &fact.Failure{Reason: fact.LocalResolver, Detail: "127.0.0.1:53: connection refused"}
	return r
}

func nullMX() *probe.Result {
	r := domain("no-mail.test")
	r.Verdict, r.Why = fact.Compromised, "The domain says that it takes no mail."
	r.MX.Null, r.MX.Aliases = true, []string{"other.test"}
	r.Failure = &fact.Failure{Reason: fact.NullMX}
	return r
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update writes it anew); got\n%s", name, got)
	}
}

func text(t testing.TB, r *probe.Result, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := Text(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	golden(t, "satisfactory.txt", text(t, satisfactory(), Options{}))
	golden(t, "impaired.txt", text(t, impaired(), Options{Width: 80}))
	golden(t, "impaired-colour.txt", text(t, impaired(), Options{Width: 60, Colour: true}))
	golden(t, "unknown.txt", text(t, nothing(), Options{}))
	golden(t, "null-mx.txt", text(t, nullMX(), Options{}))
	golden(t, "transcript.txt", text(t, satisfactory(), Options{Transcript: 1000}))
	golden(t, "transcript-cut.txt", text(t, satisfactory(), Options{Transcript: 30}))
}

func TestLinesKeepWithinTheWidth(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		for line := range strings.Lines(text(t, impaired(), Options{Width: width})) {
			line = strings.TrimSuffix(line, "\n")
			if utf8.RuneCountInString(line) > width {
				t.Errorf("width %d: %q has %d columns", width, line, utf8.RuneCountInString(line))
			}
		}
	}
}

// hostile has every kind of octet that a terminal or a log might obey.
const hostile = "\x1b[2J\x1b]0;owned\a \x00 \x7f \x9b31m \u009b31m \xff\xfe \u202egnp \u2028 \u200b | <script> \"}\n 1\r\n" + "\U000e0041"

// S11
func TestNothingFromOutsideReachesTheTerminalUnescaped(t *testing.T) {
	r := impaired()
	r.Why, r.Hosts[1].Name, r.Findings[0].Detail, r.Failure = hostile, hostile, hostile, &fact.Failure{Reason: fact.Reset, Detail: hostile}
	r.MX.Aliases, r.MX.Duplicates = []string{hostile}, []string{hostile}
	d := r.Hosts[1].Addresses[0].Dialogue
	d.Stages = append(d.Stages,
		smtp.Stage{Stage: fact.EHLO, Reply: said(250, "", hostile, hostile)},
		smtp.Stage{Stage: fact.Rcpt, Reply: said(550, "", hostile)})
	d.Recipients = []smtp.Recipient{{Address: hostile, Reply: *said(550, hostile, hostile)}}
	d.Transcript = []smtp.Line{{From: smtp.Server, Text: hostile}}

	var nagios, doc bytes.Buffer
	if err := errors.Join(Nagios(&nagios, []*probe.Result{r, satisfactory()}), JSON(&doc, r)); err != nil {
		t.Fatal(err)
	}
	for view, out := range map[string]string{"text": text(t, r, Options{Transcript: 1 << 16}), "nagios": nagios.String(), "json": doc.String()} {
		for i, c := range out {
			if c == '\n' {
				continue
			}
			if c == utf8.RuneError || !unicode.IsPrint(c) {
				t.Errorf("%s: %q stands at %d: %q", view, c, i, out[max(0, i-40):min(len(out), i+10)])
			}
		}
		if strings.Contains(out, "\n 1") {
			t.Errorf("%s: remote text began a line", view)
		}
	}
	if strings.Count(nagios.String(), "\n") != 1 || strings.Count(nagios.String(), "|") != 1 {
		t.Errorf("nagios: %q", &nagios)
	}
	var back probe.Result
	if err := json.Unmarshal(doc.Bytes(), &back); err == nil && back.Hosts[1].Addresses[0].Dialogue.Transcript[0].Text == "" {
		t.Error("the escaped document lost the text")
	}
}

func TestRemoteTextIsCut(t *testing.T) {
	if q := quoted(strings.Repeat("ü", 1000)); len(q) > maxRemote+10 || !strings.HasSuffix(q, `ü"…`) {
		t.Errorf("quoted: %d octets, %q", len(q), q[max(0, len(q)-20):])
	}
	if q := remark(strings.Repeat("a", maxRemote)); strings.Contains(q, "…") {
		t.Error("text of just the length is cut")
	}
	if n := names(strings.Fields(strings.Repeat("a.test ", 15))); !strings.HasSuffix(n, "a.test, and 5 more") {
		t.Errorf("names: %s", n)
	}
}

func FuzzQuoted(f *testing.F) {
	for _, s := range []string{"", "220 ok", hostile, strings.Repeat("ü", 300), strings.Repeat("\xff", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, q := range []string{quoted(s), remark(s), name(s)} {
			if strings.ContainsFunc(q, func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }) && utf8.ValidString(s) && !strings.ContainsRune(s, utf8.RuneError) {
				t.Errorf("%q is shown as %q", s, q)
			}
			if len(q) > 10*maxRemote+8 {
				t.Errorf("%d octets are shown as %d", len(s), len(q))
			}
		}
	})
}

func TestNagiosSaysTheWorstFirst(t *testing.T) {
	for _, c := range []struct {
		results []*probe.Result
		want    string
	}{
		{[]*probe.Result{satisfactory()}, "MX OK - example.test satisfactory: Mail gets in: mx1.example.test takes it.|'time'=1.234s;;;0;29.500 'hosts_up'=1;;;0;1\n"},
		{[]*probe.Result{satisfactory(), nothing(), nullMX()}, "MX CRITICAL - no-mail.test compromised: The domain says that it takes no mail.; " +
			"nowhere.test unknown: Our resolver does not answer.; example.test satisfactory: Mail gets in: mx1.example.test takes it.|" +
			"'no-mail.test_time'=1.234s;;;0;29.500 'no-mail.test_hosts_up'=0;;;0;0 'nowhere.test_time'=1.234s;;;0;29.500 'nowhere.test_hosts_up'=0;;;0;0 " +
			"'example.test_time'=1.234s;;;0;29.500 'example.test_hosts_up'=1;;;0;1\n"},
		{[]*probe.Result{impaired()}, "MX WARNING - example.test impaired: Mail gets in. The backup mx2.example.test denies access.|'time'=1.234s;;;0;29.500 'hosts_up'=1;;;0;3\n"},
		{nil, "MX UNKNOWN - |\n"},
	} {
		var b strings.Builder
		if err := Nagios(&b, c.results); err != nil || b.String() != c.want {
			t.Errorf("%v, got\n%swant\n%s", err, &b, c.want)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestTheErrorIsTheWriters(t *testing.T) {
	for _, err := range []error{Text(broken{}, satisfactory(), Options{}), JSON(broken{}, satisfactory()), Nagios(broken{}, nil)} {
		if !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%v, want the writer's error", err)
		}
	}
}
