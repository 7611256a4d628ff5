//go:build real

package realservers

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/examples/realservers/server"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsbl"
)

// Where the server of block lists and the resolver before it listen.
const (
	listsAddress         = "127.77.0.7"
	listsResolverAddress = "127.77.0.8"
)

// realLists is lists as rbldnsd serves them.
func realLists() []server.List {
	return []server.List{
		{Zone: "bl.lists.test", Type: "ip4set", Data: ":127.0.0.2:see http://bl.lists.test/?$\n127.0.0.2\n192.0.2.7 :127.0.0.5:exploited\n192.0.2.32/28\n"},
		{Zone: "bl6.lists.test", Type: "ip6trie", Data: ":127.0.0.2:listed\n0:0:0:0:0:ffff:7f00:2/128\n2001:db8::7/128 :127.0.0.9:drop\n"},
		{Zone: "dbl.lists.test", Type: "dnset", Data: ":127.0.1.2:listed\ntest\nspam.example\n"},
		{Zone: "world.lists.test", Type: "ip4trie", Data: ":127.0.0.2:closed\n0.0.0.0/0\n"},
		{Zone: "refuses.lists.test", Type: "ip4trie", Data: ":127.255.255.254:not for you\n0.0.0.0/0\n"},
	}
}

// sameLists is the same lists as a scenario of the mail lab, whose module is
// test.
const sameLists = `title: t
shows: s
domain: lists.test
verdict: satisfactory
list: bl zone=bl.lists.test codes=127.0.0.2:spam,127.0.0.5:exploited
list: bl6 zone=bl6.lists.test ip6 codes=127.0.0.9:drop
list: dbl zone=dbl.lists.test domains codes=127.0.1.2:spam
list: world zone=world.lists.test
list: refuses zone=refuses.lists.test

-- zone --
2.0.0.127.bl   A 127.0.0.2
7.2.0.192.bl   A 127.0.0.5
$GENERATE 32-47 $.2.0.192.bl A 127.0.0.2
2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bl6 A 127.0.0.2
7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl6 A 127.0.0.9
test.dbl          A 127.0.1.2
spam.example.dbl  A 127.0.1.2
*.world           A 127.0.0.2
*.refuses         A 127.255.255.254
`

// TestBlockLists asks rbldnsd, behind Unbound, and the mail lab the same, and
// wants the same answers: rows B1 to B8 of faults.md as real software has them.
func TestBlockLists(t *testing.T) {
	lab := labtest.StartWith(t, sameLists)
	file, err := lab.WriteConfig(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	inLab := askLists(t, file)

	port := server.Port(t)
	server.StartRBLDNSD(t, listsAddress, port, realLists(), "2.0.0.127.bl.lists.test")
	server.StartUnboundFor(t, listsResolverAddress, port, "lists.test", fmt.Sprintf("%s@%d", listsAddress, port))
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(b), lab.DNSAddr(), server.At(listsResolverAddress, port))
	real := filepath.Join(filepath.Dir(file), "real.yml")
	if err := os.WriteFile(real, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := askLists(t, real); got != inLab {
		t.Errorf("rbldnsd says\n%s\nand the lab\n%s", got, inLab)
	}
	for _, want := range []string{
		"bl 192.0.2.7 listed [{127.0.0.5 exploited}]", "bl 192.0.2.33 listed [{127.0.0.2 spam}]", "bl 192.0.2.8 not_listed",
		"bl6 2001:db8::7 listed [{127.0.0.9 drop}]", "bl6 2001:db8::8 not_listed",
		"dbl spam.example listed [{127.0.1.2 spam}]", "dbl clean.example not_listed",
		"world 192.0.2.8 unknown unhealthy", "refuses 192.0.2.8 unknown refused",
		"bl ip4 healthy", "bl6 ip6 healthy", "dbl domain healthy", "world ip4 broken lists_the_world", "refuses ip4 broken refused",
	} {
		if !strings.Contains(inLab, want+"\n") {
			t.Errorf("nobody says %q:\n%s", want, inLab)
		}
	}
}

// askLists is everything that the lists of a configuration's module test say.
func askLists(t *testing.T, file string) string {
	t.Helper()
	c, err := probe.Loader().Load(file)
	if err != nil {
		t.Fatal(err)
	}
	env := &probe.Env{}
	defer env.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var subjects []dnsbl.Subject
	for _, a := range []string{"192.0.2.7", "192.0.2.8", "192.0.2.33", "2001:db8::7", "2001:db8::8"} {
		subjects = append(subjects, dnsbl.Subject{Address: netip.MustParseAddr(a), Role: dnsbl.Sender})
	}
	for _, d := range []string{"spam.example", "clean.example"} {
		subjects = append(subjects, dnsbl.Subject{Domain: d, Role: dnsbl.Named})
	}
	r, err := env.AskLists(ctx, c.Modules["test"], c.BlockLists, subjects)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, a := range r.Answers {
		subject := a.Subject.Domain
		if subject == "" {
			subject = a.Subject.Address.String()
		}
		fmt.Fprintln(&b, a.List, subject, a.Verdict, saying(a))
	}
	for _, h := range r.Lists {
		fmt.Fprintln(&b, strings.TrimSpace(fmt.Sprintln(h.List, h.Family, h.State, h.Fault)))
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

// saying is why an answer is what it is.
func saying(a dnsbl.Answer) string {
	switch a.Verdict {
	case dnsbl.Listed:
		return fmt.Sprint(a.Hits)
	case dnsbl.Unknown:
		return string(a.Reason)
	}
	return ""
}
