//go:build real

package realservers

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// tokenServer gives out access tokens (RFC 6749 section 4.4) and tells Dovecot
// whose they are.
type tokenServer struct {
	*httptest.Server

	mu    sync.Mutex
	given map[string]bool
}

func startTokens(t *testing.T) *tokenServer {
	t.Helper()
	s := &tokenServer{given: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", s.give)
	mux.HandleFunc("GET /info", s.tell)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *tokenServer) give(w http.ResponseWriter, r *http.Request) {
	client, secret, basic := r.BasicAuth()
	if !basic {
		client, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if client != "monitor" || secret == "" || r.PostFormValue("grant_type") != "client_credentials" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	token := rand.Text()
	s.mu.Lock()
	s.given[token] = true
	s.mu.Unlock()
	answer(w, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 3600})
}

func (s *tokenServer) tell(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	good := s.given[r.URL.Query().Get("access_token")]
	s.mu.Unlock()
	if !good {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	answer(w, map[string]any{"email": "token@home.test", "active": true})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // whoever asked may have gone
}
