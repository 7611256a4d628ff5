package roundtrip

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
)

// program writes an executable file that stands for a mail program.
func program(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sendmail")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMailProgramIsToldWhatWasSaid(t *testing.T) {
	t.Setenv("SECRET", "canary")
	out := filepath.Join(t.TempDir(), "out")
	w, err := newWaySendmail(&probe.Env{DNS: dnsqtest.New(t, "")}, config.RoundTrip{Send: config.Send{
		To: "b@example.org", Command: []string{program(t, `{ echo "$@"; env; cat; } > `+out), "-i"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	s := w.Send(t.Context(), Parcel{From: "a@example.net", To: "b@example.org", Content: []byte("Subject: x\r\n\r\n.\r\n"), Note: func(string) {}})
	if s.Outcome != smtp.Taken || s.Failure != nil {
		t.Fatalf("sent %+v, %+v", s, s.Failure)
	}
	said, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(said), "-i -f a@example.net b@example.org\n") || !strings.HasSuffix(string(said), "Subject: x\n\n.\n") {
		t.Errorf("said %q", said)
	}
	if strings.Contains(string(said), "canary") {
		t.Error("our environment went along")
	}
}

func TestEndOfAMailProgramIsUnderstood(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		outcome      smtp.Outcome
		class        reply.Class
		reason       fact.Reason
		temporary    bool
	}{
		{"no such user", "exit 67", smtp.NotSent, reply.MailboxNotFound, ReasonProgram, false},
		{"not now", "exit 75", smtp.NotSent, reply.OtherTemporary, ReasonProgram, true},
		{"any other code", "exit 3", smtp.NotSent, reply.OtherPermanent, ReasonProgram, false},
		{"by a signal", "kill -9 $$", smtp.NotSent, reply.OtherPermanent, ReasonProgram, false},
		{"too slow", "exec sleep 60", smtp.Unknown, "", ReasonProgram, false},
		{"reads nothing", "exit 0", smtp.Taken, "", "", false},
		{"talks without end", "yes no; exit 1", smtp.Unknown, "", ReasonProgram, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &waySendmail{command: []string{program(t, tt.script)}}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			began := time.Now()
			s := w.Send(ctx, Parcel{From: "a@example.net", To: "b@example.org", Content: []byte("Subject: x\r\n"), Note: func(string) {}})
			var reason fact.Reason
			if s.Failure != nil {
				reason = s.Failure.Reason
			}
			if s.Outcome != tt.outcome || s.Class != tt.class || reason != tt.reason || s.Temporary != tt.temporary {
				t.Errorf("%+v, %+v", s, s.Failure)
			}
			if len(s.Said) > maxOutput || time.Since(began) > 10*time.Second {
				t.Errorf("%d octets after %v", len(s.Said), time.Since(began))
			}
		})
	}
	missing := (&waySendmail{command: []string{"/nonexistent/sendmail"}}).Send(t.Context(), Parcel{Note: func(string) {}})
	if missing.Failure == nil || missing.Failure.Reason != ReasonProgram {
		t.Errorf("%+v", missing)
	}
}
