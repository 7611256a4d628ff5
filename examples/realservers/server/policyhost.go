//go:build linux

package server

import (
	"crypto/tls"
	"errors"
	"net/http"
	"testing"
)

// PolicyHost serves one MTA-STS policy (RFC 8461) over HTTPS, at the path where
// senders look for it and at the port that they take. It shows the certificate of
// the host that it is asked for.
type PolicyHost struct {
	Address      string // without a port: 443 is the only one
	Policy       []byte
	Certificates []Certificate
}

// StartPolicyHost returns when the host listens. It ends with the test.
func StartPolicyHost(t testing.TB, o PolicyHost) {
	t.Helper()
	configuration := &tls.Config{MinVersion: tls.VersionTLS12}
	for _, c := range o.Certificates {
		pair, err := tls.LoadX509KeyPair(c.File, c.Key)
		if err != nil {
			t.Fatal(err)
		}
		configuration.Certificates = append(configuration.Certificates, pair)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/mta-sts.txt", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Write(o.Policy) //nolint:errcheck // a client that is gone needs no policy
	})
	s := &http.Server{Handler: mux, ReadHeaderTimeout: readyWithin}
	l := tls.NewListener(listen(t, At(o.Address, 443)), configuration)
	done := make(chan error)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("the policy host: %v", err)
		}
	})
}
