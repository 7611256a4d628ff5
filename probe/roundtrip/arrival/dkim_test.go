package arrival

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

func signed(t testing.TB, raw string, key ed25519.PrivateKey, domain string) string {
	t.Helper()
	var b bytes.Buffer
	err := dkim.Sign(&b, strings.NewReader(raw), &dkim.SignOptions{Domain: domain, Selector: "s1", Signer: key, HeaderKeys: []string{"From", "To", "Subject"}})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSignaturesAreVerifiedForWhatArrived(t *testing.T) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	public := base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	z := dnsqtest.New(t, fmt.Sprintf(`
s1._domainkey.example.net. 60 IN TXT "v=DKIM1; k=ed25519; p=%s"
s1._domainkey.revoked.test. 60 IN TXT "v=DKIM1; k=ed25519; p="
`, public))
	raw := roundTrip(t, 0, false)
	good := signed(t, raw, key, "example.net")
	for _, tt := range []struct {
		name, raw string
		want      []fact.Status
	}{
		{"not signed", raw, nil},
		{"signed", good, []fact.Status{fact.Pass}},
		{"with the line ends of a disk", strings.ReplaceAll(good, "\r\n", "\n"), []fact.Status{fact.Pass}},
		{"a line was added", good + "A footer\r\n", []fact.Status{fact.Fail}},
		{"no key", signed(t, raw, key, "nokey.test"), []fact.Status{fact.Fail}},
		{"a key that was revoked", signed(t, raw, key, "revoked.test"), []fact.Status{fact.Fail}},
		{"two signatures", signed(t, good, key, "nokey.test"), []fact.Status{fact.Fail, fact.Pass}},
		{"a signature of nothing", "DKIM-Signature: x\r\n" + raw, []fact.Status{fact.Fail}},
		{"no message", "DKIM-Signature", nil},
	} {
		var got []fact.Status
		for _, s := range VerifyDKIM(t.Context(), z, []byte(tt.raw)) {
			got = append(got, s.Status)
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	many := raw
	for range 2 * maxSignatures {
		many = signed(t, many, key, "example.net")
	}
	if got := VerifyDKIM(t.Context(), z, []byte(many)); len(got) != maxSignatures {
		t.Errorf("%d of ten signatures, want %d", len(got), maxSignatures)
	}
}

// A resolver that does not answer says nothing about the signature.
func TestKeyThatCannotBeLookedUpIsNoFault(t *testing.T) {
	z := dnsqtest.New(t, "")
	z.Rcode["s1._domainkey.example.net. TXT"] = 2
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	got := VerifyDKIM(t.Context(), z, []byte(signed(t, roundTrip(t, 0, false), key, "example.net")))
	if len(got) != 1 || got[0].Status != fact.Error {
		t.Errorf("signatures %+v", got)
	}
}

func FuzzVerifyDKIM(f *testing.F) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	z := dnsqtest.New(f, "s1._domainkey.example.net. 60 IN TXT \"v=DKIM1; k=ed25519; p="+
		base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))+"\"")
	one := signed(f, roundTrip(f, 0, false), key, "example.net")
	f.Add([]byte(one))
	f.Add([]byte(signed(f, one, key, "example.net")))
	f.Add([]byte("DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=s1; h=from; bh=; b=\r\nFrom: a\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if got := VerifyDKIM(t.Context(), z, raw); len(got) > maxSignatures {
			t.Errorf("%d signatures", len(got))
		}
	})
}
