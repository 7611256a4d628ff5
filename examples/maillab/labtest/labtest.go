// Package labtest starts a mail lab for a test and ends it with the test. It
// stands apart from maillab so that a program with a lab inside does not carry
// package testing.
package labtest

import (
	"context"
	"testing"

	"mx_exporter/examples/maillab"
)

// Start runs a lab with the scenarios given, or with all that it comes with when
// none are, until the test is over. What clients did against the protocols by
// then fails the test.
func Start(t testing.TB, scenarios ...maillab.Scenario) *maillab.Lab {
	t.Helper()
	return start(t, scenarios...)
}

// StartWith runs a lab with one scenario, given as its text; see
// [maillab.ParseScenario].
func StartWith(t testing.TB, text string) *maillab.Lab {
	t.Helper()
	s, err := maillab.ParseScenario("test", text)
	if err != nil {
		t.Fatal(err)
	}
	return start(t, s)
}

func start(t testing.TB, scenarios ...maillab.Scenario) *maillab.Lab {
	t.Helper()
	lab, err := maillab.New(context.WithoutCancel(t.Context()), scenarios...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lab.Close(); err != nil {
			t.Errorf("closing the lab: %v", err)
		}
		for _, v := range lab.Violations() {
			t.Errorf("protocol violation: %s", v)
		}
		for _, a := range lab.Net.Strays() {
			t.Errorf("dialled outside of the lab: %s", a)
		}
	})
	return lab
}
