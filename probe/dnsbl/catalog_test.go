package dnsbl_test

import (
	"strings"
	"testing"

	"mx_exporter/probe/dnsbl"
)

func TestCatalogIsSound(t *testing.T) {
	t.Parallel()
	names, zones := map[string]bool{}, map[string]bool{}
	for _, e := range dnsbl.Catalog() {
		if err := e.Check(); err != nil {
			t.Error(err)
		}
		if names[e.Name] || zones[e.Zone.String()] {
			t.Errorf("%s is there twice", e.Name)
		}
		names[e.Name], zones[e.Zone.String()] = true, true
		if e.PolicyURL == "" || e.DelistURL == "" || e.Terms == "" || len(e.Codes) == 0 || e.Zone.Secret() {
			t.Errorf("%s lacks something: %+v", e.Name, e)
		}
		if (e.IP4 || e.IP6) == e.Domains {
			t.Errorf("%s lists addresses and domains, or neither", e.Name)
		}
	}
	for _, name := range []string{"spamhaus_zen", "spamhaus_dbl", "spamcop", "barracuda"} { // design.md section 6
		if e, ok := dnsbl.Find(name); !ok || e.Name != name {
			t.Errorf("%s is not there", name)
		}
	}
	if _, ok := dnsbl.Find("sorbs"); ok {
		t.Error("a dead list is there")
	}
}

// codes are read at start from literals; a mistake there would lose rows.
func TestCatalogKnowsTheCodesThatMatter(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]map[string]string{
		"spamhaus_zen": {"127.0.0.2": "sbl", "127.0.0.3": "css", "127.0.0.4-127.0.0.7": "xbl", "127.0.0.9": "drop", "127.0.0.10": "pbl_isp", "127.0.0.11": "pbl", "127.0.0.30": "bcl"},
		"spamhaus_dbl": {"127.0.1.2": "spam", "127.0.1.4": "phish", "127.0.1.5": "malware", "127.0.1.6": "botnet_cc", "127.0.1.102": "abused_spam", "127.0.1.103": "abused_redirector", "127.0.1.104": "abused_phish", "127.0.1.105": "abused_malware", "127.0.1.106": "abused_botnet_cc"},
		"surbl":        {"127.0.0.0&8": "phish", "127.0.0.0&16": "malware", "127.0.0.0&64": "abuse", "127.0.0.0&128": "cracked"},
		"uribl":        {"127.0.0.0&2": "black", "127.0.0.0&4": "grey", "127.0.0.0&8": "red"},
	} {
		e, _ := dnsbl.Find(name)
		got := map[string]string{}
		for _, c := range e.Codes {
			got[c.String()] = c.Meaning
		}
		for k, v := range want {
			if got[k] != v {
				t.Errorf("%s %s: %q, want %q", name, k, got[k], v)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s has %v", name, got)
		}
	}
}

// C8.
func TestDeadZonesAreRefused(t *testing.T) {
	t.Parallel()
	for zone, dead := range map[string]bool{
		"dnsbl.sorbs.net": true, "sorbs.net": true, "spam.dnsbl.SORBS.net.": true, "ix.dnsbl.manitu.net": true, "list.dsbl.org": true,
		"relays.ordb.org": true, "dnsbl.njabl.org": true, "dnsbl.ahbl.org": true, "bl.spamcannibal.org": true,
		"zen.spamhaus.org": false, "notsorbs.net": false, "manitu.net": false,
	} {
		l := list(t, "x", zone)
		err := l.Check()
		if why, is := dnsbl.Dead(l.Zone); is != dead || (err != nil) != dead || (why != "") != dead {
			t.Errorf("%s: %v, %v", zone, is, err)
		}
		if dead && !strings.Contains(err.Error(), "remove the list") {
			t.Errorf("%v", err)
		}
	}
}

func TestListCheckSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(l *dnsbl.List){
		"want a name":                  func(l *dnsbl.List) { l.Name = "two words" },
		"want a zone":                  func(l *dnsbl.List) { l.Zone = dnsbl.Zone{} },
		"at least one of ip4":          func(l *dnsbl.List) { l.IP4, l.IP6, l.Domains = false, false, false },
		"required, canary or skip":     func(l *dnsbl.List) { l.SelfTest = "sometimes" },
		"that the list always lists":   func(l *dnsbl.List) { l.TestPoint = "a b" },
		"want refused, quota or typo":  func(l *dnsbl.List) { l.Errors = table(t, "127.0.0.9", "spam") },
		"want one of a web page, such": func(l *dnsbl.List) { l.DelistURL = "javascript:alert(1)" },
	} {
		l := list(t, "x", "bl.test")
		change(&l)
		if err := l.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if err := list(t, "x", "bl.test").Check(); err != nil {
		t.Error(err)
	}
}
