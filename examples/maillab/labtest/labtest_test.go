package labtest_test

import (
	"bufio"
	"fmt"
	"testing"

	"go.uber.org/goleak"

	"mx_exporter/examples/maillab/labtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const scenario = `title: T
shows: S.
domain: x.test
verdict: satisfactory

-- server mx1 --
listen: 192.0.2.1:25
`

// recorder is a testing.TB that keeps what would fail the test.
type recorder struct {
	testing.TB
	errors   []string
	cleanups []func()
}

func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func TestViolationsAndStraysFailTheTest(t *testing.T) {
	r := &recorder{TB: t}
	l := labtest.StartWith(r, scenario)
	c, err := l.Net.DialContext(t.Context(), "tcp", "192.0.2.1:25")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"DATA\r\n", ""} {
		if _, err := bufio.NewReader(c).ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	_ = c.Close()
	if c, err := l.Net.DialContext(t.Context(), "tcp", "127.0.0.1:25"); err == nil {
		t.Fatalf("left the lab: %v", c.Close())
	}
	r.cleanups[0]()
	want := []string{
		"protocol violation: mx1.x.test at 192.0.2.1:25: the client said DATA: a probe never sends a message",
		"dialled outside of the lab: tcp 127.0.0.1:25",
	}
	if fmt.Sprint(r.errors) != fmt.Sprint(want) {
		t.Errorf("got %q\nwant %q", r.errors, want)
	}
}

func TestStartRunsEveryScenario(t *testing.T) {
	l := labtest.Start(t)
	if _, ok := l.Scenario("good.test"); !ok || len(l.Scenarios) < 50 {
		t.Errorf("%d scenarios", len(l.Scenarios))
	}
}
