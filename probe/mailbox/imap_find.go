package mailbox

import (
	"context"
	"io"
	"slices"

	wire "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// searchLines is how many lines an answer to SEARCH may have. go-imap sorts
// numbers as they come, in a time that grows with their square: half a million in
// falling order would cost minutes.
const searchLines = 2

// Find searches, which finds what has the value anywhere in the field (RFC 9051
// section 6.4.4), and reads the field of what was found to compare it.
func (s *imapSession) Find(ctx context.Context, folder string, q Query) ([]Message, error) {
	var found []Message
	err := s.do(ctx, s.c.o.Timeouts.Data, searchLines*s.c.o.Limits.Line, func() error {
		if err := s.open(folder); err != nil {
			return err
		}
		s.forget()
		criteria := wire.SearchCriteria{
			Header: []wire.SearchCriteriaHeaderField{{Key: q.Header, Value: q.Value}},
			// Where they cannot be expunged, messages that we have deleted stay.
			NotFlag: []wire.Flag{wire.FlagDeleted},
		}
		data, err := s.client.UIDSearch(&criteria, nil).Wait()
		if err != nil {
			return err
		}
		uids := newest(data.All)
		if len(uids) == 0 {
			return nil
		}
		s.c.b.renew(s.c.o.Limits.Total)
		found, err = s.compare(folder, uids, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// forget lets go of news: what is to come is looked for anew.
func (s *imapSession) forget() {
	select {
	case <-s.news:
	default:
	}
}

// newest gives the highest numbers of a search, at most MaxCandidates. The server
// may name four thousand millions in a few octets.
func newest(set wire.NumSet) []wire.UID {
	ranges, _ := set.(wire.UIDSet)
	var uids []wire.UID
	for _, r := range slices.Backward(ranges) {
		if r.Start == 0 || r.Stop < r.Start {
			continue
		}
		for uid := r.Stop; uid >= r.Start && len(uids) < MaxCandidates; uid-- {
			uids = append(uids, uid)
		}
	}
	return uids
}

// compare reads the header field of candidates and keeps those that are as the
// query says. Only they can be deleted.
func (s *imapSession) compare(folder string, uids []wire.UID, q Query) ([]Message, error) {
	section := &wire.FetchItemBodySection{Specifier: wire.PartSpecifierHeader, HeaderFields: []string{q.Header}, Peek: true}
	cmd := s.client.Fetch(wire.UIDSetNum(uids...), &wire.FetchOptions{
		UID: true, RFC822Size: true, BodySection: []*wire.FetchItemBodySection{section},
	})
	var found []Message
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		uid, size, header := collect(m, MaxHeader)
		value, ok := q.match(header)
		if !ok || !slices.Contains(uids, uid) {
			continue
		}
		found = append(found, Message{Folder: folder, ID: uint32(uid), Size: size, Value: value})
	}
	if err := cmd.Close(); err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b Message) int { return int(int64(b.ID) - int64(a.ID)) })
	s.remember(folder, found)
	return found, nil
}

// collect takes what we have asked for out of one message's answer, at most so
// many octets of it; the rest is read and dropped, within the budget.
func collect(m *imapclient.FetchMessageData, most int) (uid wire.UID, size int64, content []byte) {
	for item := m.Next(); item != nil; item = m.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = item.UID
		case imapclient.FetchItemDataRFC822Size:
			size = item.Size
		case imapclient.FetchItemDataBodySection:
			if item.Literal != nil {
				// An error here ends the command, too, which tells it.
				content, _ = io.ReadAll(io.LimitReader(item.Literal, int64(most)))
			}
		}
	}
	return uid, size, content
}

func (s *imapSession) remember(folder string, ms []Message) {
	have := s.found[folder]
	if have.uids == nil || have.validity != s.validity {
		have = imapFound{validity: s.validity, uids: map[wire.UID]bool{}}
	}
	for _, m := range ms {
		have.uids[wire.UID(m.ID)] = true
	}
	s.found[folder] = have
}

// knows reports that a message was found in this session, in the folder as it is
// numbered now.
func (s *imapSession) knows(m Message) bool {
	have := s.found[m.Folder]
	return have.validity == s.validity && have.uids[wire.UID(m.ID)]
}

// Fetch asks for the first octets alone, so that a large message is not sent
// whole.
func (s *imapSession) Fetch(ctx context.Context, m Message, most int) ([]byte, error) {
	most = min(most, s.c.o.Limits.Literal)
	var content []byte
	err := s.do(ctx, s.c.o.Timeouts.Data, s.c.o.Limits.Total, func() error {
		if err := s.open(m.Folder); err != nil {
			return err
		}
		if !s.knows(m) {
			return ErrNotFound
		}
		section := &wire.FetchItemBodySection{Peek: true, Partial: &wire.SectionPartial{Size: int64(most)}}
		cmd := s.client.Fetch(wire.UIDSetNum(wire.UID(m.ID)), &wire.FetchOptions{UID: true, BodySection: []*wire.FetchItemBodySection{section}})
		for got := cmd.Next(); got != nil; got = cmd.Next() {
			if uid, _, c := collect(got, most); uid == wire.UID(m.ID) && c != nil {
				content = c
			}
		}
		if err := cmd.Close(); err != nil {
			return err
		}
		if content == nil {
			return ErrNotFound
		}
		return nil
	})
	return content, err
}
