package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	promconfig "github.com/prometheus/common/config"
)

// writePair writes a certificate that signs itself, once as an authority and
// once with its key.
func writePair(t *testing.T, dir, ca, cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	c := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	p := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	if err := errors.Join(
		os.WriteFile(filepath.Join(dir, ca), c, 0o600),
		os.WriteFile(filepath.Join(dir, cert), c, 0o600),
		os.WriteFile(filepath.Join(dir, key), p, 0o600),
	); err != nil {
		t.Fatal(err)
	}
}

func tlsFile(section string) []byte {
	return []byte("modules:\n  mx:\n    smtp:\n      tls: {" + section + "}\n")
}

// Row C2: files are taken from the directory of the configuration, and what is
// loaded is what Prometheus's own type can use.
func TestFilesOfTLSAreTakenFromTheDirectory(t *testing.T) {
	dir := t.TempDir()
	writePair(t, dir, "ca.pem", "client.pem", "client.key")
	c, err := Parse(tlsFile("ca_file: ca.pem, cert_file: client.pem, key_file: client.key"), dir)
	if err != nil {
		t.Fatal(err)
	}
	section := c.Modules["mx"].SMTP.TLS
	if section.KeyFile != filepath.Join(dir, "client.key") || len(c.Warnings) != 0 {
		t.Errorf("%+v, warnings %v", section, c.Warnings)
	}
	if _, err := promconfig.NewTLSConfig(&section); err != nil {
		t.Error(err)
	}
}

// Row C2: faults of a key are told at its place; that anybody may read it is a
// warning.
func TestFaultsOfKeyFiles(t *testing.T) {
	dir := t.TempDir()
	writePair(t, dir, "ca.pem", "client.pem", "client.key")
	writePair(t, dir, "other.pem", "other.pem", "other.key")
	if err := errors.Join(
		os.WriteFile(filepath.Join(dir, "empty"), nil, 0o600),
		os.Chmod(filepath.Join(dir, "other.key"), 0o644),
	); err != nil {
		t.Fatal(err)
	}
	_, err := Parse(tlsFile("cert_file: client.pem, key_file: empty"), dir)
	if !errors.Is(err, ErrEmpty) || !strings.HasPrefix(err.Error(), "4:46: modules.mx.smtp.tls.key_file: ") {
		t.Errorf("empty key: %v", err)
	}
	_, err = Parse(tlsFile("cert_file: client.pem, key_file: other.key"), dir)
	if err == nil || !strings.HasPrefix(err.Error(), "4:24: modules.mx.smtp.tls.cert_file: the certificate and its key cannot be used: ") {
		t.Errorf("key of another certificate: %v", err)
	}
	c, err := Parse(tlsFile("cert_file: other.pem, key_file: other.key"), dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) != 1 || !errors.Is(c.Warnings[0], ErrWorldReadable) || c.Warnings[0].Path != "modules.mx.smtp.tls.key_file" {
		t.Errorf("warnings %v", c.Warnings)
	}
}

// Row C3: an inline key works, and is neither shown nor taken back in its mask.
func TestInlineKeyIsTakenAndNotShown(t *testing.T) {
	dir := t.TempDir()
	writePair(t, dir, "ca.pem", "client.pem", "client.key")
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	key := read("client.key")
	file := tlsFile(fmt.Sprintf("ca: %q, cert: %q, key: %q", read("ca.pem"), read("client.pem"), key))
	c, err := Parse(file, "")
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.Split(key, "\n")[1]
	for way, text := range printed(t, c) {
		if strings.Contains(text, secret) {
			t.Errorf("%s shows the key", way)
		}
	}
	roundTrip(t, c)
	for i := range file {
		// Whatever is lost of the file, no error repeats the key.
		if _, err := Parse(append(file[:i:i], file[i+1:]...), ""); err != nil && strings.Contains(err.Error(), secret[:20]) {
			t.Fatalf("without byte %d: %v", i, err)
		}
	}
}
