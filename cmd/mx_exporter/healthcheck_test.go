package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// health asks for the exit code and what is said.
func health(t *testing.T, url string) (code int, said string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = seeing(&out, &errs).run(t.Context(), []string{"healthcheck", "--url", url})
	if out.Len() > 0 {
		t.Errorf("standard output: %q", &out)
	}
	return code, errs.String()
}

func TestHealthIsTheAnswerOfTheExporter(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		code   int
	}{
		{"alive", http.StatusOK, 0},
		{"wants a password", http.StatusUnauthorized, 0},
		{"another server", http.StatusNotFound, 1},
		{"broken", http.StatusInternalServerError, 1},
		{"sends elsewhere", http.StatusFound, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/")
				w.WriteHeader(c.status)
			})
			plain, secret := httptest.NewServer(h), httptest.NewTLSServer(h)
			defer plain.Close()
			defer secret.Close()
			for _, url := range []string{plain.URL, secret.URL, strings.Replace(plain.URL, "127.0.0.1", "localhost", 1)} {
				if code, said := health(t, url+"/-/healthy"); code != c.code || (code == 0) != (said == "") {
					t.Errorf("%s: exit code %d, %q", url, code, said)
				}
			}
		})
	}
}

func TestADeadExporterIsNotHealthy(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	if code, said := health(t, s.URL); code != 1 || said == "" {
		t.Errorf("exit code %d, %q", code, said)
	}
}

func TestAHealthURLThatIsNoneIsNamed(t *testing.T) {
	for _, url := range []string{"", "127.0.0.1:10925", "ftp://127.0.0.1/", "http://", "%zz"} {
		if code, said := health(t, url); code != 1 || !strings.Contains(said, "want an address such as http://127.0.0.1:10925/-/healthy") {
			t.Errorf("%q: exit code %d, %q", url, code, said)
		}
	}
}

// The command asks the exporter that runs, at whatever address it listens.
func TestHealthOfARunningExporter(t *testing.T) {
	e := serving(t)
	if code := seeing(io.Discard, io.Discard).run(t.Context(), []string{"healthcheck", "--url", e.url + "/-/healthy"}); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestOnlyTheLoopbackIsBelievedWithoutACertificate(t *testing.T) {
	for host, want := range map[string]bool{"127.0.0.1": true, "127.8.9.1": true, "::1": true, "localhost": true, "LOCALHOST": true, "192.0.2.1": false, "example.org": false, "localhost.example.org": false, "": false} {
		if isLoopback(host) != want {
			t.Errorf("%q: %v", host, !want)
		}
	}
}
