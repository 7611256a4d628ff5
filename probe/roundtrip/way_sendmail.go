package roundtrip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
)

// waySendmail hands messages to a program of this machine, as other programs on it
// do. No shell is between, and the recipient cannot be taken for an option: the
// configuration takes none that begins with a hyphen.
type waySendmail struct {
	command []string
	dns     dnsq.Exchanger
	domain  string
}

func newWaySendmail(env *probe.Env, r config.RoundTrip) (*waySendmail, error) {
	x, err := env.Resolver(r.DNS)
	if err != nil {
		return nil, fmt.Errorf("dns: %w", err)
	}
	return &waySendmail{command: r.Send.Command, dns: x, domain: domainOf(r.Send.To)}, nil
}

// Bounds on the program.
const (
	maxOutput = 4 << 10         // octets of what it says that are kept
	afterKill = 2 * time.Second // until its pipes are closed, whoever holds them
)

// Servers implements [Sender].
func (w *waySendmail) Servers(ctx context.Context) []string { return serversOf(ctx, w.dns, w.domain) }

// Send implements [Sender]. The sender is given with -f, as every program that
// calls itself sendmail takes it.
func (w *waySendmail) Send(ctx context.Context, p Parcel) Sent {
	args := append(append([]string{}, w.command[1:]...), "-f", p.From, p.To)
	c := exec.CommandContext(ctx, w.command[0], args...) //nolint:gosec // G204: the operator's own configuration names the program
	// Nothing of our own environment goes along: it may hold what is nobody's
	// business. HOME is where some of these programs have their configuration.
	c.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "HOME=" + os.Getenv("HOME")}
	// A mail program reads text with the line ends of its machine.
	c.Stdin = bytes.NewReader(bytes.ReplaceAll(p.Content, []byte("\r\n"), []byte("\n")))
	said := &bounded{}
	c.Stdout, c.Stderr = said, said
	c.WaitDelay = afterKill
	p.Note("calling " + w.command[0])
	err := c.Run()
	s := ofProgram(ctx, err)
	s.Said = strings.TrimSpace(said.kept.String())
	if s.Failure != nil && s.Said != "" {
		s.Failure.Detail += ", and said " + fmt.Sprintf("%q", s.Said[:min(len(s.Said), 256)])
	}
	return s
}

// bounded keeps the beginning of what is written to it. The buffer is not embedded:
// its ReadFrom would take everything.
type bounded struct{ kept bytes.Buffer }

// Write takes everything and keeps as much as there is room for.
func (b *bounded) Write(p []byte) (int, error) {
	b.kept.Write(p[:min(len(p), maxOutput-b.kept.Len())])
	return len(p), nil
}

// exits are the codes of sysexits.h that a mail program ends with.
var exits = map[int]struct {
	class     reply.Class
	temporary bool
}{
	65: {reply.ContentRejected, false}, // EX_DATAERR
	67: {reply.MailboxNotFound, false}, // EX_NOUSER
	68: {reply.HostUnknown, false},     // EX_NOHOST
	69: {reply.OtherPermanent, false},  // EX_UNAVAILABLE
	70: {reply.SystemError, false},     // EX_SOFTWARE
	71: {reply.SystemError, true},      // EX_OSERR
	73: {reply.SystemFull, false},      // EX_CANTCREAT
	74: {reply.SystemError, true},      // EX_IOERR
	75: {reply.OtherTemporary, true},   // EX_TEMPFAIL
	77: {reply.AccessDenied, false},    // EX_NOPERM
}

// ofProgram says what an ended program came to. What this machine lacks is told as
// such; a program that is there and fails is what a round trip is to find.
func ofProgram(ctx context.Context, err error) Sent {
	if err == nil {
		return Sent{Outcome: smtp.Taken}
	}
	s := Sent{Outcome: smtp.NotSent, Failure: &fact.Failure{Reason: ReasonProgram}}
	var ended *exec.ExitError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		s.Failure = &fact.Failure{Reason: fact.NotTested, Detail: "the program was called off"}
	case ctx.Err() != nil, errors.Is(err, exec.ErrWaitDelay):
		// It may have queued the message before it hung.
		s.Outcome, s.Failure.Detail = smtp.Unknown, "the program did not end in time"
	case errors.As(err, &ended):
		code := ended.ExitCode()
		known := exits[code]
		s.Class, s.Temporary = known.class, known.temporary
		if s.Class == "" {
			s.Class = reply.OtherPermanent
		}
		s.Failure.Detail = "the program ended with " + ended.String()
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.ENOMEM), errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		s.Failure = &fact.Failure{Reason: fact.LocalFD, Detail: err.Error()}
		s.Temporary = true
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		s.Failure.Detail = "the program cannot be called: " + err.Error()
	default:
		s.Failure.Detail = err.Error()
	}
	return s
}
