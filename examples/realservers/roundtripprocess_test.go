//go:build real

package realservers

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mx_exporter/examples/realservers/server"
)

// process is an exporter with round trips of its own, which remembers them in dir.
type process struct {
	*server.Process
	address string
}

// start starts the exporter that the lab has built.
func (l *mailboxLab) start(t *testing.T, dir, file string) *process {
	t.Helper()
	p := &process{address: server.At("127.0.0.1", server.Port(t))}
	p.Process = server.Start(t, dir, "exporter", l.exporter.Program, "--config.file="+file,
		"--web.listen-address="+p.address, "--state.directory="+dir)
	p.Ready(t, "answers", func() bool {
		_, err := p.read(t.Context())
		return err == nil
	})
	return p
}

func (p *process) read(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+"/metrics", http.NoBody)
	if err != nil {
		return "", err
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	return string(b), err
}

// metric is a series of the exporter's own, absent ones being 0.
func (p *process) metric(t *testing.T, name, labels string) float64 {
	t.Helper()
	text, err := p.read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, pair := range strings.Fields(labels) {
		k, v, _ := strings.Cut(pair, "=")
		want[k] = v
	}
	for _, s := range server.ParseExposition(t, text).Where(name, want) {
		return s.Value
	}
	return 0
}

// early is an instance in whose name a trip begins at once: its place in the spread
// of the first messages comes from both names, and a test cannot wait for a minute.
func early(trip string) string {
	for i := range 1000 {
		instance := fmt.Sprintf("real%d", i)
		h := fnv.New64a()
		h.Write([]byte(trip + "\x00" + instance))
		if h.Sum64()%uint64(time.Minute) < uint64(time.Second) {
			return instance
		}
	}
	return "real"
}

// killedCountsOnce kills the exporter while a message of it is on its way, lets the
// message arrive, and starts the exporter again, twice. Faults I12.
func killedCountsOnce(t *testing.T, l *mailboxLab) {
	file := l.example(t, "direct", map[string]string{
		"office@": "killed@", "interval: 5m": "interval: 2m\n    instance: " + early("direct"), "window: 2m": "window: 1m",
	})
	dir := server.Folder(t, "state")
	p := l.start(t, dir, file)
	server.Eventually(t, 90*time.Second, "a message is held", func() (bool, string) {
		held := l.home.Held(t, "killed@home.test")
		return len(held) == 1, fmt.Sprint(held)
	})
	server.Eventually(t, 10*time.Second, "the exporter awaits it", func() (bool, string) {
		n := p.metric(t, "mx_roundtrip_pending", "roundtrip=direct")
		return n == 1, fmt.Sprint(n)
	})
	p.Kill(t)
	l.home.Release(t, l.home.Held(t, "killed@home.test")...)
	server.Eventually(t, 15*time.Second, "the message has arrived", func() (bool, string) {
		n := len(l.dovecot.Holds(t, "killed"))
		return n == 1, fmt.Sprint(n)
	})

	p = l.start(t, dir, file)
	arrived := func() (bool, string) {
		n := p.metric(t, "mx_roundtrip_outcomes_total", "roundtrip=direct outcome=arrived")
		return n == 1, fmt.Sprint(n)
	}
	server.Eventually(t, 20*time.Second, "it is counted", arrived)
	l.empty(t, "killed")
	p.Kill(t)
	p = l.start(t, dir, file)
	if once, n := arrived(); !once {
		t.Errorf("after another end the message was counted %s times", n)
	}
	for _, name := range []string{"mx_roundtrip_lost_total", "mx_roundtrip_duplicates_total", "mx_roundtrip_pending"} {
		if n := p.metric(t, name, "roundtrip=direct"); n != 0 {
			t.Errorf("%s is %v", name, n)
		}
	}
	if n := p.metric(t, "mx_roundtrip_runs_total", "roundtrip=direct"); n != 1 {
		t.Errorf("there were %v runs", n)
	}
	p.Stop(t)
}

// hungServerDelaysNobody: a mailbox's server takes connections and says nothing.
// Another round trip goes on, a scrape is answered, and the process ends in time.
func hungServerDelaysNobody(t *testing.T, l *mailboxLab) {
	visitors := server.Silent(t, server.At(l.block+hungAddress, 993))
	trips := func(name, account, host string) string {
		b := string(read(t, l.example(t, "direct", map[string]string{
			"office@": account + "@", "server: mail.example.org": "server: " + host,
			"  direct:": "  " + name + ":", "interval: 5m": "interval: 5m\n    instance: " + early(name),
		})))
		_, trip, _ := strings.Cut(b, "round_trips:\n")
		return trip
	}
	dir := server.Folder(t, "hung")
	put(t, filepath.Join(dir, "office.password"), mailboxPassword+"\n")
	file := filepath.Join(dir, "mx_exporter.yml")
	put(t, file, "round_trips:\n"+trips("hung", "hung", "hung.test")+trips("beside", "beside", "mail.home.test"))
	p := l.start(t, dir, file)
	server.Eventually(t, 90*time.Second, "one round trip hangs, and the other goes on", func() (bool, string) {
		began := time.Now()
		waiting := p.metric(t, "mx_roundtrip_pending", "roundtrip=hung")
		scrape := time.Since(began)
		done := p.metric(t, "mx_roundtrip_outcomes_total", "roundtrip=beside outcome=arrived")
		if scrape > 2*time.Second {
			t.Errorf("a scrape took %v", scrape)
		}
		return waiting == 1 && done == 1 && len(visitors) > 0, fmt.Sprintf("%v hang, %v arrived, %d connected", waiting, done, len(visitors))
	})
	began := time.Now()
	p.Stop(t)
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("the process took %v to end", took)
	}
}
