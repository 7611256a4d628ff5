package roundtrip

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// door is a server that a trip's configuration names: the relay that it gives its
// messages to, or the one that keeps its mailbox.
type door struct {
	env     *probe.Env
	dns     dnsq.Exchanger
	trip    config.RoundTrip
	host    string
	port    uint16
	connect time.Duration
}

func newDoor(env *probe.Env, r config.RoundTrip, host string, port int) (door, error) {
	x, err := env.Resolver(r.DNS)
	if err != nil {
		return door{}, fmt.Errorf("dns: %w", err)
	}
	return door{env: env, dns: x, trip: r, host: host, port: uint16(port), connect: time.Duration(config.DefaultConnect)}, nil
}

// reach connects to one address of the server within its own time. Whoever is
// done with the connection calls done.
func (d *door) reach(ctx context.Context, a netip.Addr) (conn net.Conn, done func(), f *fact.Failure) {
	ctx, cancel := context.WithTimeout(ctx, d.connect)
	defer cancel()
	return d.env.Connect(ctx, probe.Everywhere(), netip.AddrPortFrom(a, d.port))
}

// doorName is what a login at a server is known by.
func doorName(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }
