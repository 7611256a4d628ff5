package probe

import (
	"bufio"
	"io"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/probe/smtp"
)

// A conversation that is given on from domain to domain makes way for others that
// want the address, after a while.
func TestSharedConversationMakesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &Env{}
		e.begin()
		l := &line{env: e, ip: netip.MustParseAddr("192.0.2.1"), began: time.Now()}
		if !e.turns.take(t.Context(), mailTurn(l.ip)) {
			t.Fatal("the turn was taken")
		}
		time.Sleep(fairShare)
		if l.inTheWay() {
			t.Error("nobody waits")
		}
		got := make(chan bool)
		go func() { got <- e.turns.take(t.Context(), mailTurn(l.ip)) }()
		synctest.Wait()
		if !l.inTheWay() {
			t.Error("somebody waits")
		}
		l.began = time.Now()
		if l.inTheWay() {
			t.Error("it has only begun")
		}
		e.turns.give(mailTurn(l.ip))
		<-got
	})
}

// lineTo is a conversation with a server that is content with everything.
func lineTo(t *testing.T, e *Env, ip netip.Addr) *line {
	t.Helper()
	ours, theirs := net.Pipe()
	go func() {
		defer func() { _ = theirs.Close() }()
		_, _ = io.WriteString(theirs, "220 mx\r\n")
		for in := bufio.NewScanner(theirs); in.Scan(); {
			_, _ = io.WriteString(theirs, "250 mx\r\n")
		}
	}()
	if !e.turns.take(t.Context(), mailTurn(ip)) {
		t.Fatal("the turn was taken")
	}
	l := &line{env: e, ip: ip, began: time.Now(), end: func() {}}
	l.talk = smtp.OpenShared(t.Context(), ours, smtp.Options{Name: "probe.test", MailFrom: "<>"})
	return l
}

// A conversation of no use to anybody is offered to each and then hung up, and those
// who stepped back have the floor in the order in which they came.
func TestThoseWhoStepBackKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &Env{}
		e.begin()
		s, k := e.parties, partyKey{}
		if _, ok := s.enter(t.Context(), k, newGuest("first")); !ok {
			t.Fatal("nobody is there")
		}
		l := lineTo(t, e, netip.MustParseAddr("192.0.2.1"))
		floor := make(chan string, 4)
		for _, name := range []string{"a", "b", "c", "d"} {
			go func() {
				g := newGuest(name)
				got, ok := s.enter(t.Context(), k, g)
				if !ok || got.line != l {
					t.Errorf("%s was given %+v", name, got)
				}
				if got, ok = s.stepBack(t.Context(), k, g, l); !ok || got.line != nil {
					t.Errorf("%s was given %+v", name, got)
				}
				floor <- name
				s.pass(k, nil)
			}()
			synctest.Wait()
		}
		s.pass(k, l).hangUp()
		var order string
		for range 4 {
			order += <-floor
		}
		synctest.Wait()
		if order != "abcd" || len(s.open) > 0 || len(e.turns.waiting) > 0 {
			t.Errorf("order %s, %d parties, %d turns", order, len(s.open), len(e.turns.waiting))
		}
	})
}
