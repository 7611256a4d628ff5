package mailbox

import (
	"context"

	wire "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mx_exporter/probe/fact"
)

// inboxName is the one folder that every IMAP server has (RFC 9051 section 5.1).
const inboxName = "INBOX"

// quota is STATUS, and GETQUOTAROOT where the server has quotas. A refusal of the
// latter is no failure: some servers have quotas and none for this mailbox.
func (s *imapSession) quota(ctx context.Context) *fact.Failure {
	err := s.do(ctx, s.c.o.Timeouts.Command, s.c.o.Limits.Total, func() error {
		st, err := s.client.Status(inboxName, &wire.StatusOptions{NumMessages: true, NumUnseen: true}).Wait()
		if err != nil {
			return err
		}
		s.c.d.Messages, s.c.d.Unseen = wide(st.NumMessages), wide(st.NumUnseen)
		if !s.c.caps.has("QUOTA") {
			return nil
		}
		roots, err := s.client.GetQuotaRoot(inboxName).Wait()
		if err != nil && s.h.why() != nil {
			return err
		}
		s.c.d.Quota = quotaOf(roots)
		return nil
	})
	if err == nil {
		return nil
	}
	return asFailure(err)
}

// asFailure gives the failure that an error of do is.
func asFailure(err error) *fact.Failure {
	if f, ok := err.(*fact.Failure); ok { //nolint:errorlint // do wraps nothing
		return f
	}
	return &fact.Failure{Reason: fact.ReplyInvalid, Detail: cut(err.Error())}
}

func wide(n *uint32) *int64 {
	if n == nil {
		return nil
	}
	w := int64(*n)
	return &w
}

// kibi is the unit of STORAGE (RFC 9208 section 5.1).
const kibi int64 = 1024

// quotaOf takes of each resource the fullest root; nil: there is none.
func quotaOf(roots []imapclient.QuotaData) *Quota {
	var q Quota
	var storage, messages imapclient.QuotaResourceData
	for _, r := range roots {
		if have, ok := r.Resources[wire.QuotaResourceStorage]; ok && usable(have, kibi) && (q.LimitBytes == nil || fuller(have, storage)) {
			storage = have
			q.UsedBytes, q.LimitBytes = scaled(have, kibi)
		}
		if have, ok := r.Resources[wire.QuotaResourceMessage]; ok && usable(have, 1) && (q.LimitMessages == nil || fuller(have, messages)) {
			messages = have
			q.UsedMessages, q.LimitMessages = scaled(have, 1)
		}
	}
	if q == (Quota{}) {
		return nil
	}
	return &q
}

// usable refuses what is no amount, and what would not fit.
func usable(d imapclient.QuotaResourceData, unit int64) bool {
	const most = 1 << 62
	return d.Usage >= 0 && d.Limit >= 0 && d.Usage <= most/unit && d.Limit <= most/unit
}

func fuller(a, b imapclient.QuotaResourceData) bool {
	return float64(a.Usage)*float64(b.Limit) > float64(b.Usage)*float64(a.Limit)
}

func scaled(d imapclient.QuotaResourceData, unit int64) (used, limit *int64) {
	u, l := d.Usage*unit, d.Limit*unit
	return &u, &l
}
