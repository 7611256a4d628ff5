package collector

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/mx"
	"mx_exporter/probe/smtp"
	"mx_exporter/probe/talk"
)

// attack is text that breaks an exposition wherever it is written unescaped.
const attack = "\"}\n# TYPE fake_metric gauge\nfake_metric{a=\"\x00\x1b[31m\u202e\xff<script>\\"

// hostile: a server that says the worst in every place where it may say a thing.
func hostile() *probe.Result {
	r := compromised()
	r.Why = attack
	r.Findings = append(r.Findings, fact.Finding{
		Check: "mx", Code: "name-invalid", Severity: fact.Warning, Host: attack, Address: attack, Detail: attack,
	})
	for i := range r.Hosts {
		for j := range r.Hosts[i].Addresses {
			speakBadly(&r.Hosts[i].Addresses[j])
		}
	}
	reading := reads("192.0.2.143")
	speakBadly(&reading)
	r.Hosts = append(r.Hosts, mxHost("imap.example.org", 45, fact.Backup, reading))
	bad := mxHost(attack, 50, fact.Backup, accepts("fe80::1%"+"\"}\n"))
	speakBadly(&bad.Addresses[0])
	r.Hosts = append(r.Hosts, bad)
	return r
}

func speakBadly(a *probe.Address) {
	if a.Failure != nil {
		a.Failure.Detail = attack
	}
	if m := a.Mailbox; m != nil {
		m.Transcript = []talk.Line{{From: talk.Server, Text: attack}}
		m.Login = &mailbox.Login{ReplyCode: attack}
	}
	if a.Dialogue == nil {
		return
	}
	d := a.Dialogue
	d.Transcript = []smtp.Line{{From: smtp.Server, Text: attack}}
	d.Extensions = append(d.Extensions, smtp.Extension{Keyword: attack, Params: attack}, smtp.Extension{Keyword: "SIZE", Params: attack})
	for i := range d.Stages {
		if s := &d.Stages[i]; s.Reply != nil {
			s.Reply.Lines = []string{attack}
			s.Reply.Enhanced = attack
		}
	}
	if d.TLS != nil {
		c := &d.TLS.Chain[0]
		c.Subject, c.Issuer, c.Names, c.Signature = attack, attack, []string{attack}, attack
		d.TLS.PKIX.Detail = attack
	}
}

// kept are the strings of a result that a family may read, each with what
// bounds it. Every other string, also one that a later field brings, is text
// that must leave no trace.
func kept(owner reflect.Type, field string) bool {
	switch owner.Name() + "." + field {
	case "Host.Label", // mx.Label made it
		"Finding.Host", "Finding.Address", // mx.Label and netip bound them
		"Lookup.Type",                // ours
		"Result.Selector",            // the configuration's, letters and digits
		"Coverage.Host",              // mx.Label
		"Subject.Domain",             // mx.Label
		"Answer.List", "Health.List", // the configuration's, letters and digits
		"Hit.Code", "Hit.Meaning", // the configuration's codes
		"Address.Address",               // netip
		"Facts.Version", "Facts.Cipher", // the lists of crypto/tls
		"Reply.Enhanced",                               // its grammar: TestEnhancedCodeIsTakenByItsGrammarAlone
		"Dialogue.Capabilities", "Dialogue.Mechanisms", // mailbox.Known, sasl.Mechanisms
		"Login.Mechanism", "AuthResult.Mechanism", // mailbox.Methods, sasl.Mechanisms
		"Extension.Keyword", // smtp.Known; and Params, where the keyword is SIZE
		"Extension.Params":
		return true
	}
	return false
}

// scramble replaces every string that is not kept. Words of closed lists have
// types of their own and stay.
func scramble(v reflect.Value, text func() string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			scramble(v.Elem(), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			scramble(v.Index(i), text)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.CanSet() {
			v.SetString(text())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !kept(v.Type(), f.Name) {
				scramble(v.Field(i), text)
			}
		}
	}
}

func noise(rnd *rand.Rand) string {
	b := make([]byte, rnd.IntN(300))
	for i := range b {
		b[i] = byte(rnd.Uint32())
	}
	return string(b)
}

// S11: whatever text a server sends, the exposition is the same. S12: so no
// text that differs each time makes a new series.
func TestRemoteTextLeavesNoTrace(t *testing.T) {
	for name := range results() {
		t.Run(name, func(t *testing.T) {
			want := expose(t, New(results()[name]))
			for seed := range uint64(50) {
				r := results()[name]
				rnd := rand.New(rand.NewPCG(seed, 11))
				text := func() string { return noise(rnd) }
				scramble(reflect.ValueOf(r), text)
				inventExtensions(r, text)
				if got := expose(t, New(r)); got != want {
					t.Fatalf("seed %d: the exposition changed with the text:\n%s", seed, got)
				}
			}
		})
	}
}

// inventExtensions adds keywords that nobody registered (S13).
func inventExtensions(r *probe.Result, text func() string) {
	for i := range r.Hosts {
		for j := range r.Hosts[i].Addresses {
			if d := r.Hosts[i].Addresses[j].Dialogue; d != nil {
				d.Extensions = append(d.Extensions, smtp.Extension{Keyword: "X " + text(), Params: text()})
			}
		}
	}
}

// FuzzRemoteText looks for a text that leaves a trace.
func FuzzRemoteText(f *testing.F) {
	want := expose(f, New(everything()))
	for _, seed := range []string{attack, "", "250 2.0.0 OK", "SIZE 1", "STARTTLS", "mx1.example.org", "192.0.2.25"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := everything()
		scramble(reflect.ValueOf(r), func() string { return text })
		inventExtensions(r, func() string { return text })
		if got := expose(t, New(r)); got != want {
			t.Errorf("%q changed the exposition:\n%s", text, got)
		}
	})
}

// The scramble is worth something only if it reaches the text.
func TestScrambleReachesTheText(t *testing.T) {
	r := hostile()
	scramble(reflect.ValueOf(r), func() string { return "other" })
	d := r.Hosts[0].Addresses[0].Dialogue
	for place, text := range map[string]string{
		"reply":      d.Stages[2].Reply.Lines[0],
		"transcript": d.Transcript[0].Text,
		"subject":    d.TLS.Chain[0].Subject,
		"failure":    r.Hosts[0].Addresses[0].Failure.Detail,
		"finding":    r.Findings[1].Detail,
	} {
		if text == attack {
			t.Errorf("%s was left as it is", place)
		}
	}
}

// N13 and the limit of label value bytes in faults.md, part 2.
func TestLabelValuesAreBoundedAndPlain(t *testing.T) {
	long := strings.Repeat("a", 63) + strings.Repeat("."+strings.Repeat("b", 61), 3) + ".org"
	r := hostile()
	r.Hosts = append(r.Hosts,
		mxHost(long, 1, fact.Backup, accepts("192.0.2.1")),
		mxHost(strings.Repeat("x", 300), 1, fact.Backup, accepts("192.0.2.2")))
	s := gather(r)
	for i := range s.samples {
		for j, value := range s.labels(i) {
			label := s.samples[i].family.name + "{" + s.samples[i].family.names[j] + "}"
			if len(value) > 255 {
				t.Errorf("%s has %d octets", label, len(value))
			}
			if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
				t.Errorf("%s is %q", label, value)
			}
		}
	}
	if got := mx.Label(long); got != long {
		t.Errorf("a name of %d octets became %q", len(long), got)
	}
}
