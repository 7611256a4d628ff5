package smtp_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
	"mx_exporter/probe/talk/talktest"
)

// S7: what is no SMTP is known by its first octets, and is not spoken to.
func TestBannerThatIsNoSMTP(t *testing.T) {
	on := newStage(t)
	for _, banner := range []string{
		`2200 x\r\n`, `22 x\r\n`, `220_x\r\n`, `abc\r\n`, `HTTP/1.1 400 Bad Request\r\n\r\n`, `SSH-2.0-OpenSSH_9.9\r\n`,
		`\x16\x03\x03\x00\x7a\x02`, `\x15\x03\x03\x00\x02\x02\x28`, `\r\n`, `-220 mx\r\n`, `+OK POP3\r\n`, `* OK IMAP4\r\n`,
		`250 mx\r\n`, `354 go\r\n`, `200 mx\r\n`, `199 x\r\n`, `600 x\r\n`, `\xff\xfb\x01`,
	} {
		t.Run("S7 "+banner, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, took := perform(t, on, talktest.Parse(t, "RAW: "+banner+"\nHANG:"), smtp.Run)
				if d.Failure == nil || d.Failure.Stage != fact.Banner || d.Failure.Reason != fact.BannerInvalid {
					t.Errorf("failure %v, want banner_invalid", d.Failure)
				}
				for _, l := range d.Transcript {
					if l.From == smtp.Client && l.Text != "QUIT" {
						t.Errorf("the client said %q", l.Text)
					}
				}
				if took > 3*time.Second {
					t.Errorf("took %v: a known stranger is not waited for", took)
				}
			})
		})
	}
}

// S11, S12: what a server says in words changes nothing but the words.
func TestTextNeverChangesTheOutcome(t *testing.T) {
	const dialogue = `S: 220 %s
C: EHLO probe.test
S: 250 %s
C: MAIL FROM:<postmaster@probe.test>
S: %d %s
`
	on := newStage(t)
	rng := rand.New(rand.NewPCG(11, 12))
	for _, code := range []int{250, 451, 550} {
		var want string
		for i := range 50 {
			texts := []string{noise(rng), noise(rng), noise(rng)}
			if i == 0 {
				texts = []string{"ready", "hello", "done"}
			}
			s := talktest.Parse(t, fmt.Sprintf(strings.ReplaceAll(dialogue, "S:", "RAW:"),
				texts[0]+`\r\n`, texts[1]+`\r\n`, code, texts[2]+`\r\n`)+rest(code))
			synctest.Test(t, func(t *testing.T) {
				d, _ := perform(t, on, s, smtp.Run)
				if got := shape(t, d); i == 0 {
					want = got
				} else if got != want {
					t.Errorf("S11: with %q\n got %s\nwant %s", texts, got, want)
				}
			})
		}
	}
}

func rest(code int) string {
	if code != 250 {
		return "C: QUIT\nS: 221 bye\n"
	}
	return "C: RCPT TO:<postmaster@example.test>\nS: 250 ok\nC: QUIT\nS: 221 bye\n"
}

// noise is any octets but the line end, written as a script's escapes. Its first
// is a letter, so that it is no enhanced code.
func noise(rng *rand.Rand) string {
	var b strings.Builder
	b.WriteByte('x')
	for range rng.IntN(60) {
		if c := byte(rng.UintN(256)); c != '\n' && c != '\r' {
			fmt.Fprintf(&b, `\x%02x`, c)
		}
	}
	return b.String() + [...]string{"", `\x00`, `\xff`, `\"}\x20fake_metric 1`, `<script>`, `\xe2\x80\xae`}[rng.IntN(6)]
}

// shape is all of a dialogue that becomes a number or a label.
func shape(t *testing.T, d *smtp.Dialogue) string {
	var b strings.Builder
	for _, s := range d.Stages {
		code := 0
		if s.Reply != nil {
			code = s.Reply.Code
		}
		if s.Class != "" && !slices.Contains(reply.Classes(), s.Class) {
			t.Errorf("S11: class %q is not of the closed list", s.Class)
		}
		fmt.Fprintf(&b, "%s=%d ", s.Stage, code)
	}
	if d.Failure != nil {
		fmt.Fprintf(&b, "%s/%s ", d.Failure.Stage, d.Failure.Reason)
	}
	fmt.Fprintf(&b, "%v %v", d.QuitClean, keywords(d.Extensions))
	return b.String()
}

// S1: an endless reply at full speed costs less than 1 MB.
func TestEndlessBannerCostsLittleMemory(t *testing.T) {
	on := newStage(t)
	for _, text := range []string{"REPEAT: 10000000 220-" + strings.Repeat("x", 60), "RAW: 220 \nFILL: 10000000 " + strings.Repeat("x", 60)} {
		s := talktest.Parse(t, text)
		synctest.Test(t, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			d, _ := perform(t, on, s, smtp.Run)
			runtime.ReadMemStats(&after)
			if spent := after.TotalAlloc - before.TotalAlloc; spent > 1<<20 {
				t.Errorf("S1, S2: %d bytes were allocated", spent)
			}
			if d.Failure == nil {
				t.Error("S1, S2: no failure")
			}
			kept := 0
			for _, l := range d.Transcript {
				kept += len(l.Text)
			}
			if kept > smtp.MaxTranscript {
				t.Errorf("the transcript has %d octets", kept)
			}
		})
	}
}

// A probe that is called off says nothing about the server, ends at once, and is
// still polite.
func TestCancelReachesTheSocket(t *testing.T) {
	on := newStage(t)
	s := talktest.Parse(t, "S: 220 mx\nC: EHLO probe.test\nC: QUIT\nHANG:")
	synctest.Test(t, func(t *testing.T) {
		client, _ := on.play(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		start := time.Now()
		o, _ := options(t, on, nil)
		d := smtp.Run(ctx, client, o)
		if took := time.Since(start); took != 3250*time.Millisecond {
			t.Errorf("took %v, want 3 s and 250 ms for QUIT", took)
		}
		if d.Failure == nil || d.Failure.Reason != fact.NotTested || d.Failure.Stage != fact.EHLO {
			t.Errorf("failure %v, want ehlo not_tested", d.Failure)
		}
	})
}

// S25: when the end comes while QUIT is waited for, the farewell is cut short
// and not the failure changed.
func TestCancelCutsTheFarewellShort(t *testing.T) {
	on := newStage(t)
	s := talktest.Parse(t, "S: 220 mx\nC: EHLO probe.test\nS: 550 no\nC: HELO probe.test\nS: 550 no\nC: QUIT\nHANG:")
	synctest.Test(t, func(t *testing.T) {
		client, _ := on.play(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		o, _ := options(t, on, nil)
		d := smtp.Run(ctx, client, o)
		if took := time.Since(start); took != 1250*time.Millisecond {
			t.Errorf("took %v, want 1 s and 250 ms", took)
		}
		if d.Failure == nil || d.Failure.Reason != fact.EHLO5xx {
			t.Errorf("failure %v, want ehlo_5xx", d.Failure)
		}
	})
}

// A connection that takes nothing more may still hold the server's last words.
func TestBrokenWrite(t *testing.T) {
	for name, c := range map[string]struct {
		after string
		want  fact.Reason
		took  time.Duration
	}{
		"last words": {"421 4.3.2 Shutting down\r\n", fact.EHLO4xx, 0},
		"silence":    {"", fact.Reset, 250 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := net.Pipe()
				go func() {
					_, _ = io.WriteString(server, "220 mx\r\n")
					_, _ = io.WriteString(server, c.after)
				}()
				start := time.Now()
				d := smtp.Run(t.Context(), brokenWrite{client}, smtp.Options{})
				if d.Failure == nil || d.Failure.Stage != fact.EHLO || d.Failure.Reason != c.want {
					t.Errorf("failure %v, want ehlo %s", d.Failure, c.want)
				}
				if took := time.Since(start); took != c.took {
					t.Errorf("took %v, want %v", took, c.took)
				}
			})
		})
	}
}

type brokenWrite struct{ net.Conn }

func (brokenWrite) Write([]byte) (int, error) {
	return 0, &net.OpError{Op: "write", Net: "tcp", Err: os.NewSyscallError("write", syscall.EPIPE)}
}
