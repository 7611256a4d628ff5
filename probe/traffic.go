package probe

import "sync/atomic"

// Traffic counts the conversations of all probes of an [Env].
type Traffic struct {
	Open     int64  // connections that stand now, those being made included
	Begun    uint64 // connections tried
	Received uint64 // octets that servers sent, TLS taken off
	Shared   uint64 // domains that were asked about in a conversation begun for another
}

// traffic is Traffic as it is being counted. The octets are those of
// conversations that are over: a connection that counts for itself would hide
// its socket from those who look whether anything waits in it.
type traffic struct {
	open            atomic.Int64
	begun, received atomic.Uint64
}

// Traffic gives the counters as they are now.
func (e *Env) Traffic() Traffic {
	e.begin()
	return Traffic{
		Open: e.traffic.open.Load(), Begun: e.traffic.begun.Load(), Received: e.traffic.received.Load(),
		Shared: e.parties.shared.Load(),
	}
}

// begin counts a connection until the function returned is called.
func (t *traffic) begin() (end func()) {
	t.begun.Add(1)
	t.open.Add(1)
	return func() { t.open.Add(-1) }
}
