package mailbox

import (
	"context"
	"time"
)

// maxIdle is how long one IDLE may last: a server may log out who is silent for
// 30 minutes (RFC 2177). go-imap begins a new one by itself after 28.
const maxIdle = 27 * time.Minute

// noopEvery is how often a server without IDLE is asked.
const noopEvery = 10 * time.Second

// Wait uses IDLE (RFC 2177), or else NOOP, at which a server may tell what is new
// (RFC 9051 section 6.1.2). Both tell of the folder that is selected: it is the
// inbox that is waited for, whatever was searched last.
func (s *imapSession) Wait(ctx context.Context, most time.Duration) error {
	most = min(most, maxIdle)
	before := s.next
	err := s.do(ctx, s.c.o.Timeouts.Command, s.c.o.Limits.Total, func() error { return s.open(inboxName) })
	if err != nil {
		return err
	}
	if before != 0 && s.next > before {
		return nil // it came while another folder was selected, and nothing will tell of it
	}
	if s.c.caps.has("IDLE") || s.c.caps.has("IMAP4REV2") {
		return s.do(ctx, most+s.c.o.Timeouts.Command, s.c.o.Limits.Total, func() error { return s.idle(ctx, most) })
	}
	return s.do(ctx, most+s.c.o.Timeouts.Command, s.c.o.Limits.Total, func() error { return s.noop(ctx, most) })
}

func (s *imapSession) idle(ctx context.Context, most time.Duration) error {
	timer := time.NewTimer(most)
	defer timer.Stop()
	cmd, err := s.client.Idle()
	if err != nil {
		return err
	}
	select {
	case <-s.news:
	case <-timer.C:
	case <-ctx.Done():
	case <-s.client.Closed():
	}
	if err := cmd.Close(); err != nil {
		return err
	}
	return cmd.Wait()
}

func (s *imapSession) noop(ctx context.Context, most time.Duration) error {
	end := time.NewTimer(most)
	defer end.Stop()
	again := time.NewTicker(noopEvery)
	defer again.Stop()
	for {
		if err := s.client.Noop().Wait(); err != nil {
			return err
		}
		select {
		case <-s.news:
			return nil
		case <-end.C:
			return nil
		case <-ctx.Done():
			return nil
		case <-s.client.Closed():
			return nil
		case <-again.C:
		}
	}
}
