package probe

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// A conversation that is given on from domain to domain makes way for others that
// want the address, after a while.
func TestSharedConversationMakesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &Env{}
		e.begin()
		l := &line{env: e, ip: netip.MustParseAddr("192.0.2.1"), began: time.Now()}
		if !e.turns.take(t.Context(), l.ip) {
			t.Fatal("the turn was taken")
		}
		time.Sleep(fairShare)
		if l.inTheWay() {
			t.Error("nobody waits")
		}
		got := make(chan bool)
		go func() { got <- e.turns.take(t.Context(), l.ip) }()
		synctest.Wait()
		if !l.inTheWay() {
			t.Error("somebody waits")
		}
		l.began = time.Now()
		if l.inTheWay() {
			t.Error("it has only begun")
		}
		e.turns.give(l.ip)
		<-got
	})
}
