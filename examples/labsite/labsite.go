// Package labsite is a website of about fifty pages and some PDFs on which mail
// addresses stand in every way in which they can, right and wrong: as a test for
// mx_sd, and as an example of what it says.
//
// The pages are files, one folder for each host, so that any web server can serve
// them; redirects.txt says what a server answers besides. [Handler] serves the
// site in the process, [Nginx] writes the configuration with which nginx serves
// the same. [Expected] is what mx_sd crawl says of it, byte for byte, but for the
// time that it took.
//
// Of the PDFs, prices.pdf was written by Chromium, catalogue.pdf and locked.pdf
// (which asks for a password) by pdfcpu, terms.pdf and hostile.pdf by hand.
package labsite

import (
	"embed"
	"fmt"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed site redirects.txt expected.txt
var files embed.FS

// Start is where a crawl of the site begins, and Hosts are its names.
const Start = "http://www.labsite.test/"

// Hosts are the names of the site's servers.
func Hosts() []string { return []string{"www.labsite.test", "blog.labsite.test"} }

// Expected is what mx_sd crawl prints about the site, without its first line.
func Expected() (string, error) {
	b, err := files.ReadFile("expected.txt")
	return string(b), err
}

// Redirect is one that a server of the site gives.
type Redirect struct {
	Host, Path string
	Status     int
	Target     string
}

// Redirects reads redirects.txt.
func Redirects() ([]Redirect, error) {
	b, err := files.ReadFile("redirects.txt")
	if err != nil {
		return nil, err
	}
	var all []Redirect
	for n, line := range strings.Split(string(b), "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		if len(f) != 4 {
			return nil, fmt.Errorf("redirects.txt line %d: want host, path, status and target", n+1)
		}
		status, err := strconv.Atoi(f[2])
		if err != nil {
			return nil, fmt.Errorf("redirects.txt line %d: %w", n+1, err)
		}
		all = append(all, Redirect{f[0], f[1], status, f[3]})
	}
	return all, nil
}

// Handler serves the site by the names of its hosts.
func Handler() (http.Handler, error) {
	redirects, err := Redirects()
	if err != nil {
		return nil, err
	}
	return &server{redirects}, nil
}

type server struct{ redirects []Redirect }

// ServeHTTP implements [http.Handler].
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	for _, to := range s.redirects {
		if to.Host == host && to.Path == r.URL.Path {
			w.Header().Set("Location", to.Target)
			w.WriteHeader(to.Status)
			return
		}
	}
	name := path.Join("site", host, path.Clean("/"+r.URL.Path))
	if info, err := fs.Stat(files, name); err == nil && info.IsDir() {
		if !strings.HasSuffix(r.URL.Path, "/") {
			w.Header().Set("Location", r.URL.Path+"/")
			w.WriteHeader(http.StatusMovedPermanently)
			return
		}
		name = path.Join(name, "index.html")
	}
	b, err := files.ReadFile(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", typeOf(name))
	_, _ = w.Write(b)
}

// typeOf is the type by the ending, without a character set: the pages say their
// own.
func typeOf(name string) string {
	t, _, err := mime.ParseMediaType(mime.TypeByExtension(path.Ext(name)))
	if err != nil {
		return "application/octet-stream"
	}
	return t
}

// Write puts the files of the site into a folder, for a server of one's own.
func Write(dir string) error {
	site, err := fs.Sub(files, "site")
	if err != nil {
		return err
	}
	return copyTree(site, dir)
}
