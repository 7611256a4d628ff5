package dnsq_test

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// N2: a resolver that is not there is told as such also when many ask at once.
// The kernel gives the refusal of one question to whoever touches the socket
// next, which may be another question that is being sent.
func TestRefusalReachesEveryQuestionOnTheSocket(t *testing.T) {
	t.Parallel()
	c := client(t, dnsq.Options{Servers: []string{nobody(t)}, Timeout: time.Second, Tries: 1})
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			_, err := dnsq.Lookup[*dns.A](t.Context(), c, fmt.Sprintf("n%d.test.", i))
			if dnsq.ReasonOf(err) != fact.LocalResolver || errors.Is(err, net.ErrClosed) {
				t.Errorf("question %d: %v", i, err)
			}
		})
	}
	wg.Wait()
}
