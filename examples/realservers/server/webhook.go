//go:build linux

package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
)

// Notice is what Alertmanager posts to a webhook: one message about alerts that
// belong together.
type Notice struct {
	Status      string            // firing or resolved
	GroupLabels map[string]string // what they have in common
	Alerts      []struct {
		Status              string
		Labels, Annotations map[string]string
	}
}

// Webhook receives notices.
type Webhook struct {
	URL string

	mu  sync.Mutex
	all []Notice
}

// StartWebhook listens at an address, port 0 for any, until the test is over.
func StartWebhook(t testing.TB, address string) *Webhook {
	t.Helper()
	w := &Webhook{}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		var n Notice
		if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
			t.Errorf("a notice cannot be read: %v", err)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all = append(w.all, n)
	}))
	s.Listener.Close()
	s.Listener = listen(t, address)
	s.Start()
	t.Cleanup(s.Close)
	w.URL = s.URL + "/alerts"
	return w
}

// Notices is what came so far, in its order.
func (w *Webhook) Notices() []Notice {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.all)
}
