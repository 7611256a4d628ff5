package labsite

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func get(t *testing.T, h http.Handler, url string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, url, nil))
	return w
}

func TestTheSiteIsServedAsItsFilesSay(t *testing.T) {
	h, err := Handler()
	if err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		Start:                      "200 text/html",
		Start + "about/":           "200 text/html",
		Start + "about":            "301 ",
		Start + "files/prices.pdf": "200 application/pdf",
		Start + "robots.txt":       "200 text/plain",
		Start + "missing.html":     "404 text/plain; charset=utf-8",
		Start + "chain/3":          "308 ",
		"http://blog.labsite.test:8080/post.html":  "200 text/html",
		"http://blog.labsite.test/contact.html":    "404 text/plain; charset=utf-8",
		"http://www.labsite.test/../../labsite.go": "404 text/plain; charset=utf-8",
		"http://other.test/":                       "404 text/plain; charset=utf-8",
	} {
		w := get(t, h, url)
		if got := http.StatusText(w.Code); got == "" || !strings.HasPrefix(want, strings.TrimSpace(w.Result().Status[:3])) || strings.TrimSpace(want[4:]) != w.Header().Get("Content-Type") {
			t.Errorf("%s: %d %q, want %q", url, w.Code, w.Header().Get("Content-Type"), want)
		}
	}
}

func TestTheFilesCanBeWrittenForAnotherServer(t *testing.T) {
	dir := t.TempDir()
	if err := Write(dir); err != nil {
		t.Fatal(err)
	}
	pages := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".html") {
			pages++
		}
		return err
	})
	if err != nil || pages < 30 {
		t.Errorf("%d pages, %v", pages, err)
	}
	conf, err := Nginx("127.0.0.1:80", dir, dir)
	if err != nil || !strings.Contains(conf, "location = /chain/3 { absolute_redirect off; return 308 /chain/end.html; }") {
		t.Errorf("%v\n%s", err, conf)
	}
	if _, err := os.Stat(filepath.Join(dir, "blog.labsite.test", "index.html")); err != nil {
		t.Error(err)
	}
}
