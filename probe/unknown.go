package probe

import (
	"crypto/rand"
	"net/netip"
	"strings"
	"sync"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/smtp"
)

// UnknownRecipient is what a server said of a mailbox that cannot exist, in this
// probe or in an earlier one of the last day.
type UnknownRecipient struct {
	smtp.Recipient           // without a reply where none came
	At             time.Time `json:"at"`
}

// Accepted reports whether the server would have taken mail for the mailbox. It
// is not told by a refusal for now, or by silence.
func (u *UnknownRecipient) Accepted() (accepted, told bool) {
	return u.Reply.Positive(), u.Reply.Positive() || u.Reply.Permanent()
}

const (
	// unknownAgain is how long a server's answer is good for. Servers count
	// unknown recipients against those who ask for them.
	unknownAgain = 24 * time.Hour
	// unknownKept bounds the answers remembered. Where there is no room, nobody
	// is asked.
	unknownKept = 10_000
)

// unknowns remembers which servers were asked about a mailbox that cannot exist.
type unknowns struct {
	mu   sync.Mutex
	said map[unknownKey]*UnknownRecipient
}

// unknownKey is a server as far as a domain is concerned.
type unknownKey struct {
	domain string
	ip     netip.Addr
	port   int
}

func newUnknowns() *unknowns { return &unknowns{said: map[unknownKey]*UnknownRecipient{}} }

// due reports whether a server may be asked now. Who asks holds the turn at its
// address, so that nobody else asks meanwhile.
func (u *unknowns) due(k unknownKey, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if last := u.said[k]; last != nil {
		return now.Sub(last.At) >= unknownAgain
	}
	if len(u.said) < unknownKept {
		return true
	}
	for other, last := range u.said {
		if now.Sub(last.At) >= unknownAgain {
			delete(u.said, other)
		}
	}
	return len(u.said) < unknownKept
}

func (u *unknowns) keep(k unknownKey, r UnknownRecipient) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.said[k] = &r
}

func (u *unknowns) recall(k unknownKey) *UnknownRecipient {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.said[k]
}

// asksUnknown reports that the module wants servers to be asked about a mailbox
// that cannot exist, and that there is a domain that it could be of.
func (r *run) asksUnknown() bool {
	return r.module.Recipients.Random && r.module.Prober == config.ProberMX
}

// unknown is the mailbox to ask a server about, empty where none is due. Nobody
// can have one of such a name, and who finds it in a log sees where it is from.
func (r *run) unknown(ip netip.Addr) string {
	if !r.asksUnknown() || !r.env.unknowns.due(r.unknownKey(ip), time.Now()) {
		return ""
	}
	return "mx-exporter-" + strings.ToLower(rand.Text()) + "@" + r.target.Domain
}

// learnUnknown remembers what a server said, and gives what is known of it. A
// conversation that ended before the question leaves it due.
func (r *run) learnUnknown(a *Address) {
	if !r.asksUnknown() {
		return
	}
	k := r.unknownKey(a.IP)
	if said := a.Dialogue.Unknown; said != nil {
		r.env.unknowns.keep(k, UnknownRecipient{*said, time.Now()})
	}
	a.Unknown = r.env.unknowns.recall(k)
}

func (r *run) unknownKey(ip netip.Addr) unknownKey {
	return unknownKey{r.target.Domain, ip, r.module.SMTP.Port}
}
