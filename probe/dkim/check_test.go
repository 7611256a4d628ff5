package dkim

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

// rsaKey makes a public key of some length, as base64.
func rsaKey(t testing.TB, bits int) (spki, bare string) {
	t.Helper()
	t.Setenv("GODEBUG", "rsa1024min=0")
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(der), base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&k.PublicKey))
}

// records writes TXT records in strings of at most 250 octets.
func records(name string, texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		fmt.Fprintf(&b, "%s 60 IN TXT", name)
		for chunk := range slices.Chunk([]byte(text), 250) {
			fmt.Fprintf(&b, " %q", strings.ReplaceAll(string(chunk), ";", `\;`))
		}
		b.WriteByte('\n')
	}
	return strings.ReplaceAll(b.String(), `\\;`, `\;`)
}

// codes is the findings, each with its severity.
func codes(fs []fact.Finding) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = string(f.Code) + " " + string(f.Severity)
	}
	return out
}

func TestKeyIsJudged(t *testing.T) {
	good, bare := rsaKey(t, 2048)
	short, _ := rsaKey(t, 1024)
	tiny, _ := rsaKey(t, 768)
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ed := base64.StdEncoding.EncodeToString(public)
	long := base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(3), 4998), E: 65537}))
	for _, tc := range []struct {
		name     string
		texts    []string
		status   fact.Status
		bits     int
		findings []string
	}{
		{"absent", nil, fact.None, 0, []string{"dkim-missing warning"}},
		{"others", []string{"some token"}, fact.None, 0, []string{"dkim-missing warning"}},
		{"good", []string{"v=DKIM1; k=rsa; p=" + good}, fact.Pass, 2048, nil},
		{"without version", []string{"p=" + good}, fact.Pass, 2048, nil},
		{"bare", []string{"v=DKIM1; p=" + bare}, fact.Pass, 2048, nil},
		{"spaces inside", []string{"v=DKIM1; p=" + good[:40] + " " + good[40:] + ";"}, fact.Pass, 2048, nil},
		{"ed25519", []string{"v=DKIM1; k=ed25519; p=" + ed}, fact.Pass, 256, nil},
		{"beside", []string{"some token", "v=DKIM1; p=" + good}, fact.Pass, 2048, nil},
		{"1024", []string{"v=DKIM1; p=" + short}, fact.Pass, 1024, []string{"dkim-key-short warning"}},
		{"768", []string{"v=DKIM1; p=" + tiny}, fact.Fail, 768, []string{"dkim-key-too-short warning"}},
		{"5000", []string{"v=DKIM1; p=" + long}, fact.Pass, 5000, []string{"dkim-key-long warning"}},
		{"several", []string{"v=DKIM1; p=" + good, "v=DKIM1; p=" + short}, fact.Fail, 0, []string{"dkim-multiple warning"}},
		{"revoked", []string{"v=DKIM1; p="}, fact.Fail, 0, []string{"dkim-revoked warning"}},
		{"no p", []string{"v=DKIM1; k=rsa"}, fact.Fail, 0, []string{"dkim-syntax warning"}},
		{"test mode", []string{"v=DKIM1; t=y:s; p=" + good}, fact.Pass, 2048, []string{"dkim-testing info"}},
		{"sha1", []string{"v=DKIM1; h=sha1; p=" + good}, fact.Fail, 2048, []string{"dkim-syntax warning"}},
		{"both hashes", []string{"v=DKIM1; h=sha1:sha256; s=email; p=" + good}, fact.Pass, 2048, nil},
		{"not for mail", []string{"v=DKIM1; s=tlsrpt; p=" + good}, fact.Fail, 2048, []string{"dkim-syntax warning"}},
		{"unknown type", []string{"v=DKIM1; k=ecdsa; p=" + good}, fact.Fail, 0, []string{"dkim-syntax warning"}},
		{"version late", []string{"k=rsa; v=DKIM1; p=" + good}, fact.Fail, 2048, []string{"dkim-syntax warning"}},
		{"version wrong", []string{"v=DKIM2; p=" + good}, fact.Fail, 2048, []string{"dkim-syntax warning"}},
		{"cut off", []string{"v=DKIM1; p=" + good[:240]}, fact.Fail, 0, []string{"dkim-syntax warning"}},
		{"no padding", []string{"v=DKIM1; p=" + good[:239]}, fact.Fail, 0, []string{"dkim-syntax warning"}},
		{"ed25519 with its type around it", []string{"v=DKIM1; k=ed25519; p=MCowBQYDK2VwAyEA" + ed}, fact.Fail, 0, []string{"dkim-syntax warning"}},
		{"twice", []string{"v=DKIM1; p=" + good + "; p=" + short}, fact.Fail, 2048, []string{"dkim-syntax warning"}},
		{"unknown tag and flag", []string{"v=DKIM1; g=*; t=x; n=note; p=" + good}, fact.Pass, 2048, []string{"dkim-style info"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			z := dnsqtest.New(t, "x.test. 60 IN MX 10 mx.x.test.\n"+records("s1._domainkey.x.test.", tc.texts...))
			r := Check(t.Context(), z, "x.test.", "S1")
			if r.Status != tc.status || r.Bits != tc.bits {
				t.Errorf("status %s, %d bits, problems %v", r.Status, r.Bits, r.Problems)
			}
			if d := cmp.Diff(tc.findings, codes(r.Findings())); d != "" && len(tc.findings)+len(r.Findings()) > 0 {
				t.Errorf("findings: %s", d)
			}
		})
	}
}

func TestMistakesAreToldWithTheirPlace(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"v=DKIM1; p=AA*A", "octet 14: the key is no base64 from here on; part of it may be missing"},
		{"v=DKIM1; p=A A*AA", "octet 15: the key is no base64 from here on; part of it may be missing"},
		{"v=DKIM1; p=AAAAAAA", "octet 16: the key is no base64 from here on; part of it may be missing"},
		{"v=DKIM1; p=AAAA", "octet 12: it holds no RSA key; part of it may be missing"},
		{"v=DKIM1; k=ed25519; p=AAAA", "octet 23: an Ed25519 key has 32 octets, and this one 3"},
		{`v=DKIM1\; p=AAAA`, `octet 8: a backslash stands here; in most zone editors ";" is written without one`},
		{"v=DKIM1; k=rsa", `it has no "p" and so no key`},
	} {
		_, ps := Parse(tc.in)
		if len(ps) == 0 || ps[0].String() != tc.want {
			t.Errorf("%q: %v", tc.in, ps)
		}
	}
}

func TestResolverTroubleIsNoVerdict(t *testing.T) {
	z := dnsqtest.New(t, "")
	z.Rcode["a._domainkey.x.test. TXT"] = dns.RcodeServerFailure
	r := Check(t.Context(), z, "x.test", "a")
	if r.Status != fact.Error || r.Failure.Reason != fact.DNSServfail {
		t.Errorf("status %s, failure %v", r.Status, r.Failure)
	}
	if got := codes(r.Findings()); !slices.Equal(got, []string{"dkim-lookup-failed warning"}) {
		t.Errorf("findings %q", got)
	}
	r.Failure.Reason = fact.LocalResolver
	if got := r.Findings(); len(got) > 0 {
		t.Errorf("our own trouble was told as the domain's: %v", got)
	}
}

func TestAliasIsFollowedAndNoted(t *testing.T) {
	z := dnsqtest.New(t, "a._domainkey.x.test. 60 IN CNAME a.keys.host.test.\n"+records("a.keys.host.test.", "v=DKIM1; p="))
	r := Check(t.Context(), z, "x.test", "a")
	if !r.Revoked || !slices.Equal(r.Aliases, []string{"a.keys.host.test"}) {
		t.Errorf("revoked %v, aliases %v", r.Revoked, r.Aliases)
	}
}

func TestOneCodeIsToldOnceForAllSelectors(t *testing.T) {
	z := dnsqtest.New(t, records("b._domainkey.x.test.", "v=DKIM1; p="))
	var rs []*Result
	for _, s := range []string{"a", "b", "c.d"} {
		rs = append(rs, Check(t.Context(), z, "x.test", s))
	}
	want := []fact.Finding{
		{Check: "dkim", Code: CodeMissing, Severity: fact.Warning, Detail: "a: a._domainkey.x.test has no key; c.d: c.d._domainkey.x.test has no key"},
		{Check: "dkim", Code: CodeRevoked, Severity: fact.Warning, Detail: `b: its "p" is empty`},
	}
	if d := cmp.Diff(want, Findings(rs)); d != "" {
		t.Error(d)
	}
}

func TestEveryCodeIsExplained(t *testing.T) {
	seen := map[fact.Code]bool{}
	for _, d := range Docs() {
		if seen[d.Code] || d.Check != CheckName || d.Meaning == "" || d.Effect == "" || d.Mend == "" || !strings.HasPrefix(string(d.Code), "dkim-") {
			t.Errorf("%+v", d)
		}
		seen[d.Code] = true
	}
	for _, c := range []fact.Code{CodeMissing, CodeMultiple, CodeRevoked, CodeSyntax, CodeKeyTooShort, CodeKeyShort, CodeKeyLong, CodeTesting, CodeStyle, CodeLookupFailed} {
		if !seen[c] {
			t.Errorf("%s has no row", c)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"v=DKIM1; k=rsa; p=", "v=DKIM1; k=ed25519; t=y:s; h=sha256; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "p=A A;n=x", ";=;p"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, ps := Parse(s)
		for _, p := range ps {
			if p.Column < 0 || p.Column > len(s)+1 {
				t.Fatalf("octet %d of %d: %v", p.Column, len(s), p)
			}
			if fatal(p.Kind) {
				return
			}
		}
		again, ps := Parse(k.String())
		if d := cmp.Diff(k, again, cmp.Transformer("list", func(l []string) string { return strings.Join(l, ":") })); d != "" {
			t.Fatalf("%q became %q with %v: %s", s, k.String(), ps, d)
		}
	})
}
