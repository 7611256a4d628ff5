package oauth

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	clientSecret = "canary-client/Secret+1"
	refreshToken = "1//canary-refresh-Token"
)

// endpoint is a token endpoint that answers as it is told, and remembers what it
// was asked.
type endpoint struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []request
	answer func(http.ResponseWriter, request)
}

// request is one request for a token.
type request struct {
	form   url.Values
	id     string // by Basic authentication
	secret string
	header http.Header
}

func newEndpoint(t *testing.T, answer func(http.ResponseWriter, request)) *endpoint {
	t.Helper()
	e := &endpoint{answer: answer}
	e.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.Method != http.MethodPost || r.URL.RawQuery != "" {
			t.Errorf("%s %s, %v", r.Method, r.URL, err)
		}
		one := request{form: r.PostForm, header: r.Header}
		one.id, one.secret, _ = r.BasicAuth()
		e.mu.Lock()
		e.asked = append(e.asked, one)
		e.mu.Unlock()
		e.answer(w, one)
	}))
	t.Cleanup(func() {
		e.Client().CloseIdleConnections()
		e.Close()
	})
	return e
}

func (e *endpoint) times() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.asked)
}

// client is one by client credentials.
func (e *endpoint) options() Options {
	return Options{
		TokenURL: e.URL + "/token", ClientID: "client", Scopes: []string{"https://outlook.office365.com/.default", "b"},
		ClientSecret: func() (string, error) { return clientSecret, nil },
		Client:       e.Client(),
	}
}

// refreshing is one by a refresh token.
func (e *endpoint) refreshing() Options {
	o := e.options()
	o.RefreshToken = func() (string, error) { return refreshToken, nil }
	return o
}

func source(t *testing.T, o Options) *Source {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// says is an answer with a body of JSON.
func says(status int, body string) func(http.ResponseWriter, request) {
	return func(w http.ResponseWriter, _ request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

const good = `{"access_token":"ya29.canary-Access","token_type":"Bearer","expires_in":3600}`

func want(t *testing.T, s *Source, token string) {
	t.Helper()
	if got, err := s.Token(t.Context()); err != nil || got != token {
		t.Errorf("%q, %v, want %q", got, err, token)
	}
}

func noSecret(t *testing.T, err error) {
	t.Helper()
	low := strings.ToLower(err.Error())
	for _, s := range []string{clientSecret, refreshToken, "ya29.canary-Access"} {
		for _, form := range forms(s) {
			if strings.Contains(low, strings.ToLower(form)) {
				t.Errorf("a secret is in %q", err)
			}
		}
	}
}

func TestClientCredentials(t *testing.T) {
	e := newEndpoint(t, says(200, good))
	s := source(t, e.options())
	want(t, s, "ya29.canary-Access")
	want(t, s, "ya29.canary-Access")
	if e.times() != 1 {
		t.Fatalf("asked %d times, want once", e.times())
	}
	if got, want := e.asked[0].form.Encode(), (url.Values{
		"grant_type": {"client_credentials"}, "client_id": {"client"}, "client_secret": {clientSecret},
		"scope": {"https://outlook.office365.com/.default b"},
	}).Encode(); got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
}

func TestRefreshToken(t *testing.T) {
	e := newEndpoint(t, says(200, good))
	o := e.refreshing()
	o.ClientSecret = nil
	want(t, source(t, o), "ya29.canary-Access")
	form := e.asked[0].form
	if form.Get("grant_type") != "refresh_token" || form.Get("refresh_token") != refreshToken || form.Get("client_id") != "client" || form.Has("client_secret") {
		t.Errorf("asked %v", form)
	}
}

// RFC 6749 section 2.3.1 makes the header the rule, which some endpoints insist
// on; which one they want is found out once.
func TestAnEndpointThatWantsTheSecretInTheHeader(t *testing.T) {
	e := newEndpoint(t, func(w http.ResponseWriter, r request) {
		if r.id != "client" || r.secret != url.QueryEscape(clientSecret) {
			says(401, `{"error":"invalid_client"}`)(w, r)
			return
		}
		says(200, `{"access_token":"t","token_type":"bearer","expires_in":1}`)(w, r)
	})
	s := source(t, e.options())
	want(t, s, "t")
	if e.times() != 2 {
		t.Errorf("asked %d times, want twice", e.times())
	}
	s.Forget("t")
	want(t, s, "t")
	if e.times() != 3 {
		t.Errorf("asked %d times, want three times", e.times())
	}
}

// RFC 6749 section 6: the new refresh token takes the place of the old one, until
// somebody puts another into the file.
func TestARefreshTokenThatIsReplaced(t *testing.T) {
	inFile, next := "first", "second"
	e := newEndpoint(t, func(w http.ResponseWriter, r request) {
		says(200, `{"access_token":"t","token_type":"Bearer","expires_in":3600,"refresh_token":"`+next+`"}`)(w, r)
	})
	o := e.options()
	o.RefreshToken = func() (string, error) { return inFile, nil }
	s := source(t, o)
	for _, expected := range []string{"first", "second", "second", "other"} {
		if expected == "other" {
			inFile = "other"
		}
		want(t, s, "t")
		s.Forget("t")
		if got := e.asked[e.times()-1].form.Get("refresh_token"); got != expected {
			t.Errorf("asked with %q, want %q", got, expected)
		}
	}
}

func TestATokenIsKeptUntilShortlyBeforeItsEnd(t *testing.T) {
	now := time.Now()
	for life, kept := range map[time.Duration]time.Duration{
		time.Hour:        59 * time.Minute,
		90 * time.Second: 45 * time.Second,
		10 * time.Second: 5 * time.Second,
		-time.Minute:     -30 * time.Second,
	} {
		if got := goodUntil(now.Add(life), now).Sub(now); got != kept {
			t.Errorf("of %v it is kept %v, want %v", life, got, kept)
		}
	}
	if got := goodUntil(time.Time{}, now).Sub(now); got != unknownLife {
		t.Errorf("of an unknown life it is kept %v", got)
	}
}

func TestManyAskersAreOneRequest(t *testing.T) {
	hold := make(chan struct{})
	e := newEndpoint(t, func(w http.ResponseWriter, r request) {
		<-hold
		says(200, good)(w, r)
	})
	s := source(t, e.options())
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { want(t, s, "ya29.canary-Access") })
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Token(ctx); err == nil {
		t.Error("who has no time waits all the same")
	}
	close(hold)
	wg.Wait()
	if e.times() > 1 {
		t.Errorf("asked %d times", e.times())
	}
}
