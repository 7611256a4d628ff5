package smtp_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"mx_exporter/probe/smtp"
	"mx_exporter/probe/talk/talktest"
)

// secretsOf are those that a script's options name.
func secretsOf(s talktest.Script) (secrets []string) {
	for _, o := range s.Options {
		words := strings.Fields(o.Rest)
		if words[0] == "password" || words[0] == "token" {
			secrets = append(secrets, words[2])
		}
	}
	return secrets
}

// noSecrets looks for secrets, in the forms in which they might stand in it, in
// all that a dialogue says.
func noSecrets(t testing.TB, d *smtp.Dialogue, secrets []string) {
	t.Helper()
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	// JSON and people see the same: an escaped <, > or & must not hide anything.
	text := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(b))
	for _, s := range secrets {
		if found := leak(text, s); found != "" {
			t.Errorf("a secret is in …%s…", found)
		}
	}
}

func leak(text, secret string) string {
	low := strings.ToLower(text)
	forms := []string{secret, hex.EncodeToString([]byte(secret)), url.QueryEscape(secret)}
	for shift := range 3 {
		s := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + secret))
		forms = append(forms, s[4:len(s)-4])
	}
	for _, f := range forms {
		if i := strings.Index(low, strings.ToLower(f)); i >= 0 {
			return text[max(0, i-60):min(len(text), i+60)]
		}
	}
	return ""
}

// The search is worth something only if it finds.
func TestTheSearchForSecretsFinds(t *testing.T) {
	const secret = "canary-Secret.1"
	for _, text := range []string{
		secret, strings.ToUpper(secret), "x" + base64.StdEncoding.EncodeToString([]byte("\x00u\x00"+secret)),
		base64.StdEncoding.EncodeToString([]byte("ab" + secret + "c")), hex.EncodeToString([]byte(secret)),
	} {
		if leak(text, secret) == "" {
			t.Errorf("not found in %q", text)
		}
	}
	if leak("AUTH PLAIN <hidden>", secret) != "" {
		t.Error("found where it is not")
	}
}
