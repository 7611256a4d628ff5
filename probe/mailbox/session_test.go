package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/talk/talktest"
)

const (
	imapIn = `OPTION: security never
OPTION: login
OPTION: loopback
S: * OK ready
C: A1 CAPABILITY
S: * CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN
S: A1 OK
LIKE: A2 AUTHENTICATE PLAIN .*
S: A2 OK [CAPABILITY IMAP4rev1 CAPS] welcome
`
	imapInbox = `C: T1 SELECT INBOX
S: * 1000000 EXISTS
S: * OK [UIDVALIDITY 7] here
S: T1 OK [READ-WRITE] done
C: T2 UID SEARCH HEADER "X-Token" "v1.a.1" UNDELETED
`
	pop3In = `OPTION: protocol pop3
OPTION: security never
OPTION: login
OPTION: loopback
S: +OK ready
C: CAPA
S: +OK
S: SASL PLAIN
S: CAPS
S: .
LIKE: AUTH PLAIN .*
S: +OK welcome
`
)

func ours() mailbox.Query { return mailbox.Query{Header: "X-Token", Value: "v1.a.1"} }

// sessionWith plays a script to a session, and gives what came of it in words.
func sessionWith(t *testing.T, at house, script string, do func(context.Context, mailbox.Session) (any, error)) (got string, took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := talktest.Parse(t, script)
		conn, done := talktest.Play(t, s, at.cert)
		o, _, _ := options(t, at, s.Options)
		open, d, err := mailbox.Open(t.Context(), onLoopback{conn}, o)
		check(t, d)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		result, err := do(t.Context(), open)
		took = time.Since(start)
		got = words(result, err)
		if err := open.Close(); err != nil {
			got += " close: " + err.Error()
		}
		<-done
		for _, l := range open.Transcript() {
			if strings.Contains(l.Text, "SECRET-CONTENT") || leak(l.Text) != nil {
				t.Errorf("the transcript has %q", l.Text)
			}
		}
		if t.Failed() {
			show(t, open.Transcript())
		}
	})
	return got, took
}

func words(result any, err error) string {
	var f *fact.Failure
	switch {
	case errors.As(err, &f):
		return string(f.Reason)
	case err != nil:
		return err.Error()
	}
	return fmt.Sprint(result)
}

func find(ctx context.Context, s mailbox.Session) (any, error) {
	found, err := s.Find(ctx, "INBOX", ours())
	ids := make([]uint32, 0, len(found))
	for _, m := range found {
		ids = append(ids, m.ID)
	}
	return ids, err
}

func findAndDelete(ctx context.Context, s mailbox.Session) (any, error) {
	found, err := s.Find(ctx, "INBOX", ours())
	if err != nil {
		return nil, err
	}
	return len(found), s.Delete(ctx, found)
}

func wait(ctx context.Context, s mailbox.Session) (any, error) {
	return "new", s.Wait(ctx, 10*time.Second)
}

const idling = "C: T1 SELECT INBOX\nS: T1 OK\nC: T2 IDLE\n"

const bye = "LIKE: T[0-9]+ LOGOUT\nS: * BYE\nHANG:\n"

// I4, I6, I7: a server that means ill, or a mailbox that is odd, costs no more than
// an error, and never a message that is not ours.
func TestIMAPSessions(t *testing.T) {
	at := newHouse(t)
	header := answer
	fetch := func(uids string) string {
		return "LIKE: T3 UID FETCH " + uids + " \\(UID RFC822.SIZE BODY.PEEK\\[HEADER.FIELDS \\(\"?X-Token\"?\\)\\]\\)\n"
	}
	for _, c := range []struct {
		name, script, want string
		do                 func(context.Context, mailbox.Session) (any, error)
	}{
		{"I6 none of a million", imapInbox + "S: * SEARCH\nS: T2 OK\n" + bye, "[]", find},
		{
			"I6 duplicates and half matches", imapInbox + "S: * SEARCH 5 900000 7\nS: T2 OK\n" + fetch("5,7,900000") +
				header(5, "v1.a.1") + header(7, "v1.a.11") + header(900000, "v1.a.1") + "S: T3 OK\n" + bye, "[900000 5]", find,
		},
		{"I6 fifty of all there can be", imapInbox + "S: * ESEARCH (TAG \"T2\") UID ALL 1:4294967295\nS: T2 OK\n" + fetch("4294967246:4294967295") + "S: T3 OK\n" + bye, "[]", find},
		{"I6 messages that were not asked for", imapInbox + "S: * SEARCH 5\nS: T2 OK\n" + fetch("5") + header(6, "v1.a.1") + "S: T3 OK\n" + bye, "[]", find},
		{
			"I6 the token twice in one message", imapInbox + "S: * SEARCH 5\nS: T2 OK\n" + fetch("5") +
				header(5, "v1.a.1\r\nX-Token: v1.a.1") + "S: T3 OK\n" + bye, "[]", find,
		},
		{"I4 a literal of 4 GiB", imapInbox + "S: * SEARCH 5\nS: T2 OK\n" + fetch("5") + "S: * 5 FETCH (UID 5 BODY[HEADER.FIELDS (X-Token)] {4294967295}\nHANG:", "limit_exceeded", find},
		{"I4 numbers without end", imapInbox + "RAW: * SEARCH\nFILL: 1000000  123456\n", "limit_exceeded", find},
		{"I4 falling numbers, which go-imap sorts", imapInbox + falling(40) + "HANG:", "limit_exceeded", find},
		{"I4 a million answers", imapInbox + "REPEAT: 1000000 * 7 EXPUNGE", "limit_exceeded", find},
		{"I6 a folder that hangs", imapInbox + "HANG:", "stage_timeout", find},
		{
			"I7 a UID EXPUNGE of ours", imapInbox + "S: * SEARCH 5 6\nS: T2 OK\n" + fetch("5:6") + header(5, "v1.a.1") + header(6, "other") + "S: T3 OK\n" +
				"C: T4 UID STORE 5 +FLAGS.SILENT (\\Deleted)\nS: T4 OK\nC: T5 UID EXPUNGE 5\nS: * 5 EXPUNGE\nS: T5 OK\n" + bye, "1", findAndDelete,
		},
		{
			"I7 a refused STORE", imapInbox + "S: * SEARCH 5\nS: T2 OK\n" + fetch("5") + header(5, "v1.a.1") + "S: T3 OK\n" +
				"C: T4 UID STORE 5 +FLAGS.SILENT (\\Deleted)\nS: T4 NO read-only\n" + bye, "mailbox_refused", findAndDelete,
		},
		{"IDLE refused", idling + "S: T2 NO\n" + bye, "mailbox_refused", wait},
		{"IDLE over before it began", idling + "S: T2 OK\nHANG:", "reply_invalid", wait},
		{"IDLE and gone", idling + "S: + idling\nCLOSE:", "eof", wait},
		{"I4 IDLE flooded", idling + "S: + idling\nREPEAT: 1000000 * OK still here", "limit_exceeded", wait},
		{"IDLE and news", idling + "S: + idling\nS: * 7 EXISTS\nC: DONE\nS: T2 OK\n" + bye, "new", wait},
		{"IDLE that does not end", idling + "S: + idling\nS: * 7 EXISTS\nHANG:", "stage_timeout", wait},
		{"a folder that is closed and has changes", imapInbox + "S: * OK [CLOSED] x\nS: * 5 EXPUNGE\nS: * 6 EXISTS\nS: T2 OK\n" + bye, "[]", find},
	} {
		t.Run(c.name, func(t *testing.T) {
			script := strings.ReplaceAll(imapIn, "CAPS", "UIDPLUS IDLE") + c.script
			if got, took := sessionWith(t, at, script, c.do); got != c.want || took > time.Minute {
				t.Errorf("got %s after %v, want %s", got, took, c.want)
			}
		})
	}
}

// answer is what a server gives of one message when the header is fetched.
func answer(uid int, token string) string {
	text := "X-Token: " + token + "\r\n\r\n"
	line := fmt.Sprintf("* %d FETCH (UID %d RFC822.SIZE 500 BODY[HEADER.FIELDS (\"X-Token\")] {%d}\r\n%s)\r\n", uid, uid, len(text), text)
	return "RAW: " + strings.Trim(strconv.Quote(line), `"`) + "\n"
}

// falling is a search that is answered by numbers in falling order, which a sorted
// list takes in at a cost that grows with their square.
func falling(lines int) string {
	var b strings.Builder
	n := 900_000
	for range lines {
		b.WriteString("S: * SEARCH")
		for range 10_000 {
			n -= 2
			fmt.Fprintf(&b, " %d", n)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// Without UIDPLUS there is neither UID EXPUNGE nor EXPUNGE.
func TestNothingIsExpungedWithoutUIDPLUS(t *testing.T) {
	script := strings.ReplaceAll(imapIn, "CAPS", "IDLE") + imapInbox + `S: * SEARCH 5
S: T2 OK
LIKE: T3 UID FETCH 5 .*
` + answer(5, "v1.a.1") + `S: T3 OK
C: T4 UID STORE 5 +FLAGS.SILENT (\Deleted)
S: T4 OK
` + bye
	if got, _ := sessionWith(t, newHouse(t), script, findAndDelete); got != "1" {
		t.Errorf("I7: got %s", got)
	}
}

// I7: a folder that is numbered anew between the search and the deletion has
// other messages under the same numbers.
func TestFolderNumberedAnewIsLeftAlone(t *testing.T) {
	script := strings.ReplaceAll(imapIn, "CAPS", "UIDPLUS") + imapInbox + `S: * SEARCH 5
S: T2 OK
LIKE: T3 UID FETCH 5 .*
` + answer(5, "v1.a.1") + `S: T3 OK
C: T4 SELECT "Junk"
S: * OK [UIDVALIDITY 1] here
S: T4 OK
C: T5 UID SEARCH HEADER "X-Token" "v1.a.1" UNDELETED
S: * SEARCH
S: T5 OK
C: T6 SELECT INBOX
S: * OK [UIDVALIDITY 8] anew
S: T6 OK
` + bye
	got, _ := sessionWith(t, newHouse(t), script, func(ctx context.Context, s mailbox.Session) (any, error) {
		found, err := s.Find(ctx, "INBOX", ours())
		if err != nil || len(found) != 1 {
			return found, err
		}
		if _, err := s.Find(ctx, "Junk", ours()); err != nil {
			return nil, err
		}
		return nil, s.Delete(ctx, found)
	})
	if got != mailbox.ErrNotFound.Error() {
		t.Errorf("I7: got %s", got)
	}
}

// A server without IDLE is asked from time to time.
func TestWaitWithoutIdleAsks(t *testing.T) {
	script := strings.ReplaceAll(imapIn, "CAPS", "QUOTA") + `C: T1 SELECT INBOX
S: T1 OK
C: T2 NOOP
S: T2 OK
C: T3 NOOP
S: * 8 EXISTS
S: T3 OK
` + bye
	got, took := sessionWith(t, newHouse(t), script, func(ctx context.Context, s mailbox.Session) (any, error) {
		return "new", s.Wait(ctx, time.Hour)
	})
	if got != "new" || took != 10*time.Second {
		t.Errorf("got %s after %v, want new after 10 s", got, took)
	}
}

// RFC 2177: a server may log out who idles for 30 minutes.
func TestIdleEndsBeforeTheServerIsTired(t *testing.T) {
	script := strings.ReplaceAll(imapIn, "CAPS", "IDLE") + `C: T1 SELECT INBOX
S: T1 OK
C: T2 IDLE
S: + idling
QUIET: 26m
C: DONE
S: T2 OK
` + bye
	got, took := sessionWith(t, newHouse(t), script, func(ctx context.Context, s mailbox.Session) (any, error) {
		return "nothing", s.Wait(ctx, 24*time.Hour)
	})
	if got != "nothing" || took != 27*time.Minute {
		t.Errorf("got %s after %v, want nothing after 27 minutes", got, took)
	}
}

// The end of the context reaches a session in the middle of an answer.
func TestSessionEndsWithTheContext(t *testing.T) {
	for protocol, script := range map[string]string{
		"imap": strings.ReplaceAll(imapIn, "CAPS", "IDLE") + imapInbox + "RAW: * SEARCH 1\nHANG:",
		"pop3": strings.ReplaceAll(pop3In, "CAPS", "TOP") + "C: STAT\nS: +OK 1 1\nC: TOP 1 0\nS: +OK\nS: X-Token: v1\nHANG:",
	} {
		got, took := sessionWith(t, newHouse(t), script, func(ctx context.Context, s mailbox.Session) (any, error) {
			ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
			defer cancel()
			return find(ctx, s)
		})
		if got != "probe_timeout" || took != 5*time.Second {
			t.Errorf("%s: got %s after %v, want probe_timeout after 5 s", protocol, got, took)
		}
	}
}
