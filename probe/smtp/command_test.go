package smtp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// S23: the words that begin a message or list users exist nowhere in this
// package, except as names of extensions that servers announce; and the one that
// begins a message only where a round trip delivers.
func TestNoForbiddenVerb(t *testing.T) {
	forbidden := []string{"DATA", "BDAT", "VRFY", "EXPN", "TURN", "ETRN"}
	for _, v := range verbs() {
		for _, w := range forbidden {
			if strings.HasPrefix(string(v), w) {
				t.Errorf("S23: %s can be said", v)
			}
		}
	}
	for name, tree := range parsed(t, ".") {
		if name == "extension.go" {
			continue
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, _ := strconv.Unquote(lit.Value)
			for _, w := range forbidden {
				if strings.HasPrefix(strings.ToUpper(strings.TrimSpace(text)), w) && (name != "deliver.go" || text != string(data)) {
					t.Errorf("S23: %s has the literal %q", name, text)
				}
			}
			return true
		})
	}
}

// S23: what Run can reach is all of this package but deliver.go, and nothing
// there refers to what deliver.go has for a message.
func TestOnlyDeliverKnowsMessages(t *testing.T) {
	for name, tree := range parsed(t, ".") {
		if name == "deliver.go" {
			continue
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if slices.Contains([]string{"deliver", "message", "content"}, n.Sel.Name) {
					t.Errorf("S23: %s calls %s", name, n.Sel.Name)
				}
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "Deliver" {
					t.Errorf("S23: %s calls Deliver", name)
				}
			case *ast.KeyValueExpr:
				if id, ok := n.Value.(*ast.Ident); ok && id.Name == "data" {
					t.Errorf("S23: %s has a command that begins a message", name)
				}
			}
			return true
		})
	}
}

// S23: messages are for round trips. Neither a probe nor anything else that a
// scrape reaches can send one.
func TestOnlyRoundTripsDeliver(t *testing.T) {
	for _, top := range []string{"../../probe", "../../cmd", "../../collector", "../../config"} {
		err := filepath.WalkDir(top, func(dir string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() || d.Name() == "testdata" || strings.HasPrefix(filepath.ToSlash(dir), "../../probe/roundtrip") {
				return err
			}
			for name, tree := range parsed(t, dir) {
				ast.Inspect(tree, func(n ast.Node) bool {
					if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Deliver" {
						if pkg, ok := s.X.(*ast.Ident); ok && pkg.Name == "smtp" {
							t.Errorf("S23: %s/%s calls smtp.Deliver", dir, name)
						}
					}
					return true
				})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// parsed reads the Go files of a folder that are no tests.
func parsed(t *testing.T, dir string) map[string]*ast.File {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	trees := make(map[string]*ast.File)
	for _, f := range files {
		if f.IsDir() || !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, f.Name()), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		trees[f.Name()] = tree
	}
	return trees
}

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		name string
		cmd  command
		want string // empty: refused
	}{
		{"EHLO", command{verb: ehlo, arg: "probe.test"}, "EHLO probe.test\r\n"},
		{"literal", command{verb: ehlo, arg: "[IPv6:2001:db8::1]"}, "EHLO [IPv6:2001:db8::1]\r\n"},
		{"bare verb", command{verb: quit}, "QUIT\r\n"},
		{"sender", mailFrom("a@b.test"), "MAIL FROM:<a@b.test>\r\n"},
		{"null sender", mailFrom("<>"), "MAIL FROM:<>\r\n"},
		{"recipient", rcptTo("a@b.test"), "RCPT TO:<a@b.test>\r\n"},
		{"quoted local part", rcptTo(`"a b"@b.test`), "RCPT TO:<\"a b\"@b.test>\r\n"},
		{"line break C6", rcptTo("a@b.test>\r\nRSET"), ""},
		{"LF alone C6", rcptTo("a\n@b.test"), ""},
		{"NUL C6", rcptTo("a\x00@b.test"), ""},
		{"DEL", rcptTo("a\x7f@b.test"), ""},
		{"beyond ASCII C6", rcptTo("ä@b.test"), ""},
		{"bracket C6", mailFrom("a@b.test> SIZE=1"), ""},
		{"space", mailFrom("a b@b.test"), ""},
		{"no recipient", rcptTo(""), ""},
		{"null recipient in brackets", rcptTo("<>"), ""},
		{"name with a line break C5", command{verb: ehlo, arg: "a\r\nRSET"}, ""},
		{"exactly 512", rcptTo(strings.Repeat("a", 512-len("RCPT TO:<>\r\n"))), "RCPT TO:<" + strings.Repeat("a", 500) + ">\r\n"},
		{"513", rcptTo(strings.Repeat("a", 513-len("RCPT TO:<>\r\n"))), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.cmd.line()
			if string(got) != c.want || (err == nil) != (c.want != "") {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestParametersStandBehindThePath(t *testing.T) {
	c := mailFrom("a@b.test")
	c.params = "SIZE=10 BODY=8BITMIME"
	if got, err := c.line(); err != nil || string(got) != "MAIL FROM:<a@b.test> SIZE=10 BODY=8BITMIME\r\n" {
		t.Errorf("%q, %v", got, err)
	}
	c = mailFrom("<>")
	c.params = "SIZE=10"
	if got, err := c.line(); err != nil || string(got) != "MAIL FROM:<> SIZE=10\r\n" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestOptionsThatCannotBeSaid(t *testing.T) {
	for name, o := range map[string]Options{
		"name with a space":      {Name: "a b"},
		"name with a line break": {Name: "a\r\nQUIT"},
		"sender":                 {Name: "a", MailFrom: "a\r@b"},
		"recipient":              {Name: "a", MailFrom: "a@b", Recipients: []string{"ok@b", "b>"}},
	} {
		if o.check() == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if f := (Options{Name: "a.test", MailFrom: "<>", Recipients: []string{"b@c"}}).check(); f != nil {
		t.Errorf("good options are refused: %v", f)
	}
}

func TestLiteral(t *testing.T) {
	for want, a := range map[string]net.Addr{
		"[192.0.2.1]":        &net.TCPAddr{IP: net.ParseIP("192.0.2.1")},
		"[IPv6:2001:db8::1]": &net.TCPAddr{IP: net.ParseIP("2001:db8::1")},
		"localhost":          &net.UnixAddr{Name: "x"},
	} {
		if got := literal(a); got != want {
			t.Errorf("%v: got %s, want %s", a, got, want)
		}
	}
}
