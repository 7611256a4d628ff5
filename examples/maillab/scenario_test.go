package maillab

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEveryScenarioIsReadAndAddressesAreNotShared(t *testing.T) {
	all, err := Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Errorf("only %d scenarios", len(all))
	}
	domains, addresses := map[string]string{}, map[string]string{}
	claim := func(m map[string]string, key, who string) {
		if other, taken := m[key]; taken {
			t.Errorf("%s belongs to %s and to %s", key, other, who)
		}
		m[key] = who
	}
	for _, s := range all {
		for _, d := range s.Domains() {
			claim(domains, d, s.Name)
		}
		for _, sp := range s.Servers {
			for _, a := range sp.Behaviour.Listen {
				claim(addresses, a, s.Name)
			}
		}
		for _, sp := range s.Sites {
			for _, a := range sp.Behaviour.Listen {
				claim(addresses, a, s.Name)
			}
		}
		for _, a := range slices.Concat(s.Refused, s.Blackholes) {
			claim(addresses, a+":25", s.Name)
		}
		if !strings.HasSuffix(s.Shows, ".") {
			t.Errorf("%s: shows is no full sentence: %q", s.Name, s.Shows)
		}
	}
}

func TestScenarioIsReadWhole(t *testing.T) {
	s, err := ParseScenario("x", `title: T
shows: One
  and two.
domain: x.test
also: y.test
target: X.test
verdict: impaired
findings: a b
dkim-selectors: s1 s2
senders: 192.0.2.9
recipients: info
relay-test: on
random-test: on
# a comment

-- zone signed --
@ MX 10 mx1

# no comment here

-- dns --
delay 500ms mx1 A
bogus absolute.example. *

-- net --
refused 192.0.2.1
blackhole 192.0.2.2

-- server mx1 --
names: mx2 mx.other.test.
listen: 192.0.2.3:25
banner: "220 \x1b\r\n"
reply: EHLO 502 no
rcpt: Info 450 4.2.1 later
extensions: SIZE 10, 8BITMIME
connections: 2
tls-max: 1.2
`)
	if err != nil {
		t.Fatal(err)
	}
	if s.Shows != "One and two." || s.Also != "y.test" || len(s.Findings) != 2 || s.Target != "X.test" {
		t.Errorf("header: %+v", s)
	}
	want := ModuleSpec{DKIMSelectors: []string{"s1", "s2"}, Senders: []string{"192.0.2.9"}, Mailboxes: []string{"info"}, RelayTest: true, RandomTest: true}
	if !reflect.DeepEqual(s.Wants, want) || s.Module() != "x" {
		t.Errorf("module %s: %+v", s.Module(), s.Wants)
	}
	if z := s.Zones[0]; z.Origin != "x.test" || !z.Signed || !strings.Contains(z.Text, "# no comment") {
		t.Errorf("zone: %+v", z)
	}
	if f := s.Faults; f[0].Name != "mx1.x.test" || f[0].Fault.Delay != 500*time.Millisecond || f[1].Name != "absolute.example" || f[1].Fault.EDE != 6 {
		t.Errorf("faults: %+v", f)
	}
	b := s.Servers[0].Behaviour
	if got := strings.Join(b.Names, " "); got != "mx1.x.test mx2.x.test mx.other.test" {
		t.Errorf("names: %s", got)
	}
	if b.Banner != "220 \x1b\r\n" || b.Replies["EHLO"] != "502 no" || b.Rcpt["info"] != "450 4.2.1 later" || len(b.Extensions) != 2 || b.Connections != 2 {
		t.Errorf("behaviour: %+v", b)
	}
	if got := strings.Join(b.Domains, " "); got != "x.test y.test" {
		t.Errorf("domains: %s", got)
	}
}

func TestBadScenariosAreRefusedWithTheirLine(t *testing.T) {
	head := "title: T\nshows: S.\ndomain: x.test\nverdict: impaired\n"
	server := head + "-- server mx1 --\nlisten: 192.0.2.3:25\n"
	for _, c := range []struct{ name, text, want string }{
		{"unknown key", "titel: T\n", `line 1: unknown key "titel"`},
		{"module's list", "dkim-selectors:\n", "line 1: dkim-selectors: it names nothing"},
		{"module's flag", "relay-test: yes\n", `line 1: relay-test: "yes" is neither on nor off`},
		{"no key", "hello\n", "line 1: \"hello\" is not of the form key: value"},
		{"indented first line", "  x\n", "goes on nothing"},
		{"verdict", "verdict: fine\n", `line 1: "fine" is not one of`},
		{"no domain", "-- zone --\n", "line 1: a section comes before the line domain"},
		{"foreign domain", "title: T\nshows: S.\ndomain: x.example\nverdict: impaired\n", "does not end in .test"},
		{"no verdict", "title: T\nshows: S.\ndomain: x.test\n", "the verdict owed is missing"},
		{"no title", "domain: x.test\n", "title and shows are needed"},
		{"section", head + "-- zones --\n", `line 5: section "zones"`},
		{"open section", head + "-- zone\n", "line 5"},
		{"module's prober", "prober: ftp\n", `line 1: prober: "ftp" is not one of`},
		{"login without prober", head + "login: imap probe secret\n", "need the line prober"},
		{"login", "login: probe secret\n", "want a server, an account and its password"},
		{"server key", server + "bannr: x\n", `line 7: unknown key "bannr": want one of account, add-header, auth`},
		{"server flag", server + "starttls: yes\n", `line 7: starttls: "yes" is neither on nor off`},
		{"server stage", server + "hang: dinner\n", `line 7: hang: "dinner" is not one of`},
		{"server time", server + "greylist: -1s\n", "no length of time above zero"},
		{"server string", server + "banner: \"220\n", "is no Go string"},
		{"server reply", server + "reply: DATE 250 ok\n", `"DATE" is no command`},
		{"server rcpt", server + "rcpt: postmaster\n", "has no reply"},
		{"server number", server + "connections: 0\n", "no number above zero"},
		{"server account", server + "account: probe\n", "want an account and its password"},
		{"server delivery", server + "deliver: probe into=x\n", `"into=x" is none of box`},
		{"server header", server + "add-header: X-Spam\n", "not of the form Name: value"},
		{"server quota", server + "quota: full\n", "want the KiB used and their limit"},
		{"server version", server + "tls-max: 2\n", `"2" is no version`},
		{"server certificate", server + "certificate: bad\n", `certificate: "bad" is not one of`},
		{"trip's word", "trip: office to=info read=imap/probe size=1\n", `line 1: "size=1" is none of to, from, read`},
		{"trip's number", "trip: office to=info read=imap/probe attachment=big\n", `line 1: "attachment=big"`},
		{"trip's virus", "trip: office to=info read=imap/probe eicar=eaten\n", `"eaten" is not one of`},
		{"trip to nobody", "trip: office from=info read=imap/probe\n", "want to=LOCAL-PART"},
		{"trip too short", "trip: office to=info\n", "want a name, to=LOCAL-PART and read=SERVER/ACCOUNT"},
		{"trip's mailbox", "trip: office to=info read=imap/probe\n" + head, "no IMAP or POP3 server imap.x.test has an account probe"},
		{"nowhere", head + "-- server mx1 --\n", "listens nowhere"},
		{"outside", head + "-- server mx1 --\nlisten: 10.0.0.1:25\n", "10.0.0.1:25 is outside of the lab"},
		{"dns fault", head + "-- dns --\nbreak @ MX\n", "line 6"},
		{"dns type", head + "-- dns --\nservfail @ XM\n", `"XM" is no record type`},
		{"dns delay", head + "-- dns --\ndelay soon @ MX\n", "no length of time"},
		{"net", head + "-- net --\nrefuse 192.0.2.1\n", "want refused ADDRESS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseScenario("x", c.text)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestEveryKeyIsDocumented(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("scenarios", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range slices.Concat(sortedKeys(behaviourKeys), sortedKeys(moduleKeys)) {
		if !strings.Contains(string(b), "`"+key+"`") {
			t.Errorf("scenarios/README.md does not name %s", key)
		}
	}
}
