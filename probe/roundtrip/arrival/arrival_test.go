package arrival

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/roundtrip/letter"
	"mx_exporter/probe/roundtrip/token"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var sent = time.Date(2026, 11, 21, 13, 14, 15, 0, time.UTC)

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func seconds(s float64) *fact.Elapsed {
	e := fact.Elapsed(s * float64(time.Second))
	return &e
}

func TestWayOfAMessageIsToldHopByHop(t *testing.T) {
	a := Read(file(t, "postfix-rspamd.eml"), Options{Sent: sent, Servers: []string{"mx1.example.org", "mx2.example.org"}})
	want := []Hop{
		{From: "monitor.example.net", By: "MX2.example.org.", With: "ESMTPS", For: "test@example.org", At: sent.Add(3 * time.Second), Delay: seconds(3)},
		// The words behind the date are LMTP's own; the date stands before them.
		{From: "mx2.example.org", By: "imap.example.org", With: "LMTP", At: sent.Add(7 * time.Second), Delay: seconds(4)},
	}
	if d := cmp.Diff(want, a.Hops); d != "" {
		t.Error(d)
	}
	if a.MX != "mx2.example.org" {
		t.Errorf("taken by %q", a.MX)
	}
	if !a.Last().Equal(sent.Add(7 * time.Second)) {
		t.Errorf("last at %v", a.Last())
	}
}

// I6: clocks differ; a time that goes backwards is no time.
func TestClockThatIsWrongIsToldAndNotBelieved(t *testing.T) {
	a := Read(file(t, "microsoft.eml"), Options{Sent: sent})
	if len(a.Hops) != 2 || !a.Hops[0].Skewed || *a.Hops[0].Delay != 0 || a.Hops[1].Skewed || a.Hops[1].Delay.Seconds() != 20 {
		t.Errorf("hops %+v", a.Hops)
	}
}

func TestOnlyTheReceiversOwnResultsAreBelieved(t *testing.T) {
	a := Read(file(t, "postfix-rspamd.eml"), Options{Sent: sent}).Authentication
	if a.By != "mx2.example.org" || a.Of(MethodSPF) != Pass || a.Of(MethodDKIM) != Pass || a.Of(MethodDMARC) != Pass || a.Of(MethodARC) != "" {
		t.Errorf("results %+v", a)
	}
	if len(a.Results) != 3 || a.Results[0].Method != MethodSPF {
		t.Errorf("results %+v", a.Results)
	}
	m := Read(file(t, "microsoft.eml"), Options{Sent: sent}).Authentication
	if m.By != "" || m.Of(MethodSPF) != Pass || m.Of(MethodDKIM) != None || m.Of(MethodDMARC) != BestGuess {
		t.Errorf("results %+v", m)
	}
	if (*Authentication)(nil).Of(MethodSPF) != "" {
		t.Error("no results have a verdict")
	}
}

func TestResultsAreReadAsRFC8601WritesThem(t *testing.T) {
	for _, tt := range []struct {
		value, id string
		want      map[Method]Verdict
	}{
		{"example.org 1; none", "example.org", nil},
		{`"example.org"; spf=SoftFail`, "example.org", map[Method]Verdict{MethodSPF: SoftFail}},
		{"example.org; dkim/1=permerror reason=\"a;b\" header.i=@x", "example.org", map[Method]Verdict{MethodDKIM: PermError}},
		{"example.org (a (nested) comment; spf=fail); spf = hardfail", "example.org", map[Method]Verdict{MethodSPF: Fail}},
		{"example.org; spf=made-up; unknown=pass; iprev=pass", "example.org", map[Method]Verdict{MethodSPF: Other, MethodIPRev: Pass}},
		{"; ; =; spf", "", nil},
	} {
		a := Read([]byte("Authentication-Results: "+tt.value+"\n\n"), Options{}).Authentication
		got := map[Method]Verdict{}
		for _, r := range a.Results {
			got[r.Method] = r.Verdict
		}
		if a.By != tt.id || fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: by %q %v, want %q %v", tt.value, a.By, got, tt.id, tt.want)
		}
	}
}

func TestEveryFiltersVerdictIsRead(t *testing.T) {
	const none = -999.0
	for _, tt := range []struct {
		field            string
		filter           Filter
		spam             string
		score, threshold float64
	}{
		{"X-Spam-Status: Yes, score=6.1 required=5.0 tests=BAYES_99,HTML_MESSAGE\n\tautolearn=no", SpamAssassin, "yes", 6.1, 5},
		{"X-Spam-Status: No, hits=-1.9 required=4.0", SpamAssassin, "no", -1.9, 4},
		{"X-Spam-Status: No", SpamAssassin, "no", none, none},
		{"X-Spamd-Result: default: True [17.20 / 15.00];\n\tBAD(5)[]", Rspamd, "yes", 17.2, 15},
		{"X-Rspamd-Action: add header\nX-Rspamd-Score: 7", Rspamd, "yes", 7, none},
		{"X-Rspamd-Action: no action", Rspamd, "no", none, none},
		{"X-MS-Exchange-Organization-SCL: -1", Microsoft, "no", -1, 5},
		{"X-Forefront-Antispam-Report: CIP:192.0.2.1;SCL:9;SFV:SPM", Microsoft, "yes", 9, 5},
		{"X-Gm-Spam: 1", Gmail, "yes", none, none},
		{"X-Barracuda-Spam-Status: No, SCORE=0.50 using global scores", Barracuda, "no", 0.5, none},
		{"X-Proofpoint-Spam-Details: rule=notspam policy=default score=12 suspectscore=0", Proofpoint, "no", 12, none},
		{"X-Proofpoint-Spam-Details: rule=spam score=100", Proofpoint, "yes", 100, none},
		{"X-Spam-Flag: YES\nX-Spam-Score: 8.5", Generic, "yes", 8.5, none},
	} {
		got := Read([]byte(tt.field+"\n\n"), Options{}).Spam
		if len(got) != 1 || got[0].Filter != tt.filter {
			t.Errorf("%s: %+v", tt.field, got)
			continue
		}
		s := got[0]
		if verdict := map[bool]string{true: "yes", false: "no"}[*s.Spam]; verdict != tt.spam {
			t.Errorf("%s: spam %s", tt.field, verdict)
		}
		for what, pair := range map[string]struct {
			got  *float64
			want float64
		}{"score": {s.Score, tt.score}, "threshold": {s.Threshold, tt.threshold}} {
			if pair.got == nil && pair.want != none || pair.got != nil && *pair.got != pair.want {
				t.Errorf("%s: %s %v, want %v", tt.field, what, pair.got, pair.want)
			}
		}
	}
	for _, field := range []string{"", "X-Spam-Status: perhaps", "X-Spam-Score: NaN", "X-MS-Exchange-Organization-SCL: 1e400", "X-Spam-Score: " + strings.Repeat("9", 400)} {
		if got := Read([]byte(field+"\n\n"), Options{}).Spam; got != nil {
			t.Errorf("%.40q: %+v", field, got)
		}
	}
}

func roundTrip(t testing.TB, size int, eicar bool) string {
	t.Helper()
	k, err := token.NewKey([]byte("a key of more than sixteen octets"))
	if err != nil {
		t.Fatal(err)
	}
	l := letter.Letter{Token: token.NewSigner(k, "a", "office").New(sent), From: "a@example.net", To: "b@example.org", Attachment: size, EICAR: eicar}
	return string(l.Message())
}

func TestWhetherFilesSurvivedIsTold(t *testing.T) {
	both := roundTrip(t, 3000, true)
	alone := roundTrip(t, 3000, false)
	// What a filter does that takes a part away: it puts a text in its place.
	replace := func(s, name string) string {
		at := strings.Index(s, "name=\""+name+"\"")
		from := strings.LastIndex(s[:at], "--mx-exporter-")
		to := at + strings.Index(s[at:], "\r\n--mx-exporter-")
		return s[:from] + s[from:from+strings.Index(s[from:], "\r\n")] + "\r\nContent-Type: text/plain\r\n\r\nThe file was taken away.\r\n" + s[to:]
	}
	forwarded := "Content-Type: multipart/mixed; boundary=out\r\n" + letter.DigestHeader + ": " +
		Field(t, alone, letter.DigestHeader) + "\r\n\r\n--out\r\nContent-Type: message/rfc822\r\n\r\n" + alone + "\r\n--out--\r\n"
	for _, tt := range []struct {
		name, raw         string
		eicar             bool
		attachment, virus State
	}{
		{"both as sent", both, true, Intact, Intact},
		{"one as sent", alone, false, Intact, ""},
		{"line ends of a disk", strings.ReplaceAll(both, "\r\n", "\n"), true, Intact, Intact},
		{"inside another message", forwarded, false, Intact, ""},
		{"virus stripped", replace(both, "eicar.txt"), true, Intact, Missing},
		{"harmless file stripped", replace(both, letter.FileName), true, Missing, Intact},
		{"harmless file changed", strings.Replace(alone, "bGlu", "bGxu", 1), false, Changed, ""},
		{"all cut off", both[:strings.Index(both, "\r\n\r\n")+4], true, Missing, Missing},
		{"none sent", roundTrip(t, 0, false), false, "", ""},
	} {
		a := Read([]byte(tt.raw), Options{EICAR: tt.eicar})
		if a.Attachment != tt.attachment || a.EICAR != tt.virus {
			t.Errorf("%s: attachment %q, EICAR %q; want %q, %q", tt.name, a.Attachment, a.EICAR, tt.attachment, tt.virus)
		}
	}
}

func Field(t *testing.T, raw, name string) string {
	t.Helper()
	v, ok := Value([]byte(raw), name)
	if !ok {
		t.Fatalf("no field %s", name)
	}
	return v
}

// I6, I13: a message of a stranger is read within limits.
func TestHostileMessagesAreReadWithinLimits(t *testing.T) {
	deep := "X-MX-Exporter-Attachment: sha256=00\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		strings.Repeat("--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", 1000)
	for name, raw := range map[string]string{
		"nothing":                    "",
		"no header":                  "\r\n\r\nbody",
		"a header without end":       strings.Repeat("X-A: b\r\n", 1<<16),
		"one field without end":      "X-A: " + strings.Repeat("x", 1<<20),
		"a fold without end":         "X-A: b\r\n" + strings.Repeat(" c\r\n", 1<<18),
		"a thousand hops":            strings.Repeat("Received: from a by b; Sat, 21 Nov 2026 13:14:22 +0000\r\n", 1000) + "\r\n",
		"comments in comments":       "Authentication-Results: " + strings.Repeat("(", 1<<16) + "; spf=pass\r\n\r\n",
		"results without end":        "Authentication-Results: a" + strings.Repeat("; spf=pass", 1<<12) + "\r\n\r\n",
		"a thousand parts in a part": deep,
		"a boundary that is missing": "X-MX-Exporter-Attachment: sha256=00\r\nContent-Type: multipart/mixed\r\n\r\n",
		"control characters":         "Received: from \x1b[31m by \x00; \x07\r\n\r\n",
	} {
		began := time.Now()
		a := Read([]byte(raw), Options{Sent: sent, EICAR: true})
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
		if len(a.Hops) > maxHops {
			t.Errorf("%s: %d hops", name, len(a.Hops))
		}
	}
	if a := Read([]byte(strings.Repeat("Received: by b; Sat, 21 Nov 2026 13:14:22 +0000\r\n", 40)+"\r\n"), Options{Sent: sent}); !a.Truncated || a.Hops[0].Delay != nil {
		t.Errorf("hops left out are not told: %+v", a.Hops[0])
	}
}

func TestDatesOfTheWorldAreRead(t *testing.T) {
	want := time.Date(2026, 11, 21, 13, 14, 22, 0, time.UTC)
	for _, s := range []string{
		"Sat, 21 Nov 2026 13:14:22 +0000", "Sat, 21 Nov 2026 14:14:22 +0100 (CET)", "21 Nov 2026 13:14:22 GMT",
		"Sat,  21 Nov 2026 13:14:22.000123 +0000", "2026-11-21T13:14:22Z", " Sat, 21 Nov 2026 05:14:22 -0800 (PST)",
	} {
		if got := when(s); !got.Truncate(time.Second).Equal(want) {
			t.Errorf("%q is %v", s, got)
		}
	}
	for _, s := range []string{"", "yesterday", "Sat, 99 Nov 2026 13:14:22 +0000", "1 Jan 0001 00:00:00 +0000"} {
		if got := when(s); !got.IsZero() {
			t.Errorf("%q is %v", s, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(f, "postfix-rspamd.eml"))
	f.Add(file(f, "microsoft.eml"))
	f.Add([]byte(roundTrip(f, 100, true)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a := Read(raw, Options{Sent: sent, Servers: []string{"mx.example.org"}, EICAR: true})
		if a.MX != "" && a.MX != "mx.example.org" {
			t.Errorf("taken by %q, which no one named", a.MX)
		}
		for _, h := range a.Hops {
			if h.Delay != nil && *h.Delay < 0 {
				t.Errorf("a hop of %v", *h.Delay)
			}
		}
		for _, s := range a.Spam {
			if s.Score != nil && *s.Score != *s.Score {
				t.Error("a score that is no number")
			}
		}
	})
}
