package crawl

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"mx_exporter/probe/dial"
)

// A certificate is verified by name and root, and what is wrong with it is told
// as such. example.com is a name in the certificate of httptest.
func TestCertificatesAreVerified(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<a href="mailto:info@example.com">`)
	}))
	defer s.Close()
	good := x509.NewCertPool()
	good.AddCert(s.Certificate())
	for _, tt := range []struct {
		url   string
		roots *x509.CertPool
		want  Reason
	}{
		{"https://example.com/", good, ""},
		{"https://example.com/", x509.NewCertPool(), TLS},
		{"https://www.example.org/", good, TLS},
		{"http://example.com/", good, BadStatus}, // what the server says to plain text
	} {
		u, err := ParseStart(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		r := Run(t.Context(), u, Options{
			Limits: Limits{Delay: -1}, Roots: tt.roots,
			Lookup: func(context.Context, string) ([]netip.Addr, error) {
				return []netip.Addr{netip.MustParseAddr("8.8.8.8")}, nil
			},
			Dialer: dial.Dialer{Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
				var d net.Dialer
				return d.DialContext(ctx, network, s.Listener.Addr().String())
			}},
		})
		if p := r.Pages[0]; p.Reason != tt.want {
			t.Errorf("%s: %q %q, want %q", tt.url, p.Reason, p.Detail, tt.want)
		}
	}
}
