package maillab

import (
	"context"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lab runs one scenario, without judging what clients do to it.
func lab(t *testing.T, text string) *Lab {
	t.Helper()
	s, err := ParseScenario("test", text)
	if err != nil {
		t.Fatal(err)
	}
	l, err := New(context.WithoutCancel(t.Context()), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return l
}

// oneServer is a scenario of one server, with the lines given in its section.
func oneServer(lines string) string {
	return `title: One server
shows: One server.
domain: one.test
verdict: satisfactory

-- zone --
@    MX 10 mx1
mx1  A     192.0.2.25

-- server mx1 --
listen: 192.0.2.25:25
` + lines
}
