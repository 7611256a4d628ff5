//go:build linux

package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"mx_exporter/examples/realservers/server"
)

// Browser is one window.
type Browser struct {
	session string // URL of the WebDriver session
	client  *http.Client
}

// flags let Chromium run as root without a screen, and talk to nobody but us.
var flags = []string{
	"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
	"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
}

// Start opens a window, which is closed with the test.
func Start(t testing.TB) *Browser {
	t.Helper()
	port := server.Port(t)
	dir := server.Folder(t, "chromium")
	driver := server.Start(t, dir, "chromedriver", "chromedriver", "--port="+strconv.Itoa(port))
	address := server.At("127.0.0.1", port)
	driver.Listens(t, address)
	b := &Browser{session: "http://" + address, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	var opened struct {
		SessionID string `json:"sessionId"`
	}
	b.do(t, http.MethodPost, "/session", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"browserName":        "chrome",
		"pageLoadStrategy":   "none",                                                       // so that a page can be looked at while it comes
		"timeouts":           map[string]int{"implicit": int(patience.Milliseconds() / 2)}, // for an element to come
		"goog:loggingPrefs":  map[string]string{"browser": "ALL", "performance": "ALL"},
		"goog:chromeOptions": map[string]any{"args": append([]string{"--user-data-dir=" + dir + "/profile"}, flags...)},
	}}}, &opened)
	b.session += "/session/" + opened.SessionID
	t.Cleanup(func() { b.do(t, http.MethodDelete, "", nil, nil) })
	b.Begin(t, "about:blank") // away from the browser's own first page, which asks for much
	b.Requests(t)
	b.Console(t)
	return b
}

// do is one command. What it answers goes to value, unless that is nil.
func (b *Browser) do(t testing.TB, method, path string, body, value any) {
	t.Helper()
	if err := b.try(method, path, body, value); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}

// patience is longer than any page of ours takes.
const patience = time.Minute

func (b *Browser) try(method, path string, body, value any) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, b.session+path, &sent)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := b.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var answer struct {
		Value json.RawMessage `json:"value"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %.500s", res.Status, answer.Value)
	}
	if value == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, value)
}
