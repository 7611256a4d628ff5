package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// catalogue is what a program may know of block lists.
var catalogue = Loader{
	Lists: map[string]BlockList{
		"spamhaus_zen": {
			Zone: "zen.spamhaus.org", IP4: true, IP6: true, SelfTest: SelfTestRequired,
			Codes: map[string]string{"127.0.0.2": "SBL", "127.0.0.10-127.0.0.11": "PBL"}, PolicyURL: "https://www.spamhaus.org/",
		},
		"spamhaus_dbl": {Zone: "dbl.spamhaus.org", Domains: true, SelfTest: SelfTestRequired},
	},
	Dead: func(zone string) string {
		if zone == "dead.example" || strings.HasSuffix(zone, ".dead.example") {
			return "shut down in 2013"
		}
		return ""
	},
}

// secretZone is a zone as operators of lists give it to their customers.
const secretZone = canary + "abcdefghijklmnop.zen.dq.spamhaus.net"

// writeZones writes the zone files of the examples in README.md.
func writeZones(t *testing.T, dir string) {
	t.Helper()
	for name, zone := range map[string]string{"zone.txt": "key.one.example.net", "zen_zone": "key.two.example.net"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(zone+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func load(t *testing.T, file, dir string) *Config {
	t.Helper()
	c, err := catalogue.Parse([]byte(file), dir)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return c
}

func TestChecksLeftOutAreAllThatTheProberCanDo(t *testing.T) {
	for file, want := range map[string][]Check{
		"modules: {a: {}}":                                 {CheckFCrDNS, CheckSPF, CheckDMARC, CheckMTASTS, CheckTLSRPT, CheckDANE, CheckMXLint},
		"modules: {a: {prober: smtp}}":                     {CheckFCrDNS, CheckDANE},
		"modules: {a: {checks: []}}":                       nil,
		"modules: {a: {checks: [dane, spf]}}":              {CheckSPF, CheckDANE},
		"modules: {a: {prober: smtp, checks: [dane]}}":     {CheckDANE},
		"modules: {a: {prober: smtp, checks: [spf]}}":      nil,
		"modules: {a: {prober: smtp, checks: []}}":         nil,
		"modules: {mx: {timeout: 10s}, a: {prober: smtp}}": {CheckFCrDNS, CheckDANE},
	} {
		m := parseModule(t, file, "a")
		var got []Check
		for _, c := range Checks() {
			if m.Runs(c) {
				got = append(got, c)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

func TestGreylistingAndTrustInADAreReadAsWritten(t *testing.T) {
	m := parseModule(t, "modules: {a: {greylisting: fail, dns: {trust_ad: true}}}", "a")
	if m.Greylisting != GreylistingFail || !m.DNS.TrustAD {
		t.Errorf("greylisting %s, trust_ad %v", m.Greylisting, m.DNS.TrustAD)
	}
	if m := DefaultModule(ProberMX); m.Greylisting != GreylistingOK || m.DNS.TrustAD {
		t.Errorf("default: greylisting %s, trust_ad %v", m.Greylisting, m.DNS.TrustAD)
	}
}

func TestConfigurationHasTheListsOfTheFileAndTheShippedOnesThatModulesName(t *testing.T) {
	for file, want := range map[string][]string{
		"modules: {}": nil,
		"dnsbl_lists: {ours: {zone: bl.example.net}}":                                           {"ours"},
		"modules: {a: {dnsbl: {lists: [spamhaus_zen], domain_lists: [spamhaus_dbl]}}}":          {"spamhaus_dbl", "spamhaus_zen"},
		"modules: {a: {dnsbl: {lists: [ours]}}}\ndnsbl_lists: {ours: {zone: zen.spamhaus.org}}": {"ours"},
	} {
		c := load(t, file, "")
		if got := c.ListNames(); !cmp.Equal(got, want) {
			t.Errorf("%s: lists %v, want %v", file, got, want)
		}
	}
	_, err := Parse([]byte("modules: {a: {dnsbl: {lists: [ours]}}}"), "")
	want := []string{`1:31: modules.a.dnsbl.lists[0]: "ours" is not a list: describe it in dnsbl_lists`}
	if diff := cmp.Diff(want, errorsIn(t, err)); diff != "" {
		t.Errorf("a program without lists (-want +got):\n%s", diff)
	}
	if Builtin().BlockLists != nil {
		t.Error("a list is asked that nobody named")
	}
}

func TestListOfAShippedOnesNameBeginsWithWhatThatHas(t *testing.T) {
	zen := catalogue.Lists["spamhaus_zen"].clone()
	keyed, recoded := zen.clone(), zen.clone()
	keyed.Zone, keyed.ZoneFile, keyed.IP6 = "", "zone.txt", false
	recoded.Codes, recoded.Zone = map[string]string{"127.0.0.0&2": "spam"}, "zen.example.net"
	bare := BlockList{Zone: "a.example", IP4: true, SelfTest: SelfTestRequired}
	names := BlockList{Zone: "a.example", Domains: true, SelfTest: SelfTestSkip}
	both := BlockList{Zone: "a.example", IP4: true, Domains: true, SelfTest: SelfTestRequired}
	dir := t.TempDir()
	writeZones(t, dir)
	keyed.ZoneFile = SecretFile(filepath.Join(dir, "zone.txt"))
	for entry, want := range map[string]BlockList{
		"spamhaus_zen: {}": zen,
		"spamhaus_zen: {zone_file: zone.txt, ip6: false}":                                         keyed,
		"spamhaus_zen: {zone: zen.example.net, codes: {127.0.0.0&2: spam}}":                       recoded,
		"mine: {zone: a.example}":                                                                 bare,
		"mine: {zone: a.example, domains: true, selftest: skip}":                                  names,
		"mine: {zone: a.example, domains: true, ip4: true}":                                       both,
		"x: &x {domains: true, zone: b.example}, mine: {<<: *x, zone: a.example, selftest: skip}": names,
	} {
		c := load(t, "dnsbl_lists: {"+entry+"}", dir)
		name := "mine"
		if _, ok := c.BlockLists[name]; !ok {
			name = "spamhaus_zen"
		}
		if diff := cmp.Diff(want, c.BlockLists[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", entry, diff)
		}
	}
	if diff := cmp.Diff(zen, catalogue.Lists["spamhaus_zen"]); diff != "" {
		t.Errorf("a file changed the lists of the program:\n%s", diff)
	}
}

// Row B14: the zone with a key is read at use and printed by nothing.
func TestKeyedZoneIsReadAtUseAndPrintedByNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "zone")
	replace(t, path, secretZone+"\n")
	c := load(t, "modules: {a: {dnsbl: {lists: [private]}}}\ndnsbl_lists: {private: {zone_file: zone}}", dir)
	l := c.BlockLists["private"]
	for how, text := range printed(t, c) {
		if strings.Contains(text, canary) {
			t.Errorf("%s shows the zone: %s", how, text)
		}
	}
	zone, err := l.ReadZone()
	if err != nil || zone.Reveal() != secretZone {
		t.Errorf("zone %q, error %v", zone.Reveal(), err)
	}
	replace(t, path, "NEW."+secretZone+".\n")
	if zone, err = l.ReadZone(); err != nil || zone.Reveal() != "new."+secretZone {
		t.Errorf("after a change: zone %q, error %v", zone.Reveal(), err)
	}
	replace(t, path, secretZone+" "+secretZone)
	if zone, err = l.ReadZone(); !errors.Is(err, ErrNoZone) || !zone.Empty() || strings.Contains(err.Error(), canary) {
		t.Errorf("after a bad change: zone %q, error %v", zone.Reveal(), err)
	}
	zone, err = BlockList{Zone: "BL.example.net"}.ReadZone()
	if err != nil || zone.Reveal() != "bl.example.net" {
		t.Errorf("zone %q, error %v", zone.Reveal(), err)
	}
}

// Rows B14 and C8: what is wrong with a zone in a file is told without it.
func TestFaultOfAKeyedZoneIsToldWithoutIt(t *testing.T) {
	dir := t.TempDir()
	for content, want := range map[string]string{
		canary + ".dead.example": "1:36: dnsbl_lists.private.zone_file: is a zone to ask no longer: shut down in 2013",
		canary + " is the key":   "1:36: dnsbl_lists.private.zone_file: read " + dir + "/zone: does not hold the name of a zone",
	} {
		replace(t, filepath.Join(dir, "zone"), content)
		_, err := catalogue.Parse([]byte("dnsbl_lists: {private: {zone_file: zone}}"), dir)
		if diff := cmp.Diff([]string{want}, errorsIn(t, err)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	replace(t, filepath.Join(dir, "zone"), secretZone)
	replace(t, filepath.Join(dir, "copy"), strings.ToUpper(secretZone)+".\r\n")
	_, err := catalogue.Parse([]byte("dnsbl_lists:\n  b: {zone_file: copy}\n  a: {zone_file: zone}\n"), dir)
	want := []string{"3:6: dnsbl_lists.a: has the zone of the list b: give each zone one name"}
	if diff := cmp.Diff(want, errorsIn(t, err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Row C8, for a list that is not in the file.
func TestZoneOfAShippedListInUseIsRefusedUnderAnotherName(t *testing.T) {
	file := "modules: {a: {dnsbl: {lists: [spamhaus_zen, mine]}}}\ndnsbl_lists: {mine: {zone: ZEN.spamhaus.org}}"
	_, err := catalogue.Parse([]byte(file), "")
	want := []string{"2:21: dnsbl_lists.mine: has the zone of the list spamhaus_zen: give each zone one name"}
	if diff := cmp.Diff(want, errorsIn(t, err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStoreReloadsWithTheShippedLists(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mx.yml")
	replace(t, path, "modules: {a: {dnsbl: {lists: [spamhaus_zen]}}}")
	s, err := catalogue.NewStore(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Reload(); err != nil || len(s.Snapshot().BlockLists) != 1 {
		t.Errorf("after a reload: lists %v, error %v", s.Snapshot().ListNames(), err)
	}
}

func TestBlockListsHaveTheirOwnResolverWhenServersAreNamed(t *testing.T) {
	dns := "dns: {servers: [192.0.2.1], transport: tcp, timeout: 1s, tries: 3, trust_ad: true}"
	m := parseModule(t, "modules: {a: {"+dns+"}}", "a")
	if got := m.DNSBLResolver(); !reflect.DeepEqual(got, m.DNS) {
		t.Errorf("without servers %+v, want %+v", got, m.DNS)
	}
	m = parseModule(t, "modules: {a: {"+dns+", dnsbl: {servers: [127.0.0.1, '::1']}}}", "a")
	want := DNS{Servers: []string{"127.0.0.1:53", "[::1]:53"}, Transport: UDP, Timeout: m.DNS.Timeout, Tries: 3}
	if diff := cmp.Diff(want, m.DNSBLResolver()); diff != "" {
		t.Errorf("with servers (-want +got):\n%s", diff)
	}
}

func TestSendersAreAddressesAndThoseOfTheSPFRecord(t *testing.T) {
	d := parseModule(t, "modules: {a: {dnsbl: {senders: [198.51.100.7, spf, '2001:db8::7']}}}", "a").DNSBL
	got := d.Addresses()
	if len(got) != 2 || got[0].String() != "198.51.100.7" || got[1].String() != "2001:db8::7" || !d.FromSPF() {
		t.Errorf("addresses %v, from SPF %v", got, d.FromSPF())
	}
	if d := (DNSBL{Senders: []string{"192.0.2.1"}}); d.FromSPF() {
		t.Error("SPF without the word")
	}
}

func TestListsAndCodesAreBounded(t *testing.T) {
	var codes, lists, ip, names strings.Builder
	for i := range MaxCodes + 1 {
		fmt.Fprintf(&codes, "127.0.1.%d: a,", i)
	}
	for i := range MaxLists + 1 {
		fmt.Fprintf(&lists, "l%d: {zone: l%[1]d.example, ip4: true, domains: true},", i)
		fmt.Fprintf([]*strings.Builder{&ip, &names}[i%2], "l%d,", i)
	}
	for file, want := range map[string]string{
		"dnsbl_lists: {a: {zone: a.example, codes: {" + codes.String() + "}}}": "1:43: dnsbl_lists.a.codes: 101 entries: at most 100 are allowed",
		"dnsbl_lists: {" + lists.String() + "}":                                "1:14: dnsbl_lists: 61 entries: at most 60 are allowed",
	} {
		_, err := Parse([]byte(file), "")
		if diff := cmp.Diff([]string{want}, errorsIn(t, err)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	shipped := Loader{Lists: make(map[string]BlockList)}
	for i := range MaxLists + 1 {
		shipped.Lists[fmt.Sprintf("l%d", i)] = BlockList{Zone: fmt.Sprintf("l%d.example", i), IP4: true, Domains: true}
	}
	_, err := shipped.Parse([]byte("modules: {a: {dnsbl: {lists: ["+ip.String()+"], domain_lists: ["+names.String()+"]}}}"), "")
	want := []string{"1:22: modules.a.dnsbl: lists and domain_lists have 61 entries: at most 60 are allowed"}
	if diff := cmp.Diff(want, errorsIn(t, err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
