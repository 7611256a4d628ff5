package roundtrip

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/roundtrip/arrival"
	"mx_exporter/probe/roundtrip/token"
	"mx_exporter/probe/smtp"
	"mx_exporter/probe/talk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// post is a mail system in memory: what is sent arrives in a mailbox after a
// while, or not, as the test says.
type post struct {
	mu      sync.Mutex
	folders map[string][]*stored
	uid     uint32
	sent    []Parcel

	send     func(ctx context.Context, n int, p Parcel) Sent // nil: taken at once
	route    func(n int, p Parcel) []leg                     // nil: the inbox, after three seconds
	fault    func() *fact.Failure                            // of opening; nil: none
	hang     bool                                            // opening hangs, whatever its context says
	released chan struct{}
	keep     bool // deleting fails
	inside   int
	opened   int
	most     int // sessions at once
	deleted  []string
}

// leg is one copy of a message on its way.
type leg struct {
	folder string
	after  time.Duration
	change func(raw []byte) []byte
}

// stored is a message in a folder.
type stored struct {
	uid     uint32
	raw     []byte
	deleted bool
}

func newPost() *post {
	return &post{folders: map[string][]*stored{"INBOX": nil, "Junk": nil, "Archive": nil}, released: make(chan struct{})}
}

func (p *post) Servers(context.Context) []string {
	return []string{"mx1.example.org", "mx2.example.org"}
}

func (p *post) Send(ctx context.Context, parcel Parcel) Sent {
	p.mu.Lock()
	n := len(p.sent)
	p.sent = append(p.sent, parcel)
	send, route := p.send, p.route
	p.mu.Unlock()
	s := Sent{Outcome: smtp.Taken, Host: "mx1.example.org", Said: "queued"}
	if send != nil {
		s = send(ctx, n, parcel)
	}
	if s.Outcome != smtp.Taken {
		return s
	}
	legs := []leg{{folder: "INBOX", after: 3 * time.Second}}
	if route != nil {
		legs = route(n, parcel)
	}
	for _, l := range legs {
		time.AfterFunc(l.after, func() { p.arrive(l, parcel.Content) })
	}
	return s
}

func (p *post) arrive(l leg, raw []byte) {
	now := time.Now().UTC().Format(time.RFC1123Z)
	raw = append([]byte("Return-Path: <probe@monitor.example.net>\r\nReceived: from monitor.example.net by mx1.example.org with ESMTPS; "+now+"\r\n"), raw...)
	if l.change != nil {
		raw = l.change(raw)
	}
	p.put(l.folder, raw)
}

func (p *post) put(folder string, raw []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.uid++
	p.folders[folder] = append(p.folders[folder], &stored{uid: p.uid, raw: raw})
}

// left is everything in all folders.
func (p *post) left() (all []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, ms := range p.folders {
		for _, m := range ms {
			all = append(all, name+": "+string(m.raw))
		}
	}
	return all
}

func (p *post) letters() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.sent)
}

func (p *post) Open(ctx context.Context) (mailbox.Session, *fact.Failure) {
	p.mu.Lock()
	hang, fault := p.hang, p.fault
	p.mu.Unlock()
	if hang {
		<-p.released
		return nil, &fact.Failure{Reason: fact.StageTimeout}
	}
	if fault != nil {
		if f := fault(); f != nil {
			return nil, f
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opened++
	p.inside++
	p.most = max(p.most, p.inside)
	return &session{p: p, seen: map[string]bool{}}, nil
}

// session is as strict as a server: nothing is deleted that was not found, and
// nothing works after the end.
type session struct {
	p      *post
	seen   map[string]bool
	closed bool
}

func (s *session) Folders(ctx context.Context) ([]mailbox.Folder, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	return []mailbox.Folder{{Name: "INBOX", Kind: mailbox.Inbox}, {Name: "Junk", Kind: mailbox.Junk}, {Name: "Archive", Kind: mailbox.Other}}, nil
}

func (s *session) usable(ctx context.Context) error {
	if s.closed || ctx.Err() != nil {
		return &fact.Failure{Reason: fact.EOF, Detail: "the session is over"}
	}
	return nil
}

func (s *session) Find(ctx context.Context, folder string, q mailbox.Query) ([]mailbox.Message, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	var found []mailbox.Message
	for _, m := range slices.Backward(s.p.folders[folder]) {
		value, ok := arrival.Value(m.raw, q.Header)
		if !ok || m.deleted || q.Prefix && !strings.HasPrefix(value, q.Value) || !q.Prefix && value != q.Value {
			continue
		}
		s.seen[fmt.Sprint(folder, m.uid)] = true
		if found = append(found, mailbox.Message{Folder: folder, ID: m.uid, Value: value}); len(found) == mailbox.MaxCandidates {
			break
		}
	}
	return found, nil
}

func (s *session) Fetch(ctx context.Context, m mailbox.Message, most int) ([]byte, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	for _, x := range s.p.folders[m.Folder] {
		if x.uid == m.ID {
			return slices.Clone(x.raw[:min(len(x.raw), most)]), nil
		}
	}
	return nil, &fact.Failure{Reason: fact.MailboxRefused, Detail: "no such message"}
}

func (s *session) Delete(ctx context.Context, ms []mailbox.Message) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	for _, m := range ms {
		if !s.seen[fmt.Sprint(m.Folder, m.ID)] {
			return mailbox.ErrNotFound
		}
	}
	if s.p.keep {
		return &fact.Failure{Reason: fact.MailboxRefused, Detail: "read-only"}
	}
	for _, m := range ms {
		s.p.folders[m.Folder] = slices.DeleteFunc(s.p.folders[m.Folder], func(x *stored) bool {
			if x.uid == m.ID {
				s.p.deleted = append(s.p.deleted, string(x.raw))
			}
			return x.uid == m.ID
		})
	}
	return nil
}

func (s *session) Wait(ctx context.Context, most time.Duration) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return &fact.Failure{Reason: fact.NotTested}
	}
}

func (s *session) Transcript() []talk.Line { return nil }

func (s *session) Close() error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if !s.closed {
		s.p.inside--
	}
	s.closed = true
	return nil
}

// world is a runner in a mail system in memory.
type world struct {
	t    *testing.T
	post *post
	r    *Runner
	trip config.RoundTrip
	env  *probe.Env
	told []string
	mu   sync.Mutex
}

func newWorld(t *testing.T) *world {
	t.Helper()
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("a key of more than sixteen octets"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, post: newPost(), env: &probe.Env{Hostname: "monitor.example.net", DNS: dnsqtest.New(t, "")}}
	w.trip = config.RoundTrip{
		Interval: config.Duration(5 * time.Minute), Window: config.Duration(2 * time.Minute), Timeout: config.Duration(30 * time.Second),
		KeyFile: config.SecretFile(key),
		Send:    config.Send{Via: config.ViaMX, To: "test@example.org", From: "probe@monitor.example.net"},
		Fetch:   config.Fetch{Protocol: config.FetchIMAP, Server: "imap.example.org", Poll: config.Duration(5 * time.Second)},
	}
	w.trip.Fetch.Username = "test"
	return w
}

// start begins the trip under the name office, as a process would.
func (w *world) start(state string) {
	w.r = New(Options{Env: w.env, State: state, Warn: w.warn, Parts: func(config.RoundTrip) (Sender, Mailbox, error) { return w.post, w.post, nil }})
	w.r.Start(w.t.Context(), map[string]config.RoundTrip{"office": w.trip})
}

func (w *world) warn(_, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, text)
}

func (w *world) stop() { w.r.Stop(StopTime) }

func (w *world) status() Status { return w.r.Snapshot()[0] }

// until lets time pass until a run has finished, and gives it.
func (w *world) finished(n uint64) *Run {
	w.t.Helper()
	for range 100_000 {
		if s := w.status(); s.Counts.Runs >= n {
			return s.Last
		}
		time.Sleep(time.Second)
	}
	w.t.Fatalf("no run number %d: %+v", n, w.status())
	return nil
}

// signer is that of the trip.
func (w *world) signer() *token.Signer {
	w.t.Helper()
	k, err := token.NewKey([]byte("a key of more than sixteen octets"))
	if err != nil {
		w.t.Fatal(err)
	}
	return token.NewSigner(k, "monitor.example.net", "office")
}

// mail is a message with fields and nothing in it.
func mail(fields ...string) []byte {
	return []byte(strings.Join(fields, "\r\n") + "\r\n\r\nHello\r\n")
}

// bounceOf is a report about a message, as a mail server writes it.
func bounceOf(raw []byte, status, said string) []byte {
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	action := "failed"
	if strings.HasPrefix(status, "4") {
		action = "delayed"
	}
	return []byte(strings.ReplaceAll("Return-Path: <>\nFrom: MAILER-DAEMON@mx1.example.org\nTo: probe@monitor.example.net\nSubject: Undelivered Mail Returned to Sender\n"+
		"Auto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"+
		"--b\nContent-Type: text/plain\n\nI'm sorry to have to inform you that your message could not be delivered.\n"+
		"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx1.example.org\n\nFinal-Recipient: rfc822; test@example.org\nAction: "+action+
		"\nStatus: "+status+"\nDiagnostic-Code: smtp; "+said+"\n\n--b\nContent-Type: text/rfc822-headers\n\n", "\n", "\r\n") + string(head) + "\r\n--b--\r\n")
}
