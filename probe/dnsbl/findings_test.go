package dnsbl_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

func TestFindings(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, entries("a.test")+entries("b.test")+
		listed("7.2.0.192", "a.test", "127.0.0.2")+listed("7.2.0.192", "b.test", "127.0.0.9")+listed("8.2.0.192", "a.test", "127.0.0.2")+
		listed("mx1.example.test", "a.test", "127.0.0.2")+listed("example.test", "b.test", "127.0.0.2")+listed("9.2.0.192", "a.test", "203.0.113.1"))
	c := client(t, z, dnsbl.Options{})
	lists := []dnsbl.List{list(t, "a", "a.test", "127.0.0.2", "spam"), list(t, "b", "b.test"), list(t, "dead", "dead.test")}
	sender := dnsbl.Subject{Address: netip.MustParseAddr("192.0.2.8"), Role: dnsbl.Sender}
	r := c.Check(t.Context(), lists, []dnsbl.Subject{
		address("192.0.2.7"), address("192.0.2.7"), sender, address("192.0.2.9"), domain("example.test"),
		{Domain: "mx1.example.test", Host: "mx1.example.test", Role: dnsbl.Named},
	})
	want := []fact.Finding{
		{Check: "dnsbl", Code: "dnsbl-listed", Severity: fact.Info, Host: "mx1.example.test", Address: "192.0.2.7", Detail: "192.0.2.7 is on a (spam), b (code 127.0.0.9), a (spam), b (code 127.0.0.9)"},
		{Check: "dnsbl", Code: "dnsbl-listed", Severity: fact.Warning, Address: "192.0.2.8", Detail: "192.0.2.8 is on a (spam)"},
		{Check: "dnsbl", Code: "dnsbl-domain-listed", Severity: fact.Warning, Detail: "listed: example.test on b (code 127.0.0.2)"},
		{Check: "dnsbl", Code: "dnsbl-domain-listed", Severity: fact.Warning, Host: "mx1.example.test", Detail: "listed: mx1.example.test on a (spam)"},
		{Check: "dnsbl", Code: "dnsbl-list-broken", Severity: fact.Info, Detail: "dead (ip4: entry_missing), dead (domain: entry_missing)"},
		{Check: "dnsbl", Code: "dnsbl-unknown", Severity: fact.Info, Detail: "a (hijack)"},
	}
	got := r.Findings()
	if !slices.Equal(got, want) {
		for _, f := range got {
			t.Errorf("%+v", f)
		}
	}
	docs := map[fact.Code]bool{}
	for _, d := range dnsbl.Docs() {
		docs[d.Code] = d.Check == dnsbl.CheckName && d.Meaning != "" && d.Effect != "" && d.Mend != ""
	}
	for _, f := range got {
		if !docs[f.Code] {
			t.Errorf("%s is not explained", f.Code)
		}
	}
	if fs := new(dnsbl.Result).Findings(); len(fs) != 0 {
		t.Errorf("%+v", fs)
	}
}

// Labels make a series: two findings with the same ones would be one too many.
func TestFindingsDifferInTheirLabels(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, entries("a.test")+listed("one.test", "a.test", "127.0.0.2")+listed("two.test", "a.test", "127.0.0.2"))
	c := client(t, z, dnsbl.Options{})
	fs := c.Check(t.Context(), []dnsbl.List{list(t, "a", "a.test")}, []dnsbl.Subject{domain("one.test"), domain("two.test")}).Findings()
	if len(fs) != 1 || fs[0].Detail != "listed: one.test on a (code 127.0.0.2); two.test on a (code 127.0.0.2)" {
		t.Errorf("%+v", fs)
	}
}

func TestListsOfWordsAreClosed(t *testing.T) {
	t.Parallel()
	if len(dnsbl.Verdicts()) != 3 || len(dnsbl.Reasons()) != 9 || len(dnsbl.Faults()) != 10 || len(dnsbl.States()) != 4 || len(dnsbl.Roles()) != 4 || len(dnsbl.Families()) != 3 || len(dnsbl.SelfTests()) != 3 {
		t.Error("a word is missing from its list")
	}
}

func ExampleClient_Check() {
	zones := dnsqtest.New(new(testing.T), entries("bl.example")+listed("7.2.0.192", "bl.example", "127.0.0.4"))
	zone, _ := dnsbl.ParseZone("bl.example")
	codes, _ := dnsbl.ParseCodes(map[string]string{"127.0.0.2": "spam", "127.0.0.4-127.0.0.7": "exploit"})
	lists := []dnsbl.List{{Name: "example", Zone: zone, Codes: codes, IP4: true}}

	client := dnsbl.NewClient(zones, dnsbl.Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}})
	defer client.Close()
	result := client.Check(context.Background(), lists, []dnsbl.Subject{
		{Address: netip.MustParseAddr("192.0.2.7"), Role: dnsbl.Sender},
		{Address: netip.MustParseAddr("192.0.2.8"), Role: dnsbl.Primary},
		{Address: netip.MustParseAddr("10.0.0.1"), Role: dnsbl.Primary}, // nobody is asked about it
	})
	for _, a := range result.Answers {
		fmt.Println(a.Query, a.Verdict, a.Hits)
	}
	fmt.Println(result.Lists[0].State)
	// Output:
	// 7.2.0.192.bl.example listed [{127.0.0.4 exploit}]
	// 8.2.0.192.bl.example not_listed []
	// healthy
}
