package selfcheck

import (
	"fmt"
	"time"
)

// Reading is the clock at one moment.
type Reading struct {
	Wall time.Time     // what the calendar clock shows
	Mono time.Duration // what the clock that never steps shows, since some fixed moment
}

// Clock is what was seen of the clock.
type Clock struct {
	Suspect bool
	Detail  string // why, for people
}

const (
	// stepped is how far the two clocks may part between two looks. A clock
	// that is being corrected without a step runs at most 500 ppm off (adjtimex),
	// which is less than a quarter of a second in that time.
	stepped = 2 * time.Second
	// stepRemembered is how long a step is told of, so that each scrape and each
	// alert has the time to see it.
	stepRemembered = 15 * time.Minute
)

// clock holds the readings of one process against each other.
type clock struct {
	newest time.Time // lies in the past for certain
	last   Reading
	step   time.Duration // the last one
	at     time.Duration // when it was seen, by Mono
}

func newClock(first Reading, stamps []time.Time) *clock {
	c := &clock{last: first}
	for _, s := range stamps {
		if s.After(c.newest) {
			c.newest = s
		}
	}
	return c
}

// look takes a reading in. A machine that slept looks like one whose clock was
// set: intervals that were being measured are worth as little.
func (c *clock) look(now Reading) Clock {
	passed := now.Mono - c.last.Mono
	if step := now.Wall.Sub(c.last.Wall) - passed; step.Abs() > stepped {
		c.step, c.at = step, now.Mono
	}
	c.last = now
	switch {
	case now.Wall.Before(c.newest):
		return Clock{true, fmt.Sprintf("it shows %s, and this program was built on %s", now.Wall.UTC().Format(time.DateOnly), c.newest.UTC().Format(time.DateOnly))}
	case c.step != 0 && now.Mono-c.at < stepRemembered:
		return Clock{true, fmt.Sprintf("it stepped by %v, or the machine slept", c.step.Round(time.Second))}
	}
	return Clock{}
}

// reader gives readings of this machine's clock.
func reader() func() Reading {
	start := time.Now()
	return func() Reading {
		now := time.Now()
		return Reading{Wall: now.Round(0), Mono: now.Sub(start)}
	}
}
