package mailbox

import (
	"errors"
	"os"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/talk"
)

// begin ends the stage under way and starts the next. The caller gives it its
// time.
func (c *conversation) begin(s fact.Stage) {
	c.end()
	c.now, c.began = Stage{Stage: s}, time.Now()
}

// end records the stage under way.
func (c *conversation) end() {
	if !c.began.IsZero() {
		c.d.Stages = append(c.d.Stages, c.now)
	}
	c.began = time.Time{}
}

// took notes how long the stage under way has lasted.
func (c *conversation) took(until time.Time) {
	c.now.Took = fact.Elapsed(max(0, until.Sub(c.began)))
}

// fail is a failure of the stage under way.
func (c *conversation) fail(r fact.Reason, detail string) *fact.Failure {
	return &fact.Failure{Stage: c.now.Stage, Reason: r, Detail: c.hush.Clean(detail)}
}

// say sends one line. What the transcript has of it is shown.
func (c *conversation) say(line, shown string) *fact.Failure {
	c.t.Add(time.Now(), talk.Client, shown)
	_, err := c.conn.Write([]byte(line + "\r\n"))
	if err == nil {
		return nil
	}
	c.mute = true
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.took(time.Now())
		return c.fail(c.clock.Late(c.now.Stage), "the server does not read what it is sent")
	}
	return c.gone(err)
}

// gone says how a connection ended that takes nothing more: reading tells, and
// may even give the server's last words.
func (c *conversation) gone(err error) *fact.Failure {
	c.clock.Allow(talk.Farewell)
	for {
		line, f := c.hear()
		if f == nil {
			c.heard(line)
			continue
		}
		if f.Reason == fact.StageTimeout || f.Reason == fact.BannerTimeout {
			return c.fail(fact.Reset, err.Error())
		}
		return f
	}
}

// hear reads one line and leaves it to the caller to put it into the transcript,
// who knows whether it may.
func (c *conversation) hear() (string, *fact.Failure) {
	line, err := c.in.read()
	if err != nil {
		return "", c.unheard(err)
	}
	c.took(c.in.last)
	return line, nil
}

// unheard gives the failure when nothing could be read.
func (c *conversation) unheard(err error) *fact.Failure {
	c.took(time.Now())
	why := reasonOf(err, c.now.Stage, c.clock)
	detail := err.Error()
	if talk.Late(err) {
		detail = "no complete answer came in time"
		// A server that has not greeted is not to be spoken to.
		c.mute = c.mute || c.now.Stage == fact.Banner
	} else {
		c.mute = true
	}
	if alert := talk.Alert(err); alert != nil {
		c.d.TLSAlert = alert
	}
	return c.fail(why, detail)
}

// listen is hear for what everybody may see.
func (c *conversation) listen() (string, *fact.Failure) {
	line, f := c.hear()
	if f == nil {
		c.heard(line)
	}
	return line, f
}

// heard puts a line into the transcript.
func (c *conversation) heard(line string) {
	c.t.Add(c.in.last, talk.Server, c.hush.Clean(line))
}
