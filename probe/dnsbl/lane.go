package dnsbl

import (
	"time"
	"unique"

	"golang.org/x/time/rate"
)

// lane is what a client keeps of one zone: the pace, the queue, what the list
// asked of us, and its health. Client.mu guards it.
type lane struct {
	pace  *rate.Limiter
	most  int       // questions without an answer at once
	under int       // questions without an answer
	queue []*errand // in the order in which they are sent
	until time.Time // the list is left alone
	plea  Reason    // because it said this
	tests map[Family]*selfTest
}

// lane gives the lane of a list, made at its first use. Lists that share a zone
// share the lane.
func (c *Client) lane(l *List) *lane {
	key := unique.Make(l.Zone.name())
	ln := c.lanes[key]
	if ln == nil {
		ln = c.newLane(l.PerSecond)
		c.lanes[key] = ln
	}
	return ln
}

// unpaced stands for no pace: more than anybody asks.
const unpaced = 1e6

func (c *Client) newLane(perSecond float64) *lane {
	ln := &lane{most: c.o.InFlight, tests: map[Family]*selfTest{}}
	switch {
	case perSecond == 0:
		ln.pace = rate.NewLimiter(rate.Limit(c.o.PerSecond), c.o.Burst)
	case perSecond > 0:
		ln.pace = rate.NewLimiter(rate.Limit(perSecond), max(c.o.Burst, int(perSecond)))
	default:
		ln.pace, ln.most = rate.NewLimiter(unpaced, unpaced), unpaced
	}
	return ln
}

func (ln *lane) refused(now time.Time) bool { return now.Before(ln.until) }

// refusal is the answer while a list is left alone.
func (ln *lane) refusal(now time.Time) judgement {
	left := ln.until.Sub(now).Round(time.Minute)
	return judgement{verdict: Unknown, reason: ln.plea, detail: plea(ln.plea) + "; it is left alone for " + left.String() + " more"}
}

// delay is how long a new question would wait for the pace, or a moment where
// other questions have to be answered first. Zero is not at all.
func (ln *lane) delay(now time.Time) time.Duration {
	before := len(ln.queue)
	if missing := float64(before+1) - ln.pace.TokensAt(now); missing > 0 {
		return time.Duration(missing / float64(ln.pace.Limit()) * float64(time.Second))
	}
	if ln.under+before >= ln.most {
		return 1
	}
	return 0
}

// errand is one question on its way to a list.
type errand struct {
	lane    *lane
	query   string
	latest  time.Time           // to be sent by then; zero: whenever
	deliver func(*reading)      // takes the end; Client.mu is held
	text    func(*reading) bool // reports whether the list's words are wanted too; nil: never
	list    *List
	sent    bool
}

// pumpAll sends what may be sent now, and sets the clock for the rest.
func (c *Client) pumpAll(now time.Time) {
	for _, ln := range c.lanes {
		c.pump(ln, now)
	}
}

// pump sends what a lane may send now.
func (c *Client) pump(ln *lane, now time.Time) {
	defer ln.tidy()
	for len(ln.queue) > 0 {
		e := ln.queue[0]
		late := !e.latest.IsZero() && !now.Before(e.latest)
		switch {
		case late:
			ln.queue = ln.queue[1:]
			e.deliver(nil)
		case ln.under < ln.most && ln.pace.AllowN(now, 1):
			ln.queue = ln.queue[1:]
			c.send(e)
		default:
			c.ringFor(ln, e, now)
			return
		}
	}
}

// tidy lets go of a queue that is empty, and of all that it was made of.
func (ln *lane) tidy() {
	if len(ln.queue) == 0 {
		ln.queue = nil
	}
}

// ringFor sets the clock for the head of a queue: when the pace allows it, or
// when it is too late.
func (c *Client) ringFor(ln *lane, e *errand, now time.Time) {
	at := e.latest
	if missing := 1 - ln.pace.TokensAt(now); ln.under < ln.most {
		turn := now.Add(max(time.Duration(missing/float64(ln.pace.Limit())*float64(time.Second)), time.Millisecond))
		if at.IsZero() || turn.Before(at) {
			at = turn
		}
	}
	if at.IsZero() || (!c.wakeAt.IsZero() && !at.Before(c.wakeAt)) {
		return // an answer will come first, or the clock rings anyway
	}
	c.wakeAt = at
	if c.wake == nil {
		c.wake = time.AfterFunc(at.Sub(now), c.rung)
		return
	}
	c.wake.Reset(at.Sub(now))
}

// rung goes on when the clock rings.
func (c *Client) rung() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wakeAt = time.Time{}
	c.pumpAll(time.Now())
}
