package main

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mx_exporter/config"
	"mx_exporter/examples/maillab"
	"mx_exporter/probe/dnsbl"
)

// listsOnLoopback gives each script a resolver with block lists, and in
// maillab.yml the configuration that asks it, module lists.
func listsOnLoopback(e *testscript.Env) error {
	text, err := os.ReadFile("testdata/lists.txt")
	if err != nil {
		return err
	}
	s, err := maillab.ParseScenario("lists", string(text))
	if err != nil {
		return err
	}
	lab, err := maillab.New(context.Background(), s)
	if err != nil {
		return err
	}
	e.Defer(func() { _ = lab.Close() })
	_, err = lab.WriteConfig(e.WorkDir)
	return err
}

func TestShippedListsGiveWayToOnesOwn(t *testing.T) {
	own := map[string]config.BlockList{
		"psbl": {Zone: "psbl.example.test"},     // the name of a shipped one
		"zen":  {Zone: "zen.spamhaus.org"},      // the zone of a shipped one
		"ours": {ZoneFile: "/run/secrets/zone"}, // none
	}
	all := withShipped(own)
	if want := len(dnsbl.Catalog()) + 1; len(all) != want || all["psbl"].Zone != own["psbl"].Zone || all["spamhaus_zen"].Zone != "" || all["spamcop"].Zone == "" {
		t.Errorf("%d lists, want %d: %v", len(all), want, all)
	}
	if len(own) != 3 {
		t.Error("the configuration's own were changed")
	}
}

func TestExitCodesOfDNSBL(t *testing.T) {
	s := dnsbl.Subject{Address: netip.MustParseAddr("192.0.2.1"), Role: dnsbl.Sender}
	answer := func(v dnsbl.Verdict) dnsbl.Answer { return dnsbl.Answer{Subject: s, Verdict: v} }
	for name, c := range map[string]struct {
		subjects []dnsbl.Subject
		result   dnsbl.Result
		want     int
	}{
		"all healthy":             {nil, dnsbl.Result{Lists: []dnsbl.Health{{State: dnsbl.Healthy}, {State: dnsbl.Skipped}}}, 0},
		"one dead":                {nil, dnsbl.Result{Lists: []dnsbl.Health{{State: dnsbl.Healthy}, {State: dnsbl.Broken}}}, 1},
		"one silent":              {nil, dnsbl.Result{Lists: []dnsbl.Health{{State: dnsbl.Untested}}}, 1},
		"not listed":              {[]dnsbl.Subject{s}, dnsbl.Result{Answers: []dnsbl.Answer{answer(dnsbl.NotListed)}}, 0},
		"not known":               {[]dnsbl.Subject{s}, dnsbl.Result{Answers: []dnsbl.Answer{answer(dnsbl.NotListed), answer(dnsbl.Unknown)}}, 1},
		"not asked":               {[]dnsbl.Subject{s}, dnsbl.Result{}, 1},
		"listed, and one unknown": {[]dnsbl.Subject{s}, dnsbl.Result{Answers: []dnsbl.Answer{answer(dnsbl.Unknown), answer(dnsbl.Listed)}}, 2},
	} {
		if got := dnsblCode(c.subjects, &c.result); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// A script that leaves the file with the key behind would prove nothing.
func TestTheListsOfTheScriptsHaveAKey(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "lists.txt"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := maillab.ParseScenario("lists", string(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range s.Wants.Lists {
		if l.Keyed {
			return
		}
	}
	t.Error("no list is keyed")
}
