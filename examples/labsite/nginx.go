package labsite

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Nginx is a configuration with which nginx serves the files that [Write] put
// into a folder. It listens on an address and port, keeps all that it writes in
// the folder state, and stays in the foreground.
func Nginx(listen, site, state string) (string, error) {
	redirects, err := Redirects()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `daemon off;
worker_processes 1;
error_log stderr;
pid %[1]s/nginx.pid;
events {}
http {
  access_log off;
  gzip on;
  types { text/html html; application/pdf pdf; text/plain txt; }
  default_type application/octet-stream;
  client_body_temp_path %[1]s/body;
  proxy_temp_path %[1]s/proxy;
  fastcgi_temp_path %[1]s/fastcgi;
  uwsgi_temp_path %[1]s/uwsgi;
  scgi_temp_path %[1]s/scgi;
`, state)
	for _, host := range Hosts() {
		fmt.Fprintf(&b, "  server {\n    listen %s;\n    server_name %s;\n    root %s;\n    index index.html;\n", listen, host, filepath.Join(site, host))
		for _, r := range redirects {
			if r.Host == host {
				fmt.Fprintf(&b, "    location = %s { absolute_redirect off; return %d %s; }\n", r.Path, r.Status, r.Target)
			}
		}
		b.WriteString("  }\n")
	}
	b.WriteString("}\n")
	return b.String(), nil
}

func copyTree(from fs.FS, dir string) error {
	return fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		b, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		return os.WriteFile(to, b, 0o644)
	})
}
