package main_test

import (
	"go/ast"
	"go/token"
	"path"
	"strings"
	"testing"
)

// Limits of size. They are where a reader loses the thread, not where we aim:
// see CONTRIBUTING.md.
const (
	maxFuncLines = 80
	maxFileLines = 400
)

func TestFilesAndFunctionsFitAScreen(t *testing.T) {
	for _, s := range sources(t) {
		lines := func(n ast.Node) int { return s.fset.Position(n.End()).Line - s.fset.Position(n.Pos()).Line + 1 }
		if n := s.fset.File(s.file.FileStart).LineCount(); n > maxFileLines && !s.test {
			t.Errorf("%s has %d lines, more than %d", s.name, n, maxFileLines)
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && lines(f) > maxFuncLines && !s.test {
				t.Errorf("%s: %s has %d lines, more than %d", s.name, f.Name.Name, lines(f), maxFuncLines)
			}
		}
	}
}

func TestNoInitAndNoMutableVariables(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.Name == "init" && d.Recv == nil {
					t.Errorf("%s has an init function", s.name)
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR && !s.test {
					checkVariables(t, s, d)
				}
			}
		}
	}
}

// checkVariables finds variables that can only be there to be changed: those
// without a value, and those whose value keeps state.
func checkVariables(t *testing.T, s source, d *ast.GenDecl) {
	t.Helper()
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || v.Names[0].Name == "_" || embedded(d.Doc) || embedded(v.Doc) {
			continue
		}
		if len(v.Values) == 0 {
			t.Errorf("%s: the variable %s of the package has no value, so something changes it", s.name, v.Names[0].Name)
		}
		for _, value := range v.Values {
			if call, ok := value.(*ast.CallExpr); ok && text(call.Fun) == "make" {
				t.Errorf("%s: the variable %s of the package is made to be filled", s.name, v.Names[0].Name)
			}
		}
	}
}

func embedded(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	for _, c := range doc.List {
		if strings.HasPrefix(c.Text, "//go:embed") {
			return true
		}
	}
	return false
}

// forbidden are names of libraries that no code but a test may use, with what
// to use. The folders are those that may all the same.
var forbidden = map[string]struct {
	instead string
	except  []string
}{
	"http.DefaultServeMux":         {"a mux of one's own", nil},
	"http.Handle":                  {"a mux of one's own", nil},
	"http.HandleFunc":              {"a mux of one's own", nil},
	"http.DefaultClient":           {"a client with limits and the guarded dialer", nil},
	"http.DefaultTransport":        {"a transport with limits and the guarded dialer", nil},
	"http.Get":                     {"a client with limits and the guarded dialer", nil},
	"http.Head":                    {"a client with limits and the guarded dialer", nil},
	"http.Post":                    {"a client with limits and the guarded dialer", nil},
	"http.PostForm":                {"a client with limits and the guarded dialer", nil},
	"prometheus.DefaultRegisterer": {"a registry of one's own", nil},
	"prometheus.DefaultGatherer":   {"a registry of one's own", nil},
	"prometheus.Register":          {"a registry of one's own", nil},
	"prometheus.MustRegister":      {"a registry of one's own", nil},
	"promhttp.Handler":             {"promhttp.HandlerFor", nil},
	"net.Dial":                     {"dial.Dialer, which judges the address", nil},
	"net.DialTimeout":              {"dial.Dialer, which judges the address", nil},
	"net.DefaultResolver":          {"dnsq, which reads neither hosts files nor search domains", nil},
	"net.LookupMX":                 {"dnsq", nil},
	"net.LookupHost":               {"dnsq", nil},
	"net.LookupIP":                 {"dnsq", nil},
	"net.LookupAddr":               {"dnsq", nil},
	"net.LookupTXT":                {"dnsq", nil},
	"tls.Dial":                     {"dial.Dialer, which judges the address", nil},
	"log.Fatal":                    {"an error", nil},
	"log.Fatalf":                   {"an error", nil},
	"panic":                        {"an error", []string{"cmd/mx_exporter/web"}}, // web hands http.ErrAbortHandler on to net/http
	"os.Exit":                      {"an exit code returned by run", []string{"cmd", "examples"}},
}

func TestNothingOfTheProcessIsShared(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			name := ""
			switch n := n.(type) {
			case *ast.SelectorExpr:
				name = text(n)
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok {
					name = id.Name
				}
			}
			if rule, ok := forbidden[name]; ok && !within(s.dir, rule.except...) {
				t.Errorf("%s uses %s; use %s", s.fset.Position(n.Pos()), name, rule.instead)
			}
			return true
		})
	}
}

// An exit that a deferred call does not survive belongs in main, and there once.
func TestOnlyMainExits(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Name.Name == "main" || f.Name.Name == "TestMain" || s.test {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if e, ok := n.(*ast.SelectorExpr); ok && text(e) == "os.Exit" {
					t.Errorf("%s: %s calls os.Exit; return an exit code to main", s.name, f.Name.Name)
				}
				return true
			})
		}
	}
}

// Every package says what it is for.
func TestEveryPackageHasAComment(t *testing.T) {
	documented, packages := map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		packages[s.dir] = true
		if s.file.Doc != nil {
			documented[s.dir] = true
		}
	}
	for dir := range packages {
		if !documented[dir] {
			t.Errorf("package %s (%s) has no comment", path.Base(dir), dir)
		}
	}
}

// text is a selector or a name as it is written.
func text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return text(e.X) + "." + e.Sel.Name
	}
	return ""
}
