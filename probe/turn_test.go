package probe

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/config"
)

// A server of IMAP that hangs keeps nobody from the submission beside it, while
// mail servers have one conversation at an address, whatever their port.
func TestServiceThatHangsKeepsItsOwnTurnAlone(t *testing.T) {
	ip := netip.MustParseAddr("192.0.2.7")
	at := func(p config.Prober, port int) netip.AddrPort {
		r := &run{module: config.Module{Prober: p}}
		return r.turnAt(&Host{Port: port}, &Address{IP: ip})
	}
	for _, tt := range []struct {
		name  string
		held  netip.AddrPort
		other netip.AddrPort
		free  bool
	}{
		{"submission beside imap", at(config.ProberIMAP, 993), at(config.ProberSubmission, 587), true},
		{"pop3 beside imap", at(config.ProberIMAP, 993), at(config.ProberPOP3, 995), true},
		{"mail beside imap", at(config.ProberIMAP, 993), at(config.ProberMX, 25), true},
		{"imap twice", at(config.ProberIMAP, 993), at(config.ProberIMAP, 993), false},
		{"mail twice", at(config.ProberMX, 25), at(config.ProberSMTP, 25), false},
		{"mail at another port", at(config.ProberMX, 25), at(config.ProberSMTP, 2525), false},
		{"submission at the port of mail", at(config.ProberMX, 25), at(config.ProberSubmission, 25), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				turns := newTurns()
				if !turns.take(t.Context(), tt.held) {
					t.Fatal("nobody had the turn")
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if got := turns.take(ctx, tt.other); got != tt.free {
					t.Errorf("the other got its turn: %v, want %v", got, tt.free)
				}
			})
		})
	}
}

// A round trip that sends through a relay takes the turn of the service there.
func TestTripTakesTheTurnOfItsService(t *testing.T) {
	e, ip := &Env{}, netip.MustParseAddr("192.0.2.7")
	defer e.Close()
	give, f := e.Turn(t.Context(), netip.AddrPortFrom(ip, 587))
	if f != nil {
		t.Fatal(f)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, f := e.Turn(over, netip.AddrPortFrom(ip, 587)); f == nil {
		t.Error("two at one service")
	}
	mail, f := e.Turn(t.Context(), netip.AddrPortFrom(ip, 25))
	if f != nil {
		t.Fatalf("the service keeps mail from the address: %v", f)
	}
	mail()
	give()
	if len(e.turns.waiting) > 0 {
		t.Errorf("turns are left: %v", e.turns.waiting)
	}
}
