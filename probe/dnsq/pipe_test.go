package dnsq_test

import (
	"cmp"
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq/dnsqtest"
)

// net in memory: each address is a resolver that answers from zones. It works
// inside a synctest bubble, where real sockets do not.
type memory struct {
	t         *testing.T
	resolvers map[string]*dnsqtest.Zones // by address, or by network and address
	cut       bool                       // over UDP no records and the TC bit

	mu    sync.Mutex
	dials int
	conns int // open
}

// dial is for dnsq.Options.Dial.
func (m *memory) dial(_ context.Context, network, address string) (net.Conn, error) {
	near, far := net.Pipe()
	m.count(1)
	go func() {
		defer m.count(-1)
		m.serve(far, cmp.Or(m.resolvers[network+" "+address], m.resolvers[address]), network == "tcp")
	}()
	return near, nil
}

func (m *memory) count(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dials += max(n, 0)
	m.conns += n
}

// open is how many sockets there are, and dialled how many there ever were.
func (m *memory) open() (open, dialled int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.conns, m.dials
}

// serve answers until the client closes its end.
func (m *memory) serve(conn net.Conn, z *dnsqtest.Zones, stream bool) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	defer conn.Close()
	for {
		raw, err := next(conn, stream)
		if err != nil {
			return
		}
		q := new(dns.Msg)
		if err := q.Unpack(raw); err != nil {
			m.t.Errorf("question: %v", err)
			return
		}
		wg.Go(func() {
			a, err := z.Exchange(ctx, q)
			if err != nil {
				return
			}
			if m.cut && !stream {
				a.Answer, a.Ns, a.Truncated = nil, nil, true
			}
			raw, err := a.Pack()
			if err != nil {
				m.t.Errorf("answer: %v", err)
				return
			}
			if stream {
				raw = append(binary.BigEndian.AppendUint16(nil, uint16(len(raw))), raw...)
			}
			_, _ = conn.Write(raw) // the client may have left
		})
	}
}

// next reads one message.
func next(conn net.Conn, stream bool) ([]byte, error) {
	if !stream {
		buf := make([]byte, 4096)
		n, err := conn.Read(buf)
		return buf[:n], err
	}
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return nil, err
	}
	raw := make([]byte, binary.BigEndian.Uint16(size[:]))
	_, err := io.ReadFull(conn, raw)
	return raw, err
}
