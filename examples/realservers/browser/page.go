//go:build linux

package browser

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"testing"

	"mx_exporter/examples/realservers/server"
)

// Open goes to a page and waits until all of it is there.
func (b *Browser) Open(t testing.TB, url string) {
	t.Helper()
	b.Begin(t, "about:blank") // so that the same page again is not taken for it
	b.Begin(t, url)
	b.until(t, url, "document.readyState == 'complete'")
}

// Begin goes to a page and returns when its beginning is there.
func (b *Browser) Begin(t testing.TB, url string) {
	t.Helper()
	b.do(t, http.MethodPost, "/url", map[string]string{"url": url}, nil)
	b.until(t, url, "true")
}

// until waits until the window is at a page and a condition holds there.
func (b *Browser) until(t testing.TB, url, condition string) {
	t.Helper()
	server.Eventually(t, patience, url+" is there", func() (bool, string) {
		at := b.evaluate(t, "location.href + ("+condition+" ? '' : ' is coming')")
		return at == url, at
	})
}

// elementKey is where WebDriver puts the name of an element (section 12).
const elementKey = "element-6066-11e4-a52e-4f735466cecf"

// element is the path of the first element that a CSS selector finds.
func (b *Browser) element(t testing.TB, css string) string {
	t.Helper()
	var found map[string]string
	b.do(t, http.MethodPost, "/element", map[string]string{"using": "css selector", "value": css}, &found)
	return "/element/" + found[elementKey]
}

// Type types into a field.
func (b *Browser) Type(t testing.TB, css, text string) {
	t.Helper()
	b.do(t, http.MethodPost, b.element(t, css)+"/value", map[string]string{"text": text}, nil)
}

// Click clicks on something, and waits for the page that follows, if one does.
func (b *Browser) Click(t testing.TB, css string) {
	t.Helper()
	b.do(t, http.MethodPost, b.element(t, css)+"/click", map[string]any{}, nil)
}

// Text is what can be seen of an element.
func (b *Browser) Text(t testing.TB, css string) (text string) {
	t.Helper()
	b.do(t, http.MethodGet, b.element(t, css)+"/text", nil, &text)
	return text
}

// Count is how many elements a CSS selector finds now.
func (b *Browser) Count(t testing.TB, css string) (n int) {
	t.Helper()
	b.do(t, http.MethodPost, "/execute/sync", map[string]any{"script": "return document.querySelectorAll(arguments[0]).length", "args": []any{css}}, &n)
	return n
}

// Ask evaluates an expression in the page. The page itself may not run scripts;
// a debugger may.
func (b *Browser) Ask(t testing.TB, expression string, value any) {
	t.Helper()
	b.do(t, http.MethodPost, "/execute/sync", map[string]any{"script": "return " + expression, "args": []any{}}, value)
}

// Seen is what can be seen of the page now, whether or not all of it has come.
func (b *Browser) Seen(t testing.TB) string {
	t.Helper()
	return b.evaluate(t, "document.body ? document.body.innerText : ''")
}

// evaluate is an expression whose value is a text.
func (b *Browser) evaluate(t testing.TB, expression string) string {
	t.Helper()
	var seen struct {
		Result struct {
			Value string `json:"value"`
		} `json:"result"`
	}
	b.tools(t, "Runtime.evaluate", map[string]any{"expression": expression}, &seen)
	return seen.Result.Value
}

// Screen gives the window the size and the colours of a device.
func (b *Browser) Screen(t testing.TB, width, height int, scheme string) {
	t.Helper()
	b.tools(t, "Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	b.tools(t, "Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// Picture writes the page as a PNG file: all of it, or the part that a screen of
// some height shows.
func (b *Browser) Picture(t testing.TB, file string, height int) {
	t.Helper()
	var page struct {
		Size struct {
			Width  float64 `json:"width"`
			Height float64 `json:"height"`
		} `json:"cssContentSize"`
	}
	b.tools(t, "Page.getLayoutMetrics", map[string]any{}, &page)
	if height == 0 || height > int(page.Size.Height) {
		height = int(page.Size.Height)
	}
	var shot struct {
		Data string `json:"data"`
	}
	b.tools(t, "Page.captureScreenshot", map[string]any{
		"captureBeyondViewport": true, "clip": map[string]any{"x": 0, "y": 0, "width": page.Size.Width, "height": height, "scale": 1},
	}, &shot)
	png, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, png, 0o600); err != nil {
		t.Fatal(err)
	}
}

// tools is one command of the developer tools.
func (b *Browser) tools(t testing.TB, command string, params map[string]any, value any) {
	t.Helper()
	b.do(t, http.MethodPost, "/goog/cdp/execute", map[string]any{"cmd": command, "params": params}, value)
}

// Console is what was logged to the console since the last time that it was
// asked for.
func (b *Browser) Console(t testing.TB) (lines []string) {
	t.Helper()
	for _, e := range b.log(t, "browser") {
		lines = append(lines, e.Level+": "+e.Message)
	}
	return lines
}

// Requests is the addresses that were asked for since the last time that this
// was asked.
func (b *Browser) Requests(t testing.TB) (urls []string) {
	t.Helper()
	for _, e := range b.log(t, "performance") {
		var event struct {
			Message struct {
				Method string `json:"method"`
				Params struct {
					Request struct {
						URL string `json:"url"`
					} `json:"request"`
				} `json:"params"`
			} `json:"message"`
		}
		if err := json.Unmarshal([]byte(e.Message), &event); err != nil {
			t.Fatal(err)
		}
		if event.Message.Method == "Network.requestWillBeSent" {
			urls = append(urls, event.Message.Params.Request.URL)
		}
	}
	return urls
}

type logEntry struct {
	Level   string `json:"level"`
	Message string `json:"message"`
}

func (b *Browser) log(t testing.TB, kind string) (entries []logEntry) {
	t.Helper()
	b.do(t, http.MethodPost, "/se/log", map[string]string{"type": kind}, &entries)
	return entries
}
