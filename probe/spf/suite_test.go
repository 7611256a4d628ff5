package spf

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/miekg/dns"
)

// The RFC 7208 test suite of openspf.org is read from the module of
// blitiri.com.ar/go/spf, which ships it: a module's zip holds its testdata.

// scenario is one document of the suite: zones, and mails to be judged by them.
type scenario struct {
	Description string                      `yaml:"description"`
	Tests       map[string]trial            `yaml:"tests"`
	ZoneData    map[string][]map[string]any `yaml:"zonedata"`
}

// trial is one mail.
type trial struct {
	HELO     string `yaml:"helo"`
	Host     string `yaml:"host"`
	MailFrom string `yaml:"mailfrom"`
	Result   any    `yaml:"result"` // one result, or several that are right
}

// wants lists the results that are right.
func (t trial) wants() []Outcome {
	var out []Outcome
	for _, s := range list(t.Result) {
		out = append(out, Outcome(s))
	}
	return out
}

// list reads a value that is one string or several.
func list(v any) []string {
	if all, ok := v.([]any); ok && len(all) > 0 {
		out := make([]string, len(all))
		for i := range all {
			out[i], _ = all[i].(string)
		}
		return out
	}
	s, _ := v.(string)
	return []string{s}
}

// moduleDir finds a module's files; a module that is in go.mod, and not yet on
// this machine, is fetched.
func moduleDir(t *testing.T, module string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	dir := strings.TrimSpace(string(out))
	if err == nil && dir == "" {
		if out, err := exec.Command("go", "mod", "download", module).CombinedOutput(); err != nil {
			t.Fatalf("go mod download: %v: %s", err, out)
		}
		out, err = exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
		dir = strings.TrimSpace(string(out))
	}
	if err != nil || dir == "" {
		t.Fatalf("where is %s: %q, %v", module, dir, err)
	}
	return dir
}

// suite reads one file of scenarios.
func suite(t *testing.T, file string) []scenario {
	t.Helper()
	f, err := os.Open(filepath.Join(moduleDir(t, "blitiri.com.ar/go/spf"), "testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []scenario
	for d := yaml.NewDecoder(f); ; {
		var s scenario
		err := d.Decode(&s)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s, document %d: %s", file, len(all)+1, yaml.FormatError(err, false, true))
		}
		if len(s.Tests) > 0 {
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s holds no scenario", file)
	}
	return all
}

// zone answers from the data of one scenario.
type zone map[string][]map[string]any

// newZone reads names without case, as DNS does.
func newZone(s scenario) zone {
	z := zone{}
	for name, records := range s.ZoneData {
		z[strings.ToLower(name)] = records
	}
	return z
}

// Exchange answers one question. A record of type SPF stands for a TXT record
// too, unless the name has TXT records of its own; "TXT: NONE" says that it has
// none. A name that times out still has the records that are listed.
func (z zone) Exchange(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
	m := new(dns.Msg).SetReply(q)
	asked := q.Question[0]
	records, ok := z[strings.ToLower(unescaped(strings.TrimSuffix(asked.Name, ".")))]
	if !ok {
		m.Rcode = dns.RcodeNameError
		return m, nil
	}
	fails, ownTXT := false, false
	for _, r := range records {
		fails = fails || r["TIMEOUT"] == true || r["SERVFAIL"] == true || r["CNAMELOOP"] == true
		ownTXT = ownTXT || r["TXT"] != nil
	}
	for _, r := range records {
		for kind, v := range r {
			if rr := z.record(asked, kind, v, ownTXT); rr != nil {
				m.Answer = append(m.Answer, rr)
			}
		}
	}
	if len(m.Answer) == 0 && fails {
		m.Rcode = dns.RcodeServerFailure
	}
	return m, nil
}

// record makes one record, if it answers the question.
func (z zone) record(asked dns.Question, kind string, v any, ownTXT bool) dns.RR {
	if kind == "SPF" && !ownTXT {
		kind = "TXT"
	}
	h := dns.RR_Header{Name: asked.Name, Rrtype: dns.StringToType[kind], Class: dns.ClassINET, Ttl: 60}
	if h.Rrtype != asked.Qtype && kind != "CNAME" {
		return nil
	}
	values := list(v)
	switch kind {
	case "A", "AAAA":
		rr, err := dns.NewRR(asked.Name + " 60 IN " + kind + " " + values[0])
		if err != nil {
			panic(err)
		}
		return rr
	case "TXT":
		if values[0] == "NONE" {
			return nil
		}
		for i := range values {
			values[i] = escaped(values[i])
		}
		return &dns.TXT{Hdr: h, Txt: values}
	case "MX":
		pair := v.([]any)
		return &dns.MX{Hdr: h, Mx: dns.Fqdn(pair[1].(string))}
	case "PTR":
		return &dns.PTR{Hdr: h, Ptr: dns.Fqdn(values[0])}
	case "CNAME":
		return &dns.CNAME{Hdr: h, Target: dns.Fqdn(values[0])}
	}
	return nil
}

// escaped writes text in the presentation format of a TXT record.
func escaped(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}

// unescaped undoes the backslashes of a name in presentation format.
func unescaped(s string) string { return strings.ReplaceAll(s, `\`, "") }
