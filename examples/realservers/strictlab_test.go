//go:build real

package realservers

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"

	"mx_exporter/examples/realservers/server"
)

// Where the validating resolver and the signed zones are; posttls-finger knows no
// other port of a resolver's than 53.
const (
	validatorAddress = "127.77.0.3"
	signedAddress    = "127.77.0.4"
	dnsPort          = 53
)

// strictLab is a lab whose names are signed from the root down, and in which
// Postfix's posttls-finger judges beside the exporter.
type strictLab struct {
	*lab
	finger       *server.Finger
	certificates map[string]server.Certificate // of each host, by its name
}

func newStrictLab(t *testing.T) *strictLab {
	t.Helper()
	dir := server.Folder(t, "strict")
	l := &strictLab{
		lab:          &lab{port: server.Port(t), resolver: server.At(validatorAddress, dnsPort)},
		certificates: map[string]server.Certificate{},
	}
	l.authority = server.NewAuthority(t, dir)
	for _, domain := range strings.Fields("good single rolled authority unsigned") {
		l.certify(t, dir, "mx."+domain+".test", 12*time.Hour)
	}
	for _, domain := range strings.Fields("lapsed expired bound") {
		l.certify(t, dir, "mx."+domain+".test", -time.Hour)
	}
	for _, host := range strings.Fields("mx.sts.test new.sts.test mta-sts.sts.test mx.moved.test mta-sts.moved.test") {
		l.certify(t, dir, host, 12*time.Hour)
	}
	l.resolve(t)
	server.StartPolicyHost(t, server.PolicyHost{
		Address:      "127.77.6.10", // as test.zone has it
		Policy:       read(t, "testdata/strict/mta-sts.txt"),
		Certificates: []server.Certificate{l.certificates["mta-sts.sts.test"], l.certificates["mta-sts.moved.test"]},
	})
	l.finger = server.NewFinger(t, validatorAddress, l.authority.File)
	l.exporter = server.StartExporter(t, fill(t, "testdata/strict/mx_exporter.yml", map[string]string{
		"PORT":      strconv.Itoa(l.port),
		"RESOLVER":  strconv.Quote(l.resolver),
		"AUTHORITY": strconv.Quote(l.authority.File),
	}))
	return l
}

// certify gives a host a certificate that ends in so long, or ended so long ago.
func (l *strictLab) certify(t *testing.T, dir, host string, left time.Duration) {
	t.Helper()
	l.certificates[host] = l.authority.IssueUntil(t, dir, "root", host, time.Now().Add(left))
}

// resolve signs the zones and starts NSD with them and Unbound before it.
func (l *strictLab) resolve(t *testing.T) {
	t.Helper()
	unsigned := l.zone(t, "below.zone", zone{Address: "127.77.6.12"})
	bogus := server.Sign(t, "bogus.test", l.zone(t, "below.zone", zone{Address: "127.77.6.13"}))
	another := server.Sign(t, "bogus.test", l.zone(t, "below.zone", zone{Address: "127.77.6.13"}))
	test := server.Sign(t, "test", l.zone(t, "test.zone", zone{DS: another.DS}))
	root := server.Sign(t, ".", l.zone(t, "root.zone", zone{DS: test.DS}))
	server.StartNSD(t, signedAddress, dnsPort, map[string]string{
		".": root.Zone, "test": test.Zone, "bogus.test": bogus.Zone, "unsigned.test": unsigned,
	})
	server.StartUnbound(t, validatorAddress, dnsPort, signedAddress+"@"+strconv.Itoa(dnsPort), root.Key)
}

// zone is what the text of a zone is filled in with.
type zone struct {
	Port    int
	Address string // of the zone's MX host
	DS      string // of a zone below
}

func (l *strictLab) zone(t *testing.T, file string, z zone) string {
	t.Helper()
	z.Port = l.port
	digest := func(key []byte) string {
		sum := sha256.Sum256(key)
		return hex.EncodeToString(sum[:])
	}
	functions := template.FuncMap{
		"key":       func(host string) string { return digest(l.certificates[host].PublicKey) },
		"authority": func() string { return digest(l.authority.PublicKey()) },
		"next":      func() string { return digest([]byte(rand.Text())) },
	}
	var text bytes.Buffer
	tmpl, err := template.New(file).Funcs(functions).ParseFiles(filepath.Join("testdata", "strict", file))
	if err != nil {
		t.Fatal(err)
	}
	if err := tmpl.Execute(&text, z); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// postfix starts a Postfix that shows the certificate of its host.
func (l *strictLab) postfix(t *testing.T, host, domain string) *server.Process {
	t.Helper()
	c, ok := l.certificates[host]
	if !ok {
		t.Fatalf("%s has no certificate", host)
	}
	return l.postfixShowing(t, host, domain, c)
}

func (l *strictLab) postfixShowing(t *testing.T, host, domain string, c server.Certificate) *server.Process {
	t.Helper()
	return server.StartPostfix(t, server.Postfix{
		Host: host, Domain: domain, Listen: l.at(t, host), Authority: l.authority, Shows: &c,
	})
}
