package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	wire "github.com/emersion/go-imap/v2"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
)

func TestProbeAgainstAnotherImplementation(t *testing.T) {
	p := newPeer(t)
	p.put(t, "INBOX", "v1.a", "text")
	o := p.options()
	o.Login = user()
	d := mailbox.Probe(t.Context(), p.dial(t), o)
	check(t, d)
	if got := strings.Join(stages(d), " "); got != "banner capability starttls tls capability_tls login quota quit" {
		t.Errorf("stages %s", got)
	}
	if d.Failure != nil || !d.QuitClean || d.Login == nil || !d.Login.OK || d.Login.Mechanism != "PLAIN" || amount(d.Messages) != "1" {
		t.Errorf("failure %v, quit %v, login %+v, messages %s", d.Failure, d.QuitClean, d.Login, amount(d.Messages))
	}
	if !d.TLS.PKIX.OK || d.Received == 0 || !slices.Contains(d.Capabilities, "IDLE") {
		t.Errorf("PKIX %+v, received %d, capabilities %v", d.TLS.PKIX, d.Received, d.Capabilities)
	}
}

// I5: a wrong password is told as one, and said once.
func TestWrongPasswordIsSaidOnce(t *testing.T) {
	p := newPeer(t)
	asked := 0
	o := p.options()
	o.Login = user()
	o.Login.Password = func() (string, error) { asked++; return "wrong-" + password, nil }
	d := mailbox.Probe(t.Context(), p.dial(t), o)
	check(t, d)
	if d.Failure == nil || d.Failure.Reason != fact.LoginFailed || d.Login.ReplyCode != "AUTHENTICATIONFAILED" || asked != 1 {
		t.Errorf("failure %v, login %+v, asked %d times", d.Failure, d.Login, asked)
	}
}

// I6: the search of IMAP is for a part of the field. Only what has the whole of it
// is found; with Prefix, what begins with it.
func TestFindComparesTheWholeHeader(t *testing.T) {
	p := newPeer(t, wire.CapUIDPlus)
	for _, token := range []string{"v1.a.1", "v1.a.12", "x.v1.a.1", "v1.b.1", "", "v1.a.1"} {
		p.put(t, "INBOX", token, "text")
	}
	s := p.open(t)
	for _, c := range []struct {
		q    mailbox.Query
		want string
	}{
		{mailbox.Query{Header: tokenHeader, Value: "v1.a.1"}, "[v1.a.1 v1.a.1]"},
		{mailbox.Query{Header: strings.ToLower(tokenHeader), Value: "v1.a.12"}, "[v1.a.12]"},
		{mailbox.Query{Header: tokenHeader, Value: "v1.a.", Prefix: true}, "[v1.a.1 v1.a.12 v1.a.1]"},
		{mailbox.Query{Header: tokenHeader, Value: "v1.a."}, "[]"},
		{mailbox.Query{Header: tokenHeader, Value: ""}, "[]"},
		{mailbox.Query{Header: "Subject", Value: "hello world"}, "[]"},
	} {
		found, err := s.Find(t.Context(), "INBOX", c.q)
		values := []string{}
		for _, m := range found {
			values = append(values, m.Value)
			if m.Size == 0 || m.Folder != "INBOX" {
				t.Errorf("%+v", m)
			}
		}
		if got := fmt.Sprint(values); err != nil || got != c.want {
			t.Errorf("%+v: %s, %v; want %s", c.q, got, err, c.want)
		}
	}
}

func TestFetchIsBoundedAndLeavesTheMessageUnseen(t *testing.T) {
	p := newPeer(t)
	p.put(t, "Junk", "v1.a.1", strings.Repeat("x", 300_000))
	s := p.open(t)
	found, err := s.Find(t.Context(), "Junk", mailbox.Query{Header: tokenHeader, Value: "v1.a.1"})
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	for _, most := range []int{10, 1000, 1 << 30} {
		b, err := s.Fetch(t.Context(), found[0], most)
		if want := min(most, int(found[0].Size)); err != nil || len(b) != want || !strings.HasPrefix(string(b), "Subject: h") {
			t.Errorf("%d octets of %d, %v; want %d", len(b), found[0].Size, err, want)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	st, err := p.user.Status("Junk", &wire.StatusOptions{NumUnseen: true})
	if err != nil || *st.NumUnseen != 1 {
		t.Errorf("unseen %v, %v", st, err)
	}
	for _, l := range s.Transcript() {
		if strings.Contains(l.Text, "xxxx") || strings.Contains(l.Text, "Subject") {
			t.Errorf("content in the transcript: %q", l.Text)
		}
	}
}

// I7: others' mail is left alone, also that which they have marked as deleted.
func TestDeleteRemovesWhatWasFoundAlone(t *testing.T) {
	for _, c := range []struct {
		caps          []wire.Cap
		before, after string
	}{
		{[]wire.Cap{wire.CapUIDPlus}, "4 1", "2 1"},
		{nil, "4 1", "4 3"}, // without UIDPLUS ours are marked, and nothing is expunged
	} {
		p := newPeer(t, c.caps...)
		for _, token := range []string{"", "v1.a.1", "v1.a.1", "v1.a.2"} {
			p.put(t, "INBOX", token, "text")
		}
		other := p.open(t)
		theirs, err := other.Find(t.Context(), "INBOX", mailbox.Query{Header: tokenHeader, Value: "v1.a.2"})
		if err != nil {
			t.Fatal(err)
		}
		markFirst(t, p)
		if m, d := p.count(t, "INBOX"); fmt.Sprint(m, d) != c.before {
			t.Errorf("before: %d %d, want %s", m, d, c.before)
		}
		s := p.open(t)
		found, err := s.Find(t.Context(), "INBOX", mailbox.Query{Header: tokenHeader, Value: "v1.a.1"})
		if err != nil || len(found) != 2 {
			t.Fatal(found, err)
		}
		if err := s.Delete(t.Context(), append(theirs, found...)); !errors.Is(err, mailbox.ErrNotFound) {
			t.Errorf("what another session found was deleted: %v", err)
		}
		if err := s.Delete(t.Context(), found); err != nil {
			t.Error(err)
		}
		if again, err := s.Find(t.Context(), "INBOX", mailbox.Query{Header: tokenHeader, Value: "v1.a.1"}); err != nil || len(again) != 0 {
			t.Errorf("%v: found again: %v, %v", c.caps, again, err)
		}
		_, _ = s.Close(), other.Close()
		if m, d := p.count(t, "INBOX"); fmt.Sprint(m, d) != c.after {
			t.Errorf("%v: %d messages, %d of them marked, want %s", c.caps, m, d, c.after)
		}
	}
}

// I8: two sessions on one mailbox delete only what each has found.
func TestTwoSessionsOnOneMailbox(t *testing.T) {
	p := newPeer(t, wire.CapUIDPlus)
	for i := range 20 {
		p.put(t, "INBOX", fmt.Sprint("v1.", i%2, ".x"), "text")
	}
	done := make(chan error, 2)
	for i := range 2 {
		s := p.open(t)
		go func() {
			found, err := s.Find(t.Context(), "INBOX", mailbox.Query{Header: tokenHeader, Value: fmt.Sprint("v1.", i, "."), Prefix: true})
			if err == nil && len(found) != 10 {
				err = fmt.Errorf("%d found", len(found))
			}
			done <- errors.Join(err, s.Delete(t.Context(), found[:5]), s.Close())
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if m, _ := p.count(t, "INBOX"); m != 10 {
		t.Errorf("%d messages are left, want 10", m)
	}
}

func TestWaitReturnsWhenMailArrives(t *testing.T) {
	p := newPeer(t)
	s := p.open(t)
	if _, err := s.Find(t.Context(), "INBOX", mailbox.Query{Header: tokenHeader, Value: "v1"}); err != nil {
		t.Fatal(err)
	}
	arrived := time.AfterFunc(20*time.Millisecond, func() { p.put(t, "INBOX", "v1", "text") })
	defer arrived.Stop()
	start := time.Now()
	if err := s.Wait(t.Context(), time.Minute); err != nil || time.Since(start) > 30*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	found, err := s.Find(t.Context(), "INBOX", mailbox.Query{Header: tokenHeader, Value: "v1"})
	if err != nil || len(found) != 1 {
		t.Errorf("%v, %v", found, err)
	}
}

// The junk is searched after the inbox, and what is waited for is the inbox.
func TestWaitIsForTheInboxAfterAnotherFolder(t *testing.T) {
	for _, c := range []struct {
		name  string
		after time.Duration // that the mail comes, since the junk was searched
	}{
		{"mail that comes meanwhile", 20 * time.Millisecond},
		{"mail that came between the two", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPeer(t)
			p.put(t, "INBOX", "old", "text")
			s := p.open(t)
			for _, folder := range []string{"INBOX", "Junk"} {
				if _, err := s.Find(t.Context(), folder, mailbox.Query{Header: tokenHeader, Value: "v1"}); err != nil {
					t.Fatal(err)
				}
			}
			if c.after == 0 {
				p.put(t, "INBOX", "v1", "text")
			} else {
				arrives := time.AfterFunc(c.after, func() { p.put(t, "INBOX", "v1", "text") })
				defer arrives.Stop()
			}
			start := time.Now()
			if err := s.Wait(t.Context(), time.Minute); err != nil || time.Since(start) > 30*time.Second {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		})
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	p := newPeer(t)
	s := p.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	start := time.Now()
	err := s.Wait(ctx, time.Hour)
	var f *fact.Failure
	if err != nil && !errors.As(err, &f) || time.Since(start) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	if _, err := s.Find(ctx, "INBOX", mailbox.Query{Header: tokenHeader, Value: "v1"}); err == nil {
		t.Error("a session went on after its context was over")
	}
	_ = s.Close()
}

func TestFoldersKnowJunk(t *testing.T) {
	p := newPeer(t)
	s := p.open(t)
	fs, err := s.Folders(t.Context())
	if got := fmt.Sprint(fs); err != nil || got != "[{INBOX inbox} {Junk junk} {Archive other}]" {
		t.Errorf("%s, %v", got, err)
	}
}

func TestFolderThatIsNotThereIsRefused(t *testing.T) {
	p := newPeer(t)
	s := p.open(t)
	_, err := s.Find(t.Context(), "Nowhere", mailbox.Query{Header: tokenHeader, Value: "v1"})
	var f *fact.Failure
	if !errors.As(err, &f) || f.Reason != fact.MailboxRefused {
		t.Errorf("%v", err)
	}
	if _, err := s.Find(t.Context(), "INBOX", mailbox.Query{Header: tokenHeader, Value: "v1"}); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
}
