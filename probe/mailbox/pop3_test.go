package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mx_exporter/probe/mailbox"
)

// top is a header as TOP n 0 gives it.
func top(n int, token string) string {
	return fmt.Sprintf("C: TOP %d 0\nS: +OK\nS: Subject: SECRET-CONTENT\nS: X-Token: %s\nS: \nS: .\n", n, token)
}

func size(n, octets int) string { return fmt.Sprintf("C: LIST %d\nS: +OK %d %d\n", n, n, octets) }

// I6, I7, I9: only the newest fifty are looked at, whatever the mailbox has, and
// only what is ours is deleted.
func TestPOP3Sessions(t *testing.T) {
	at := newHouse(t)
	const stat = "C: STAT\nS: +OK 2 1000\n"
	const quit = "C: QUIT\nS: +OK bye\n"
	for _, c := range []struct {
		name, caps, script, want string
		do                       func(context.Context, mailbox.Session) (any, error)
	}{
		{"I9 a million messages", "TOP", "C: STAT\nS: +OK 1000000 99999999\n" + million() + quit, "[999999]", find},
		{"I6 duplicates", "TOP", stat + top(2, "v1.a.1") + size(2, 300) + top(1, "v1.a.1") + size(1, 300) + quit, "[2 1]", find},
		{"I6 more than the token", "TOP", stat + top(2, "v1.a.11") + top(1, "xv1.a.1") + quit, "[]", find},
		{"an empty mailbox", "TOP", "C: STAT\nS: +OK 0 0\n" + quit, "[]", find},
		{
			"I9 TOP is not offered", "UIDL", stat + size(2, 400) + "C: RETR 2\nS: +OK\nS: X-Token: v1.a.1\nS: \nS: SECRET-CONTENT\nS: ..\nS: .\n" + size(2, 400) +
				size(1, 2_000_000_000) + quit, "[2]", find,
		},
		{
			"I7 deleted at QUIT", "TOP", stat + top(2, "v1.a.1") + size(2, 300) + top(1, "other") + top(2, "v1.a.1") + "C: DELE 2\nS: +OK\n" + quit,
			"1", findAndDelete,
		},
		{
			"I7 a server that numbers anew", "TOP", stat + top(2, "v1.a.1") + size(2, 300) + top(1, "other") + top(2, "other") + "C: RSET\nS: +OK\n",
			"reply_invalid", findAndDelete,
		},
		{
			"I7 QUIT fails", "TOP", stat + top(2, "v1.a.1") + size(2, 300) + top(1, "other") + top(2, "v1.a.1") +
				"C: DELE 2\nS: +OK\nC: QUIT\nS: -ERR not all is deleted\n",
			"1 close: quit: mailbox_refused: QUIT was not answered by +OK; what was deleted may still be there", findAndDelete,
		},
		{"I9 no end of a message", "TOP", stat + "C: TOP 2 0\nS: +OK\nS: X-Token: v1.a.1\nHANG:", "stage_timeout", find},
		{"I9 a message without lines", "TOP", stat + "C: TOP 2 0\nS: +OK\nFILL: 1000000 xxxxxxxxx", "limit_exceeded", find},
		{"I9 a message that is gone", "TOP", stat + "C: TOP 2 0\nS: -ERR no such message\n" + top(1, "v1.a.1") + size(1, 3) + quit, "[1]", find},
		{"I9 STAT refused", "TOP", "C: STAT\nS: -ERR [SYS/TEMP] no\n" + quit, "mailbox_refused", find},
		{"I9 STAT lies", "TOP", "C: STAT\nS: +OK 99999999999999999999 1\n", "reply_invalid", find},
	} {
		t.Run(c.name, func(t *testing.T) {
			script := strings.ReplaceAll(pop3In, "CAPS", c.caps) + c.script
			if got, took := sessionWith(t, at, script, c.do); got != c.want || took > time.Minute {
				t.Errorf("got %s after %v, want %s", got, took, c.want)
			}
		})
	}
}

// million is the end of a mailbox, of which the last but one is ours.
func million() string {
	var b strings.Builder
	for n := 1_000_000; n > 1_000_000-mailbox.MaxCandidates; n-- {
		if n == 999_999 {
			b.WriteString(top(n, "v1.a.1") + size(n, 300))
			continue
		}
		b.WriteString(top(n, "other"))
	}
	return b.String()
}

func TestPOP3FetchUnstuffsDots(t *testing.T) {
	script := strings.ReplaceAll(pop3In, "CAPS", "TOP") + "C: STAT\nS: +OK 1 40\n" + top(1, "v1.a.1") + size(1, 40) +
		"C: RETR 1\nS: +OK 40 octets\nS: X-Token: v1.a.1\nS: \nS: ..\nS: ..SECRET-CONTENT\nRAW: a.\\n.\\r\\n\nC: QUIT\nS: +OK\n"
	got, _ := sessionWith(t, newHouse(t), script, func(ctx context.Context, s mailbox.Session) (any, error) {
		found, err := s.Find(ctx, "INBOX", ours())
		if err != nil || len(found) != 1 {
			return found, err
		}
		b, err := s.Fetch(ctx, found[0], 1000)
		return fmt.Sprintf("%q", b), err
	})
	if want := `"X-Token: v1.a.1\r\n\r\n.\r\n.SECRET-CONTENT\r\na.\n"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A message that is larger than what is wanted is not sent whole.
func TestPOP3FetchOfALargeMessageIsItsHeader(t *testing.T) {
	script := strings.ReplaceAll(pop3In, "CAPS", "TOP") + "C: STAT\nS: +OK 1 2000000000\n" + top(1, "v1.a.1") + size(1, 2_000_000_000) +
		top(1, "v1.a.1") + "C: QUIT\nS: +OK\n"
	got, _ := sessionWith(t, newHouse(t), script, func(ctx context.Context, s mailbox.Session) (any, error) {
		found, err := s.Find(ctx, "INBOX", ours())
		if err != nil || len(found) != 1 {
			return found, err
		}
		b, err := s.Fetch(ctx, found[0], 1<<20)
		return len(b), err
	})
	if got != "44" {
		t.Errorf("got %s octets, want the 44 of the header", got)
	}
}

func TestPOP3HasTheInboxAlone(t *testing.T) {
	script := strings.ReplaceAll(pop3In, "CAPS", "TOP") + "C: QUIT\nS: +OK\n"
	got, took := sessionWith(t, newHouse(t), script, func(ctx context.Context, s mailbox.Session) (any, error) {
		fs, err := s.Folders(ctx)
		if err != nil {
			return nil, err
		}
		if found, err := s.Find(ctx, "Junk", ours()); found != nil || err != nil {
			t.Errorf("Junk: %v, %v", found, err)
		}
		if err := s.Delete(ctx, []mailbox.Message{{Folder: "INBOX", ID: 1}}); !errors.Is(err, mailbox.ErrNotFound) {
			t.Errorf("Delete of what was not found: %v", err)
		}
		return fs, s.Wait(ctx, time.Hour)
	})
	if got != "[{INBOX inbox}]" || took != 0 {
		t.Errorf("got %s after %v", got, took)
	}
}
