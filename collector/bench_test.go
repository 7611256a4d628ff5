package collector

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// threeHosts is the domain that the performance goals are measured with.
func threeHosts() *probe.Result {
	r := good()
	r.Hosts = []probe.Host{
		mxHost("mx1.example.org", 10, fact.Primary, accepts("192.0.2.25")),
		mxHost("mx2.example.org", 20, fact.Backup, accepts("192.0.2.26")),
		mxHost("mx3.example.org", 30, fact.Backup, accepts("192.0.2.27")),
	}
	return r
}

// What a probe's exposition costs by a registry made for it, and without one.
func BenchmarkExposition(b *testing.B) {
	r := threeHosts()
	shared := NewExpositions(1)
	b.Run("room/gzip", func(b *testing.B) {
		req := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/probe", http.NoBody)
		req.Header.Set("Accept-Encoding", "gzip")
		w := &discard{header: http.Header{}}
		b.ReportAllocs()
		for b.Loop() {
			clear(w.header)
			promhttp.HandlerForTransactional(shared.Of(r), promhttp.HandlerOpts{}).ServeHTTP(w, req)
		}
	})
	for name, gatherer := range map[string]func() prometheus.Gatherer{
		"registry": func() prometheus.Gatherer {
			reg := prometheus.NewRegistry()
			reg.MustRegister(New(r))
			return reg
		},
		"gatherer": func() prometheus.Gatherer { return Gatherer(r) },
	} {
		b.Run(name+"/gather", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := gatherer().Gather(); err != nil {
					b.Fatal(err)
				}
			}
		})
		for _, encoding := range []string{"identity", "gzip"} {
			b.Run(name+"/"+encoding, func(b *testing.B) {
				req := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/probe", http.NoBody)
				req.Header.Set("Accept-Encoding", encoding)
				w := &discard{header: http.Header{}}
				b.ReportAllocs()
				for b.Loop() {
					clear(w.header)
					promhttp.HandlerFor(gatherer(), promhttp.HandlerOpts{}).ServeHTTP(w, req)
				}
			})
		}
	}
}

type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return io.Discard.Write(b) }
func (d *discard) WriteHeader(int)             {}
