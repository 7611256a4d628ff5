package alertmanager_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mx_exporter/examples/prometheus/promtest"
)

// The types are the parts of Alertmanager's configuration that the shipped file
// uses.
type inhibition struct {
	Source []string `yaml:"source_matchers"`
	Target []string `yaml:"target_matchers"`
	Equal  []string `yaml:"equal"`
}

type file struct {
	Route     route `yaml:"route"`
	Receivers []struct {
		Name     string              `yaml:"name"`
		Webhooks []map[string]string `yaml:"webhook_configs"`
	} `yaml:"receivers"`
	Intervals []struct {
		Name  string           `yaml:"name"`
		Times []map[string]any `yaml:"time_intervals"`
	} `yaml:"time_intervals"`
	Inhibitions []inhibition `yaml:"inhibit_rules"`
}

type route struct {
	Receiver       string   `yaml:"receiver"`
	GroupBy        []string `yaml:"group_by"`
	GroupWait      string   `yaml:"group_wait"`
	GroupInterval  string   `yaml:"group_interval"`
	RepeatInterval string   `yaml:"repeat_interval"`
	Matchers       []string `yaml:"matchers"`
	Mute           []string `yaml:"mute_time_intervals"`
	Active         []string `yaml:"active_time_intervals"`
	Routes         []route  `yaml:"routes"`
}

func shipped(t *testing.T) (f file) {
	t.Helper()
	promtest.Read(t, "alertmanager.yml", &f)
	if len(f.Inhibitions) == 0 || len(f.Route.Routes) == 0 {
		t.Fatal("the file has no inhibition or no routes")
	}
	return f
}

// matcher is one of Alertmanager's: label, operator and value.
var matcher = regexp.MustCompile(`^(\w+)(=~|!~|!=|=)"([^"]*)"$`)

// picks says whether an alert with these labels passes all matchers.
func picks(t *testing.T, matchers []string, labels map[string]string) bool {
	t.Helper()
	for _, m := range matchers {
		p := matcher.FindStringSubmatch(m)
		if p == nil {
			t.Fatalf("cannot read the matcher %q", m)
		}
		equal := labels[p[1]] == p[3]
		if strings.HasSuffix(p[2], "~") {
			equal = regexp.MustCompile("^(?:" + p[3] + ")$").MatchString(labels[p[1]])
		}
		if equal == strings.HasPrefix(p[2], "!") {
			return false
		}
	}
	return true
}

// alerts is every alert there is with the labels that its rule gives it.
func alerts(t *testing.T) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	for _, r := range promtest.Rules(t, "../prometheus/rules/*.yml") {
		if r.Alert != "" {
			all[r.Alert] = maps.Clone(r.Labels)
			all[r.Alert]["alertname"] = r.Alert
		}
	}
	return all
}

func TestMatchersNameAlertsThatThereAre(t *testing.T) {
	all := alerts(t)
	for _, i := range shipped(t).Inhibitions {
		for _, matchers := range [][]string{i.Source, i.Target} {
			if !slices.ContainsFunc(slices.Collect(maps.Values(all)), func(l map[string]string) bool { return picks(t, matchers, l) }) {
				t.Errorf("%v picks no alert", matchers)
			}
			for _, m := range matchers {
				for _, name := range regexp.MustCompile(`\bMX\w+`).FindAllString(m, -1) {
					if all[name] == nil && !strings.Contains(m, name+".*") {
						t.Errorf("%s names %s, and there is no such alert", m, name)
					}
				}
			}
		}
	}
}

// inhibits says whether one alert holds back another about the same thing.
func inhibits(t *testing.T, f file, all map[string]map[string]string, source, target string) bool {
	t.Helper()
	if all[source] == nil || all[target] == nil {
		t.Fatalf("there is no alert %s or no alert %s", source, target)
	}
	return slices.ContainsFunc(f.Inhibitions, func(i inhibition) bool {
		return picks(t, i.Source, all[source]) && picks(t, i.Target, all[target])
	})
}

func TestWhatHoldsBackWhat(t *testing.T) {
	f, all := shipped(t), alerts(t)
	for _, c := range []struct {
		source, target string
		want           bool
	}{
		{"MXResolverDown", "MXDomainCompromised", true},
		{"MXEgressBlocked", "MXBackupDown", true},
		{"MXExporterDown", "MXProbeFailing", true},
		{"MXExporterDown", "MXResolverDown", false},
		{"MXClockSuspect", "MXCertificateExpires1d", true},
		{"MXClockSuspect", "MXBackupDown", false},
		{"MXExporterListed", "MXBlockedUs", true},
		{"MXExporterReverseName", "MXBlockedUs", true},
		{"MXExporterListed", "MXBackupDown", false},
		{"MXDomainCompromised", "MXBackupDown", true},
		{"MXDomainCompromised", "MXBackupDownPrimaryFlapping", true},
		{"MXBackupDownPrimaryFlapping", "MXDomainCompromised", false},
		{"MXDomainCompromised", "MXOpenRelay", false},
		{"MXDomainCompromised", "MXListed", false},
		{"MXAllBackupsDown", "MXBackupDown", true},
		{"MXBackupDown", "MXAllBackupsDown", false},
		{"MXBackupDown", "MXPrimaryDown", false},
		{"MXPrimaryDown", "MXSlow", true},
		{"MXCertificateExpires1d", "MXCertificateExpires21d", true},
		{"MXCertificateExpires21d", "MXCertificateExpires1d", false},
		{"MXListedByMany", "MXListed", true},
		{"MXDiscoveryStale", "MXDiscoveryFailing", true},
		{"MXDiscoveryFailing", "MXDiscoveryStale", false},
		{"MXExporterDown", "MXDiscoveryEmpty", false},
		{"MXUsersLockedOut", "MXUserServerDown", true},
		{"MXUsersLockedOut", "MXMailboxNearlyFull", false},
		{"MXLoginBackedOff", "MXLoginFailing", true},
		{"MXLoginFailing", "MXLoginBackedOff", false},
		{"MXCertificateExpires1d", "MXUserCertificateInvalid", true},
		{"MXMailboxFull", "MXMailboxNearlyFull", true},
		{"MXRoundTripLoginBackedOff", "MXRoundTripUnread", true},
		{"MXRoundTripUnread", "MXRoundTripLost", false},
		{"MXRoundTripStopped", "MXRoundTripStale", true},
		{"MXRoundTripJunked", "MXRoundTripSpamScore", true},
		{"MXRoundTripLost", "MXRoundTripHostFails", true},
		{"MXResolverDown", "MXRoundTripLost", true},
		{"MXExporterDown", "MXRoundTripStale", true},
		{"MXBackupDown", "MXDomainImpaired", true},
		{"MXDomainImpaired", "MXBackupDown", false},
	} {
		if got := inhibits(t, f, all, c.source, c.target); got != c.want {
			t.Errorf("%s holds back %s: %v, want %v", c.source, c.target, got, c.want)
		}
	}
}

// Two that hold each other back are never heard of.
func TestNoTwoAlertsHoldEachOtherBack(t *testing.T) {
	f, all := shipped(t), alerts(t)
	for a := range all {
		for b := range all {
			if a < b && inhibits(t, f, all, a, b) && inhibits(t, f, all, b, a) {
				t.Errorf("%s and %s hold each other back", a, b)
			}
		}
	}
}

// A rule without equal would let the fault of one domain silence all others.
func TestInhibitionStaysWithWhatItIsAbout(t *testing.T) {
	for _, i := range shipped(t).Inhibitions {
		if len(i.Equal) == 0 && !slices.Equal(i.Target, []string{`alertname="MXNoProbes"`}) {
			t.Errorf("%v holds back %v everywhere", i.Source, i.Target)
		}
	}
}

func TestRoutesNameReceiversAndIntervalsThatThereAre(t *testing.T) {
	f := shipped(t)
	var receivers, intervals []string
	for _, r := range f.Receivers {
		receivers = append(receivers, r.Name)
	}
	for _, i := range f.Intervals {
		intervals = append(intervals, i.Name)
	}
	used := map[string]bool{}
	for _, r := range append(f.Route.Routes, f.Route) {
		if r.Receiver != "" && !slices.Contains(receivers, r.Receiver) {
			t.Errorf("there is no receiver %s", r.Receiver)
		}
		for _, name := range slices.Concat(r.Mute, r.Active) {
			used[name] = true
			if !slices.Contains(intervals, name) {
				t.Errorf("there is no interval %s", name)
			}
		}
	}
	for _, name := range intervals {
		if !used[name] {
			t.Errorf("nothing uses the interval %s", name)
		}
	}
	if !slices.Equal(f.Route.GroupBy, []string{"instance", "roundtrip"}) {
		t.Errorf("grouped by %v: one message for one incident is by instance, and by the round trip where there is one", f.Route.GroupBy)
	}
}
