package oauth

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		body    string
		code    Code
		refused bool
		words   string
	}{
		"wrong secret":       {401, `{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided."}`, InvalidClient, true, "AADSTS7000215"},
		"revoked":            {400, `{"error":"invalid_grant","error_description":"Token has been expired or revoked."}`, InvalidGrant, true, "revoked"},
		"a scope":            {400, `{"error":"invalid_scope"}`, InvalidScope, false, "400"},
		"a refusal by 200":   {200, `{"error":"unauthorized_client"}`, UnauthorizedClient, true, ""},
		"a word of nobody's": {400, `{"error":"<script>","error_description":"\u001b[31m\u202e"}`, OtherCode, false, `\x1b[31m\u202e`},
		"a long story":       {400, `{"error":"invalid_request","error_description":"` + strings.Repeat("x", 5000) + `"}`, InvalidRequest, false, "..."},
		"a page":             {500, `<html>canary</html>`, OtherCode, false, "500"},
		"too many":           {429, ``, OtherCode, false, "429"},
		"the secret":         {400, `{"error":"invalid_client","error_description":"not ` + clientSecret + `"}`, InvalidClient, true, ""},
		"the secret encoded": {400, `{"error":"invalid_client","error_description":"not ` + url.QueryEscape(clientSecret) + `"}`, InvalidClient, true, ""},
		"the secret in Base64": {400, `{"error":"invalid_client","error_description":"Basic ` +
			base64.StdEncoding.EncodeToString([]byte("client:"+clientSecret)) + `"}`, InvalidClient, true, ""},
		"the refresh token": {400, `{"error":"invalid_grant","error_description":"` + strings.ToUpper(refreshToken) + `"}`, InvalidGrant, true, ""},
		"a body of secrets": {400, clientSecret + refreshToken, OtherCode, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEndpoint(t, says(c.status, c.body))
			s := source(t, e.refreshing())
			_, err := s.Token(t.Context())
			var refusal *Error
			if !errors.As(err, &refusal) || refusal.Code != c.code || refusal.Status != c.status || refusal.Refused() != c.refused {
				t.Fatalf("%v, want %s", err, c.code)
			}
			if !strings.Contains(err.Error(), c.words) || len(err.Error()) > 250 || strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("%q, want %q in it, in short and in ASCII", err, c.words)
			}
			noSecret(t, err)
			before := e.times()
			if _, again := s.Token(t.Context()); again == nil || c.refused != (e.times() == before) {
				t.Errorf("asked %d times, then %d times, %v", before, e.times(), again)
			}
		})
	}
}

func TestAnswersThatAreNoToken(t *testing.T) {
	for name, body := range map[string]string{
		"nothing":                ``,
		"no JSON":                `canary`,
		"an array":               `[]`,
		"no token":               `{"token_type":"Bearer"}`,
		"an empty token":         `{"access_token":"","token_type":"Bearer"}`,
		"another type":           `{"access_token":"t","token_type":"mac"}`,
		"a line break in it":     `{"access_token":"canary\r\nQUIT","token_type":"Bearer"}`,
		"a control character":    `{"access_token":"canary\u0001","token_type":"Bearer"}`,
		"a token that is huge":   `{"access_token":"` + strings.Repeat("x", MaxToken+1) + `","token_type":"Bearer"}`,
		"an answer that is huge": `{"access_token":"t","token_type":"Bearer","x":"` + strings.Repeat("x", int(MaxBody)) + `"}`,
		"a life that is none":    `{"access_token":"canary","token_type":"Bearer","expires_in":"soon"}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := source(t, newEndpoint(t, says(200, body)).options()).Token(t.Context())
			var useless *Error
			if !errors.As(err, &useless) || useless.Refused() {
				t.Errorf("%v", err)
			}
			if err != nil && (strings.Contains(err.Error(), "canary") || len(err.Error()) > 250) {
				t.Errorf("the answer is in %q", err)
			}
		})
	}
}

// A secret is for one host alone: where a redirect leads it does not go.
func TestARedirectIsNotFollowed(t *testing.T) {
	other := newEndpoint(t, says(200, good))
	for _, status := range []int{301, 302, 303, 307, 308} {
		e := newEndpoint(t, func(w http.ResponseWriter, _ request) {
			w.Header().Set("Location", other.URL)
			w.WriteHeader(status)
		})
		_, err := source(t, e.options()).Token(t.Context())
		var refusal *Error
		if !errors.As(err, &refusal) || refusal.Status != status || other.times() != 0 || e.times() != 1 {
			t.Errorf("%d: %v; the other was asked %d times", status, err, other.times())
		}
	}
}

func TestASilentEndpointCostsItsTimeOnly(t *testing.T) {
	hold := make(chan struct{})
	e := newEndpoint(t, func(http.ResponseWriter, request) { <-hold })
	defer close(hold)
	o := e.options()
	o.Timeout = 20 * time.Millisecond
	_, err := source(t, o).Token(t.Context())
	if !errors.Is(err, ErrUnreachable) {
		t.Errorf("%v, want %v", err, ErrUnreachable)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	o.Timeout = time.Minute
	if _, err = source(t, o).Token(ctx); !errors.Is(err, ErrUnreachable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want %v by the deadline", err, ErrUnreachable)
	}
}

// A certificate that does not verify ends it before anything is said.
func TestAnEndpointThatCannotBeTrustedHearsNothing(t *testing.T) {
	e := newEndpoint(t, says(200, good))
	o := e.options()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	o.Client = &http.Client{Transport: transport}
	_, err := source(t, o).Token(t.Context())
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "certificate") || e.times() != 0 {
		t.Errorf("%v; asked %d times", err, e.times())
	}
	noSecret(t, err)
}

func TestSecretsThatCannotBeRead(t *testing.T) {
	e := newEndpoint(t, says(200, good))
	for _, o := range []Options{e.options(), e.refreshing()} {
		if o.RefreshToken != nil {
			o.RefreshToken = func() (string, error) { return "", os.ErrNotExist }
		} else {
			o.ClientSecret = func() (string, error) { return "", os.ErrNotExist }
		}
		if _, err := source(t, o).Token(t.Context()); !errors.Is(err, os.ErrNotExist) || e.times() != 0 {
			t.Errorf("%v; asked %d times", err, e.times())
		}
	}
}

func TestOptionsThatWouldGiveASecretAway(t *testing.T) {
	secret := func() (string, error) { return clientSecret, nil }
	client := &http.Client{Transport: &http.Transport{}}
	blind := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	for name, c := range map[string]struct {
		o    Options
		good bool
	}{
		"https":                      {Options{TokenURL: "https://login.test/token", ClientID: "c", ClientSecret: secret, Client: client}, true},
		"http to this machine":       {Options{TokenURL: "http://127.0.0.1:1/token", ClientID: "c", ClientSecret: secret, Client: client}, true},
		"http to this machine, v6":   {Options{TokenURL: "http://[::1]:1/token", ClientID: "c", ClientSecret: secret, Client: client}, true},
		"unverified to this machine": {Options{TokenURL: "https://127.0.0.1/token", ClientID: "c", ClientSecret: secret, Client: blind}, true},
		"http":                       {Options{TokenURL: "http://login.test/token", ClientID: "c", ClientSecret: secret, Client: client}, false},
		"http to a name":             {Options{TokenURL: "http://localhost/token", ClientID: "c", ClientSecret: secret, Client: client}, false},
		"unverified":                 {Options{TokenURL: "https://login.test/token", ClientID: "c", ClientSecret: secret, Client: blind}, false},
		"another scheme":             {Options{TokenURL: "ftp://login.test/token", ClientID: "c", ClientSecret: secret, Client: client}, false},
		"no host":                    {Options{TokenURL: "https:///token", ClientID: "c", ClientSecret: secret, Client: client}, false},
		"no URL":                     {Options{TokenURL: "%", ClientID: "c", ClientSecret: secret, Client: client}, false},
		"a password in the URL":      {Options{TokenURL: "https://u:canary@login.test/token", ClientID: "c", ClientSecret: secret, Client: client}, false},
		"no client id":               {Options{TokenURL: "https://login.test/token", ClientSecret: secret, Client: client}, false},
		"no secret":                  {Options{TokenURL: "https://login.test/token", ClientID: "c", Client: client}, false},
		"no client":                  {Options{TokenURL: "https://login.test/token", ClientID: "c", ClientSecret: secret}, false},
		"everybody's transport":      {Options{TokenURL: "https://login.test/token", ClientID: "c", ClientSecret: secret, Client: &http.Client{}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(c.o)
			if c.good != (err == nil) || err != nil && !errors.Is(err, ErrOptions) {
				t.Errorf("%v", err)
			}
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("the password is in %q", err)
			}
		})
	}
}
