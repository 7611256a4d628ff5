package probe

import (
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
)

// assessUnknown judges what servers say of a mailbox that cannot exist. Where the
// primaries refuse it, a backup that takes it is another matter than a domain that
// takes everything: what it takes, it cannot deliver.
func assessUnknown(r *Result, _ config.Module) (fs []fact.Finding) {
	refused := primariesRefuseUnknown(r)
	for i := range r.Hosts {
		h := &r.Hosts[i]
		if h.Expect != config.Accept {
			continue
		}
		for j := range h.Addresses {
			a := &h.Addresses[j]
			if accepted, _ := a.saidOfUnknown(); !accepted {
				continue
			}
			code := UnknownAccepted
			if h.Role == fact.Backup && refused {
				code = BackupAcceptsUnknown
			}
			detail := "it took " + a.Unknown.Address + " on " + a.Unknown.At.UTC().Format(time.DateOnly)
			fs = append(fs, on(find(code, fact.Warning, detail), h, a))
		}
	}
	return fs
}

// primariesRefuseUnknown reports that a primary refused the mailbox and none took
// it.
func primariesRefuseUnknown(r *Result) bool {
	refused := false
	for i := range r.Hosts {
		h := &r.Hosts[i]
		if h.Role != fact.Primary || h.Expect != config.Accept {
			continue
		}
		for j := range h.Addresses {
			accepted, told := h.Addresses[j].saidOfUnknown()
			if accepted {
				return false
			}
			refused = refused || told
		}
	}
	return refused
}

func (a *Address) saidOfUnknown() (accepted, told bool) {
	if a.Unknown == nil {
		return false, false
	}
	return a.Unknown.Accepted()
}
