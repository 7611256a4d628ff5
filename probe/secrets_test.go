package probe

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx_exporter/config"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

func secretFile(t *testing.T, text string) config.SecretFile {
	t.Helper()
	f := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(f, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.SecretFile(f)
}

// Tokens are fetched with the client's own secret, kept until one is refused, and
// shared by all probes.
func TestTokensAreFetchedOnceAndForgottenWhenRefused(t *testing.T) {
	asked := 0
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.FormValue("client_secret") != "client-secret" || r.FormValue("scope") != "mail" {
			t.Errorf("asked with %v", r.Form)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"bearer","expires_in":3600}`, asked)
	}))
	defer endpoint.Close()
	m := config.DefaultModule(config.ProberIMAP)
	m.Server, m.Username = "imap.example.org", "probe"
	m.OAuth2 = config.OAuth2{TokenURL: endpoint.URL, ClientID: "monitor", ClientSecretFile: secretFile(t, "client-secret"), Scopes: []string{"mail"}}
	e := &Env{DNS: dnsqtest.New(t, "example.org. IN A 192.0.2.1")}
	e.begin()
	r := &run{env: e, module: m, logins: newSequence()}
	for i, want := range []string{"token-1", "token-1", "token-2"} {
		who, err := e.credentials(m)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := who.Token(t.Context()); err != nil || got != want || who.Password != nil {
			t.Errorf("login %d has %q, %v, want %s", i+1, got, err, want)
		}
		if i == 1 {
			r.learnLogin(who, false, &fact.Failure{Stage: fact.Login, Reason: fact.LoginFailed})
		}
	}
}

func TestAPasswordIsReadAtEachLogin(t *testing.T) {
	for name, of := range map[string]func(*config.Module, config.SecretFile){
		"password": func(m *config.Module, f config.SecretFile) { m.PasswordFile = f },
		"token":    func(m *config.Module, f config.SecretFile) { m.TokenFile = f },
	} {
		t.Run(name, func(t *testing.T) {
			e, m, f := &Env{}, config.DefaultModule(config.ProberIMAP), secretFile(t, "first")
			e.begin()
			of(&m, f)
			before, err := e.credentials(m)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(string(f), []byte("second\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			after, err := e.credentials(m)
			if err != nil || before.stamp == after.stamp || before.stamp == 0 {
				t.Errorf("%v; the stamps are %d and %d", err, before.stamp, after.stamp)
			}
			if err := os.Remove(string(f)); err != nil {
				t.Fatal(err)
			}
			if _, err := e.credentials(m); err == nil || !strings.Contains(err.Error(), "no such file") {
				t.Errorf("a secret that is gone: %v", err)
			}
		})
	}
}

// A name that needs no resolver is not asked for.
func TestAddressesOfThisMachineAreKnown(t *testing.T) {
	for host, want := range map[string]string{
		"localhost": "[127.0.0.1 ::1]", "192.0.2.1": "[192.0.2.1]", "2001:db8::1": "[2001:db8::1]", "imap.example.org": "[]",
	} {
		if got := fmt.Sprint(ownAddresses(host)); got != want {
			t.Errorf("%s has %s, want %s", host, got, want)
		}
	}
}
