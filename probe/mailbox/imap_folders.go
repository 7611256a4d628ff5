package mailbox

import (
	"cmp"
	"context"
	"slices"
	"strings"

	wire "github.com/emersion/go-imap/v2"
)

// Folders asks for all, with what they are for where the server can say that
// (RFC 6154).
func (s *imapSession) Folders(ctx context.Context) ([]Folder, error) {
	var list []*wire.ListData
	err := s.do(ctx, s.c.o.Timeouts.Command, s.c.o.Limits.Total, func() error {
		var o *wire.ListOptions
		if s.c.caps.has("SPECIAL-USE") && (s.c.caps.has("LIST-EXTENDED") || s.c.caps.has("IMAP4REV2")) {
			o = &wire.ListOptions{ReturnSpecialUse: true}
		}
		var err error
		list, err = s.client.List("", "*", o).Collect()
		return err
	})
	if err != nil {
		return nil, err
	}
	return folders(list), nil
}

// folders sorts what a server lists.
func folders(list []*wire.ListData) []Folder {
	marked := slices.ContainsFunc(list, func(d *wire.ListData) bool { return slices.Contains(d.Attrs, wire.MailboxAttrJunk) })
	fs := []Folder{{Name: inboxName, Kind: Inbox}}
	for _, d := range list {
		if d.Mailbox == inboxName || closedFolder(d) {
			continue
		}
		f := Folder{Name: d.Mailbox, Kind: Other}
		if marked && slices.Contains(d.Attrs, wire.MailboxAttrJunk) || !marked && junkName(d) {
			f.Kind = Junk
		}
		fs = append(fs, f)
	}
	slices.SortStableFunc(fs, func(a, b Folder) int {
		return cmp.Compare(slices.Index(Kinds(), a.Kind), slices.Index(Kinds(), b.Kind))
	})
	return fs[:min(len(fs), MaxFolders)]
}

// closedFolder reports a folder that is only there to have others in it.
func closedFolder(d *wire.ListData) bool {
	return slices.Contains(d.Attrs, wire.MailboxAttrNoSelect) || slices.Contains(d.Attrs, wire.MailboxAttrNonExistent)
}

// junkNames are how servers and programs call the folder for junk, in lower case.
func junkNames() []string {
	return []string{
		"junk", "spam", "junk e-mail", "junk email", "junk mail", "bulk mail", "bulk", "quarantine",
		"spamverdacht", "junk-e-mail", "unerwünscht", "courrier indésirable", "pourriel", "indésirables",
		"correo no deseado", "posta indesiderata", "ongewenste e-mail", "lixo eletrônico", "lixo eletrónico",
		"skräppost", "søppelpost", "uønsket e-post", "uønsket mail", "roskaposti", "wiadomości-śmieci", "нежелательная почта", "спам",
	}
}

// junkName looks at the last part of a folder's name.
func junkName(d *wire.ListData) bool {
	name := d.Mailbox
	if d.Delim != 0 {
		name = name[strings.LastIndex(name, string(d.Delim))+1:]
	}
	return slices.Contains(junkNames(), strings.ToLower(name))
}
