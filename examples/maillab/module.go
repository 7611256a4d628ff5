package maillab

import (
	"errors"
	"fmt"
	"strings"
)

// usualModule is the module that looks at a scenario that wants nothing else.
const usualModule = "mx"

// ModuleSpec is what a scenario wants of the module that looks at it. The zero
// value is the lab's usual module.
type ModuleSpec struct {
	DKIMSelectors []string // whose keys are looked at
	Senders       []string // addresses that send the domain's mail
	Mailboxes     []string // local parts that RCPT asks about; none: postmaster
	RelayTest     bool     // whether servers are asked to relay
	RandomTest    bool     // whether servers are asked about a mailbox that cannot exist
	BothCerts     bool     // whether servers are asked for the certificate of the other kind of key
	Sharing       bool     // whether probes of several domains share a conversation
	Lists         []ListSpec
	Service       Service
}

// Module is the name of the module that looks at the scenario, in the file that
// [Lab.WriteConfig] writes: its own, named like the scenario, where it wants
// something, and else mx.
func (s Scenario) Module() string {
	if s.Wants.usual() {
		return usualModule
	}
	return s.Name
}

func (w ModuleSpec) usual() bool {
	return len(w.DKIMSelectors)+len(w.Senders)+len(w.Mailboxes)+len(w.Lists) == 0 && !w.RelayTest && !w.RandomTest && !w.BothCerts && !w.Sharing && w.Service == Service{}
}

// moduleKeys is how each key of a scenario's head that is about the module is
// read. It is never changed.
var moduleKeys = map[string]func(*ModuleSpec, string) error{
	"dkim-selectors":    some(func(w *ModuleSpec) *[]string { return &w.DKIMSelectors }),
	"senders":           some(func(w *ModuleSpec) *[]string { return &w.Senders }),
	"recipients":        some(func(w *ModuleSpec) *[]string { return &w.Mailboxes }),
	"relay-test":        onOff(func(w *ModuleSpec) *bool { return &w.RelayTest }),
	"both-certificates": onOff(func(w *ModuleSpec) *bool { return &w.BothCerts }),
	"share-connections": onOff(func(w *ModuleSpec) *bool { return &w.Sharing }),
	"random-test":       onOff(func(w *ModuleSpec) *bool { return &w.RandomTest }),
	"prober": func(w *ModuleSpec, v string) error {
		return pick(&w.Service.Prober, v, "smtp", "submission", "imap", "pop3")
	},
	"tls": func(w *ModuleSpec, v string) error { return pick(&w.Service.TLS, v, "implicit", "starttls", "never") },
	"login": func(w *ModuleSpec, v string) (err error) {
		w.Service.Server, w.Service.Account, w.Service.Password, err = parseLogin(v)
		return err
	},
	"list": func(w *ModuleSpec, v string) error {
		l, err := parseList(v)
		w.Lists = append(w.Lists, l)
		return err
	},
}

func onOff(field func(*ModuleSpec) *bool) func(*ModuleSpec, string) error {
	return func(w *ModuleSpec, v string) error {
		if v != "on" && v != "off" {
			return fmt.Errorf("%q is neither on nor off", v)
		}
		*field(w) = v == "on"
		return nil
	}
}

func some(field func(*ModuleSpec) *[]string) func(*ModuleSpec, string) error {
	return func(w *ModuleSpec, v string) error {
		if v == "" {
			return errors.New("it names nothing; leave the line out")
		}
		*field(w) = strings.Fields(v)
		return nil
	}
}

// yaml gives the lines of a module that make it what w wants.
func (w ModuleSpec) yaml() string {
	var b strings.Builder
	line(&b, "    dkim_selectors: [%s]\n", w.DKIMSelectors)
	if len(w.Mailboxes) > 0 || w.RandomTest {
		fmt.Fprintf(&b, "    recipients:\n      random: %t\n", w.RandomTest)
		line(&b, "      check: [%s]\n", w.Mailboxes)
	}
	if len(w.Senders)+len(w.Lists) > 0 {
		fmt.Fprintf(&b, "    dnsbl:\n      txt: %t\n", len(w.Lists) > 0)
		line(&b, "      senders: [%s]\n", w.Senders)
		line(&b, "      lists: [%s]\n", names(w.Lists, ListSpec.addresses))
		line(&b, "      domain_lists: [%s]\n", names(w.Lists, func(l ListSpec) bool { return l.Domains }))
	}
	return b.String()
}

// line writes a list of words, unless there are none.
func line(b *strings.Builder, format string, words []string) {
	if len(words) > 0 {
		fmt.Fprintf(b, format, quoted(words))
	}
}

// quoted makes words a list of YAML strings.
func quoted(words []string) string {
	qs := make([]string, len(words))
	for i, w := range words {
		qs[i] = fmt.Sprintf("%q", w)
	}
	return strings.Join(qs, ", ")
}
