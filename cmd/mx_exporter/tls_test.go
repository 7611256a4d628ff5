package main

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writePair writes the certificate and the key of a test server, and the
// certificate once more as that of its authority.
func writePair(t *testing.T, dir string, s *httptest.Server) {
	t.Helper()
	pair := s.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: pair.Certificate[0]},
		"ca.pem":   {Type: "CERTIFICATE", Bytes: pair.Certificate[0]},
		"key.pem":  {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(&block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// The exporter-toolkit's web configuration gives TLS and basic authentication.
func TestTheWebConfigurationGivesTLSAndAuthentication(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	defer s.Close()
	dir := t.TempDir()
	writePair(t, dir, s)
	file := filepath.Join(dir, "web.yml")
	// The password is "open sesame", at bcrypt's least cost.
	text := "tls_server_config: {cert_file: cert.pem, key_file: key.pem}\nbasic_auth_users: {ali: $2a$04$AghYPN1Gz0CJLj.PViTtDe7EnaVWeAZYCLuQ/Elx1XadNQGmfkNw.}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}

	e := serving(t, "--web.config.file="+file)
	url := strings.Replace(e.url, "http://", "https://", 1) + "/probe?target=satisfactory.example"
	for _, c := range []struct {
		password string
		code     int
	}{{"open sesame", 200}, {"open barley", 401}} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth("ali", c.password)
		answer, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != c.code {
			t.Errorf("%q is answered %d, want %d", c.password, answer.StatusCode, c.code)
		}
	}
	s.Client().CloseIdleConnections()
	if code := e.end(); code != exitOK {
		t.Errorf("exit code %d, want 0", code)
	}
}
