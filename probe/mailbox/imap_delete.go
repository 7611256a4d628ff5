package mailbox

import (
	"context"
	"slices"

	wire "github.com/emersion/go-imap/v2"
)

// Delete marks the messages and removes them by UID EXPUNGE (RFC 4315 section
// 2.1), which touches no others. Where the server has not got it they stay marked:
// a plain EXPUNGE would remove also what the mailbox's user has marked.
func (s *imapSession) Delete(ctx context.Context, ms []Message) error {
	return s.do(ctx, s.c.o.Timeouts.Data, s.c.o.Limits.Total, func() error {
		folders := byFolder(ms)
		for folder, group := range folders {
			if err := s.open(folder); err != nil {
				return err
			}
			if slices.ContainsFunc(group, func(m Message) bool { return !s.knows(m) }) {
				return ErrNotFound
			}
		}
		for folder, group := range folders {
			if err := s.remove(folder, group); err != nil {
				return err
			}
		}
		return nil
	})
}

func byFolder(ms []Message) map[string][]Message {
	folders := map[string][]Message{}
	for _, m := range ms {
		folders[m.Folder] = append(folders[m.Folder], m)
	}
	return folders
}

func (s *imapSession) remove(folder string, ms []Message) error {
	if err := s.open(folder); err != nil {
		return err
	}
	var uids wire.UIDSet
	for _, m := range ms {
		if !s.knows(m) { // the folder was numbered anew meanwhile
			return ErrNotFound
		}
		uids.AddNum(wire.UID(m.ID))
	}
	marked := s.client.Store(uids, &wire.StoreFlags{Op: wire.StoreFlagsAdd, Silent: true, Flags: []wire.Flag{wire.FlagDeleted}}, nil)
	if err := marked.Close(); err != nil {
		return err
	}
	if !s.c.caps.has("UIDPLUS") && !s.c.caps.has("IMAP4REV2") {
		return nil
	}
	if err := s.client.UIDExpunge(uids).Close(); err != nil {
		return err
	}
	for _, m := range ms {
		delete(s.found[folder].uids, wire.UID(m.ID))
	}
	return nil
}
