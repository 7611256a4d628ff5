package cert

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"sync"
	"testing"
	"time"

	"mx_exporter/probe/cert/certtest"
)

func factsOf(t *testing.T, c tls.Certificate) *Facts {
	t.Helper()
	var chain []*x509.Certificate
	for _, der := range c.Certificate {
		p, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		chain = append(chain, p)
	}
	return Inspect(tls.ConnectionState{PeerCertificates: chain})
}

func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

func TestVerifierAgreesWithVerify(t *testing.T) {
	ca := certtest.NewCA(t)
	v := NewVerifier(ca.Pool(), 4)
	from, until := noon(), noon().Add(30*time.Minute)
	f := factsOf(t, ca.Issue(t, []string{"mx.example.test"}, certtest.Valid(from, until)))
	for _, host := range []string{"mx.example.test", "other.example.test", "mx.example.test"} {
		for _, at := range []time.Time{
			from.Add(-time.Second), from, from.Add(time.Minute), until, until.Add(time.Second), from, from.Add(-time.Hour),
		} {
			if got, want := v.Verify(f, host, at), f.Verify(host, ca.Pool(), at); got != want {
				t.Errorf("%s at %v: %+v, want %+v", host, at, got, want)
			}
		}
	}
}

func TestVerifierRemembers(t *testing.T) {
	ca := certtest.NewCA(t)
	v := NewVerifier(ca.Pool(), 4)
	f := factsOf(t, ca.Issue(t, []string{"mx.example.test"}))
	v.Verify(f, "mx.example.test", noon())
	// With the chain gone only a remembered verdict can be good.
	f.raw = nil
	if got := v.Verify(f, "mx.example.test", noon().Add(time.Minute)); !got.OK {
		t.Errorf("not remembered: %+v", got)
	}
	if got := v.Verify(f, "mx.example.test", noon().Add(maxAge)); got.OK {
		t.Error("remembered for too long")
	}
}

func TestVerifierIsBounded(t *testing.T) {
	ca := certtest.NewCA(t)
	f := factsOf(t, ca.Issue(t, []string{"mx.example.test"}))
	v := NewVerifier(ca.Pool(), 4)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() { v.Verify(f, fmt.Sprintf("mx%d.example.test", i), noon()) })
	}
	wg.Wait()
	if len(v.known) != 4 {
		t.Errorf("%d verdicts kept, want 4", len(v.known))
	}
	none := NewVerifier(ca.Pool(), 0)
	if !none.Verify(f, "mx.example.test", noon()).OK || len(none.known) != 0 {
		t.Error("a verifier without memory remembers or refuses")
	}
}

// L4: clean text prints, is valid, and is cut at a whole character.
func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"mx.example.test": "mx.example.test",
		"a\x00b\x1b":      "a\ufffdb\ufffd",
		"\xff\xfe":        "\ufffd\ufffd",
		"a\u202eb":        "a\ufffdb",
		"ääääää":          "äääää",
	} {
		if got := clean(in, 11); got != want && len(want) <= 11 || len(got) > 11 {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("mx.example.test", 10)
	f.Add("\xff\u202e\x00ä", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		got := clean(s, limit)
		if len(got) > max(0, limit) {
			t.Errorf("%d octets, want at most %d", len(got), limit)
		}
		if clean(got, limit) != got {
			t.Errorf("%q is not clean yet", got)
		}
	})
}
