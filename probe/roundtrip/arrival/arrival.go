package arrival

import (
	"slices"
	"strings"
	"time"

	"mx_exporter/probe/roundtrip/letter"
)

// Arrival is what one message shows of its way.
type Arrival struct {
	Bytes int   `json:"bytes"`
	Hops  []Hop `json:"hops"` // oldest first
	// MX is the server of the recipient's domain that took the message, as the
	// domain's MX records name it; empty: none of them is on the way.
	MX             string          `json:"mx,omitempty"`
	Authentication *Authentication `json:"authentication,omitempty"` // nil: the receiver says nothing
	DKIM           []Signature     `json:"dkim,omitempty"`           // as we verify them; see [VerifyDKIM]
	Spam           []Spam          `json:"spam,omitempty"`           // one of each filter that says something
	Attachment     State           `json:"attachment,omitempty"`     // empty: none was sent
	EICAR          State           `json:"eicar,omitempty"`          // empty: none was sent
	Truncated      bool            `json:"truncated,omitempty"`      // a limit cut something off
}

// State is what became of a file that was attached.
type State string

// The states.
const (
	Intact  State = "intact"
	Changed State = "changed" // a file of its name arrived, and it is another
	Missing State = "missing"
)

// States lists every State.
func States() []State { return []State{Intact, Changed, Missing} }

// Options say what the message was when it left.
type Options struct {
	Sent    time.Time // by our clock
	Servers []string  // MX hosts of the recipient's domain
	EICAR   bool      // the test file was with it
}

// Read takes a message apart. It takes any octets, and time in proportion to them.
func Read(raw []byte, o Options) *Arrival {
	h, body, more := split(string(raw))
	a := &Arrival{Bytes: len(raw), Truncated: more}
	a.Hops, more = hops(h, o.Sent)
	a.Truncated = a.Truncated || more
	a.MX = takenBy(a.Hops, o.Servers)
	a.Authentication = authentication(h)
	a.Spam = spam(h)
	sent, attached := h.first(strings.ToLower(letter.DigestHeader))
	if !attached && !o.EICAR {
		return a
	}
	f := attachments(h, body)
	a.Truncated = a.Truncated || f.more
	if attached {
		a.Attachment = f.attachment(strings.TrimPrefix(strings.TrimSpace(sent), "sha256="))
	}
	if a.EICAR = Missing; !o.EICAR {
		a.EICAR = ""
	} else if f.eicar {
		a.EICAR = Intact
	}
	return a
}

// attachment compares what arrived with the digest of what was sent.
func (f *files) attachment(digest string) State {
	switch {
	case slices.Contains(f.digests, strings.ToLower(digest)):
		return Intact
	case f.named:
		return Changed
	}
	return Missing
}

// Value gives the topmost field of a name, unfolded and cut, and whether there is
// one.
func Value(raw []byte, name string) (string, bool) {
	h, _, _ := split(string(raw))
	v, ok := h.first(strings.ToLower(name))
	return v, ok
}

// Last is the time at which the server nearest to the mailbox took the message,
// by its own clock; the zero time where it does not say.
func (a *Arrival) Last() time.Time {
	if len(a.Hops) == 0 {
		return time.Time{}
	}
	return a.Hops[len(a.Hops)-1].At
}
