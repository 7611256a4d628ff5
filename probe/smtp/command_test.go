package smtp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
)

// S23: the words that begin a message or list users exist nowhere in this
// package, except as names of extensions that servers announce.
func TestNoForbiddenVerb(t *testing.T) {
	forbidden := []string{"DATA", "BDAT", "VRFY", "EXPN", "TURN", "ETRN"}
	for _, v := range verbs() {
		for _, w := range forbidden {
			if strings.HasPrefix(string(v), w) {
				t.Errorf("S23: %s can be said", v)
			}
		}
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") || f.Name() == "extension.go" {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, _ := strconv.Unquote(lit.Value)
			for _, w := range forbidden {
				if strings.HasPrefix(strings.ToUpper(strings.TrimSpace(text)), w) {
					t.Errorf("S23: %s has the literal %q", f.Name(), text)
				}
			}
			return true
		})
	}
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

func TestSecretStaysOutOfTheTranscript(t *testing.T) {
	c := command{verb: "AUTH", arg: "PLAIN AGEAYg==", secret: true}
	if got := c.shown(); got != "AUTH <secret>" {
		t.Errorf("shown as %q", got)
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
