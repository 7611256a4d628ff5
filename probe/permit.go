package probe

import (
	"fmt"
	"strings"

	"mx_exporter/config"
)

// TargetFor reads a target for a module. A module that is bound to a server needs
// none, and takes no other: a login must not go where a request sends it. Errors
// are those of [ParseTarget].
func TargetFor(s string, m config.Module) (Target, error) {
	host, _ := m.Endpoint()
	switch {
	case host == "":
		return ParseTarget(s)
	case s == "" || strings.EqualFold(strings.TrimSuffix(s, "."), host):
		return Target{Domain: host}, nil
	}
	return Target{}, bound(s, m)
}

func bound(target string, m config.Module) error {
	host, _ := m.Endpoint()
	return &TargetError{
		Target: target, Wrong: fmt.Sprintf("is not the server of module %s, which talks to %s alone", m.Name, host),
		Right: "no target, or that server",
	}
}

// permitted holds the rules that nobody but the operator chooses recipients, or
// where a login goes. It gives the target of a module that has one of its own.
func permitted(t Target, m config.Module) (Target, error) {
	host, _ := m.Endpoint()
	switch {
	case host != "" && t == Target{}:
		t.Domain = host
	case host != "" && (t.Domain != host || t.Recipient != ""):
		return t, bound(t.String(), m)
	case host == "" && m.Set():
		return t, fmt.Errorf("module %s: a login needs a server that the configuration names", m.Name)
	}
	switch {
	case m.Prober == config.ProberMX:
		if t.Recipient != "" && !t.Trusted && !m.Recipients.Allows(t.Recipient) {
			return t, &RecipientError{t.Recipient, m.Name}
		}
	case m.Prober == config.ProberSMTP, m.Prober.ForUsers():
		if t.Recipient != "" {
			return t, &TargetError{Target: t.Recipient, Wrong: "is a mailbox, and the module's prober is " + string(m.Prober), Right: wanted(m.Prober)}
		}
	default:
		return t, fmt.Errorf("module %s: prober %q is not known", m.Name, m.Prober)
	}
	return t, nil
}

func wanted(p config.Prober) string {
	if p.ForUsers() {
		return "a domain such as example.org, or a host"
	}
	return "a host such as mx.example.org"
}
