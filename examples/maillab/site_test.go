package maillab

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// oneSite is a scenario of one web server, with the lines given in its section.
func oneSite(lines string) string {
	return oneServer("") + "\n-- https mta-sts --\nlisten: 192.0.2.26:443\n" + lines
}

// answer is what a site said.
type answer struct{ status, contentType, body string }

// askSite sends a request over TLS.
func askSite(t *testing.T, l *Lab, name, request string) answer {
	t.Helper()
	raw, err := l.Net.DialContext(t.Context(), "tcp", "192.0.2.26:443")
	if err != nil {
		t.Fatal(err)
	}
	c := tls.Client(raw, &tls.Config{ServerName: name, RootCAs: l.Roots()})
	defer raw.Close()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.Status, resp.Header.Get("Content-Type"), string(body)}
}

func request(change ...string) string {
	text := "GET " + PolicyPath + " HTTP/1.1\r\nHost: mta-sts.one.test\r\nAccept-Encoding: identity\r\n\r\n"
	return strings.NewReplacer(change...).Replace(text)
}

func TestSiteServesWhatItsScenarioSays(t *testing.T) {
	for _, c := range []struct {
		name, lines string
		want        answer
	}{
		{"lines", "line: version: STSv1\nline: a\n", answer{"200 OK", "text/plain", "version: STSv1\r\na\r\n"}},
		{"body", `body: "a\n"` + "\nrepeat: 3\n", answer{"200 OK", "text/plain", "a\na\na\n"}},
		{"status", "status: 404\nheader: Content-Type: text/html\n", answer{"404 Not Found", "text/html", ""}},
		{"no content", "status: 204\n", answer{"204 No Content", "text/plain", ""}},
		{"redirect", "redirect: https://www.one.test/\n", answer{"301 Moved Permanently", "text/plain", ""}},
		{"raw", `raw: "HTTP/1.1 299 odd\r\nContent-Type: x\r\nContent-Length: 2\r\n\r\nab"` + "\n", answer{"299 odd", "x", "ab"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := lab(t, oneSite(c.lines))
			if got := askSite(t, l, "mta-sts.one.test", request()); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if v := l.Violations(); len(v) > 0 {
				t.Errorf("violations %q", v)
			}
		})
	}
}

func TestSiteHoldsItsClientToTheRules(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"method", "GET", "HEAD", "used the method HEAD"},
		{"path", PolicyPath, "/", `asked for "/"`},
		{"query", PolicyPath, PolicyPath + "?x", "asked for"},
		{"host", "mta-sts.one.test", "one.test", `named the host "one.test"`},
		{"encoding", "identity", "gzip", `accepts the encoding "gzip"`},
		{"cookie", "Accept-Encoding: identity", "Cookie: a=b", "told more than it was asked"},
		{"body", "Accept-Encoding: identity", "Content-Length: 0\r\nTransfer-Encoding: chunked", "sent a body"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := lab(t, oneSite("line: a\n"))
			askSite(t, l, "mta-sts.one.test", request(c.from, c.to))
			if v := strings.Join(l.Violations(), "\n"); !strings.Contains(v, "https mta-sts.one.test: the client "+c.want) {
				t.Errorf("violations %q, want %q", v, c.want)
			}
		})
	}
}

func TestSiteCanBeStoppedAndChanged(t *testing.T) {
	l := lab(t, oneSite("line: a\n"))
	s := l.Site("mta-sts.one.test")
	s.SetBody("b")
	if got := askSite(t, l, s.Name, request()); got.body != "b" {
		t.Errorf("got %+v", got)
	}
	if rs := s.Requests(); len(rs) != 1 || rs[0].SNI != s.Name || rs[0].Target != PolicyPath {
		t.Errorf("requests %+v", rs)
	}
	for range 2 {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	}
	if dialing(t, l.Net, "192.0.2.26:443") == nil {
		t.Error("a stopped site takes connections")
	}
	for range 2 {
		if err := s.Start(); err != nil {
			t.Error(err)
		}
	}
	if got := askSite(t, l, s.Name, request()); got.body != "b" {
		t.Errorf("got %+v", got)
	}
	if l.Site("nowhere.test") != nil {
		t.Error("nowhere.test is a site")
	}
}

func TestTLSARecordsTakeTheirDataFromServers(t *testing.T) {
	text := strings.Replace(oneServer(""), "-- zone --\n", `-- zone --
_25._tcp.mx1 TLSA 3 1 1 @mx1
_25._tcp.mx1 TLSA 3 0 0 @mx1.one.test.
_25._tcp.mx1 TLSA 2 0 2 @mx1
_25._tcp.mx1 TLSA 3 1 1 00ff
`, 1)
	l := lab(t, text)
	cert, err := l.Server("mx1.one.test").cert()
	if err != nil {
		t.Fatal(err)
	}
	key := sha256.Sum256(cert.Leaf.RawSubjectPublicKeyInfo)
	want := []string{
		hex.EncodeToString(key[:]), hex.EncodeToString(cert.Leaf.Raw),
		hex.EncodeToString(association(l.ca.mid, "0", "2")), "00ff",
	}
	for i, rr := range ask(t, l, "_25._tcp.mx1.one.test", "TLSA").Answer {
		if got := strings.ToLower(rr.(*dns.TLSA).Certificate); got != want[i] {
			t.Errorf("record %d: %s, want %s", i, got, want[i])
		}
	}
	s, err := ParseScenario("test", strings.Replace(text, "@mx1\n", "@mx9\n", 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(context.WithoutCancel(t.Context()), s); err == nil || !strings.Contains(err.Error(), "there is no such server") {
		t.Errorf("got %v", err)
	}
}

func TestBadSitesAreRefusedWithTheirLine(t *testing.T) {
	line := strings.Count(oneSite(""), "\n") + 1
	for lines, want := range map[string]string{
		"bdy: x\n":                       `unknown key "bdy": want one of body, certificate`,
		"status: 99\n":                   `status: "99" is no status`,
		"header: x\n":                    "not of the form Name: value",
		"repeat: 0\n":                    "no number above zero",
		"delay: soon\n":                  "no length of time",
		"plain: yes\n":                   "neither on nor off",
		"certificate: bad\n":             "is not one of",
		"raw: \"x\n":                     "is no Go string",
		"body: a\nraw: b\n":              "raw is the whole response",
		"\n-- https other --\nline: x\n": "https other.one.test listens nowhere",
		"\n-- https other --\nlisten: 10.0.0.1:443\n": "10.0.0.1:443 is outside of the lab",
	} {
		_, err := ParseScenario("x", oneSite(lines))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q in it", lines, err, want)
			continue
		}
		if strings.HasPrefix(lines, "status") && !strings.Contains(err.Error(), fmt.Sprintf("line %d", line)) {
			t.Errorf("%v does not name line %d", err, line)
		}
	}
}

func TestEveryKeyOfASiteIsDocumented(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("scenarios", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := bytes.Cut(b, []byte("Keys of a web server."))
	for key := range siteKeys {
		if !ok || !bytes.Contains(after, []byte("`"+key+"`")) {
			t.Errorf("scenarios/README.md does not name %s", key)
		}
	}
}

func TestScenariosFitTogether(t *testing.T) {
	all, err := Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	l, err := New(context.WithoutCancel(t.Context()), all...)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	names := map[string]bool{}
	for _, s := range all {
		if names[s.Domain] {
			t.Errorf("%s: another scenario has the domain %s", s.Name, s.Domain)
		}
		names[s.Domain] = true
		if !strings.HasSuffix(s.Shows, ".") {
			t.Errorf("%s: shows is no full sentence: %q", s.Name, s.Shows)
		}
	}
}
