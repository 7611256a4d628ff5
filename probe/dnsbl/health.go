package dnsbl

import (
	"cmp"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// State is what the self-test of a list found.
type State string

// The states.
const (
	Healthy  State = "healthy"
	Broken   State = "broken"   // it fails its test, or refuses us: the Fault says how
	Untested State = "untested" // the test had no usable answer: the Fault says why
	Skipped  State = "skipped"  // by configuration
)

// States lists every State.
func States() []State { return []State{Healthy, Broken, Untested, Skipped} }

// Fault says why a list is not healthy: one of these, or a [Reason].
type Fault string

// The faults of lists.
const (
	ListsTheWorld Fault = "lists_the_world" // what must not be listed is: 127.0.0.1, ::FFFF:7F00:1 or INVALID
	ListsAnything Fault = "lists_anything"  // a random documentation address, or a random name, is listed
	EntryMissing  Fault = "entry_missing"   // what must be listed is not: the list is empty, or has no test entries
)

// Faults lists every Fault, the most telling one first.
func Faults() []Fault {
	return []Fault{
		Fault(Quota), Fault(Typo), Fault(Refused), Fault(Local), Fault(Hijack),
		ListsTheWorld, ListsAnything, EntryMissing, Fault(Servfail), Fault(Timeout),
	}
}

// Health is the outcome of a list's self-test for one family of subjects.
type Health struct {
	List   string    `json:"list"`
	Family Family    `json:"family"`
	State  State     `json:"state"`
	Fault  Fault     `json:"fault,omitempty"`  // of Broken and Untested
	Detail string    `json:"detail,omitempty"` // for people
	Tested time.Time `json:"tested,omitzero"`  // zero: not tested
}

const (
	healthyFor  = 10 * time.Minute
	brokenFor   = time.Hour
	untestedFor = time.Minute
)

// point is one question of a self-test.
type point struct {
	labels string
	listed bool  // it must be
	fault  Fault // where it is not as it must be
	what   string
}

// points gives the test entries of RFC 5782 section 5, and a random subject that
// no list has a reason to know.
func (l *List) points(f Family) []point {
	var yes, no, random point
	switch f {
	case IP4:
		yes = point{labels: "2.0.0.127", what: "127.0.0.2"}
		no = point{labels: "1.0.0.127", what: "127.0.0.1"}
		random = point{labels: reversed4(randomIP4()), what: "a random documentation address"}
	case IP6:
		yes = point{labels: nibbles(netip.MustParseAddr("::ffff:127.0.0.2")), what: "::FFFF:7F00:2"}
		no = point{labels: nibbles(netip.MustParseAddr("::ffff:127.0.0.1")), what: "::FFFF:7F00:1"}
		random = point{labels: nibbles(randomIP6()), what: "a random documentation address"}
	case Domain:
		yes = point{labels: cmp.Or(strings.ToLower(l.TestPoint), "test")}
		yes.what = yes.labels
		no = point{labels: "invalid", what: "invalid"}
		random = point{labels: randomName(), what: "a random name"}
	}
	yes.listed, yes.fault, no.fault, random.fault = true, EntryMissing, ListsTheWorld, ListsAnything
	if l.selfTest() == Canary {
		return []point{random}
	}
	return []point{yes, no, random}
}

// randomIP4 gives an address of TEST-NET-3 (RFC 5737). The other documentation
// networks are left to tests and labs, which list addresses of theirs.
func randomIP4() netip.Addr {
	return netip.AddrFrom4([4]byte{203, 0, 113, byte(1 + rand.IntN(254))})
}

// randomIP6 gives an address of 2001:db8::/32 (RFC 3849).
func randomIP6() netip.Addr {
	b := [16]byte{0x20, 0x01, 0x0d, 0xb8}
	for i := 4; i < len(b); i++ {
		b[i] = byte(rand.IntN(256))
	}
	return netip.AddrFrom16(b)
}

// randomName gives a name that nobody has (RFC 2606 section 2).
func randomName() string {
	var b strings.Builder
	for range 20 {
		b.WriteByte(byte('a' + rand.IntN(26)))
	}
	return b.String() + ".example"
}

// wrongly says what is wrong with an answer that is not as it must be.
func (p point) wrongly() string {
	if p.listed {
		return " is not listed, as it must be"
	}
	return " is listed, and must not be"
}

// selfTest is a self-test under way, or its outcome.
type selfTest struct {
	list   List
	family Family
	points []point
	left   int           // questions without an answer
	done   chan struct{} // closed when the outcome stands
	broken *Health       // the worst so far
	unsure *Health
	out    Health
	until  time.Time // when to test again
}

// newSelfTest prepares a test; its questions are still to be asked.
func newSelfTest(l List, f Family) *selfTest {
	points := l.points(f)
	return &selfTest{list: l, family: f, points: points, left: len(points), done: make(chan struct{})}
}

// over reports whether the outcome stands.
func (t *selfTest) over() bool { return t.left == 0 }

// take counts one answer. What a list says wrongly weighs more than what it
// leaves open.
func (t *selfTest) take(p point, r *reading) {
	j := t.list.judge(r)
	switch {
	case j.verdict == Unknown && len(r.addrs) == 0:
		t.unsure = worse(t.unsure, Health{State: Untested, Fault: Fault(j.reason), Detail: p.what + ": " + j.detail})
	case j.verdict == Unknown:
		t.broken = worse(t.broken, Health{State: Broken, Fault: Fault(j.reason), Detail: p.what + ": " + j.detail})
	case (j.verdict == Listed) != p.listed:
		t.broken = worse(t.broken, Health{State: Broken, Fault: p.fault, Detail: p.what + p.wrongly()})
	}
	t.left--
	if t.left == 0 {
		t.finish(r.at)
	}
}

// worse picks the outcome that tells more about what to do: the earlier one in
// the order of [Faults].
func worse(old *Health, h Health) *Health {
	if old != nil && slices.Index(Faults(), old.Fault) <= slices.Index(Faults(), h.Fault) {
		return old
	}
	return &h
}

// finish draws the conclusion.
func (t *selfTest) finish(now time.Time) {
	h, holds := Health{State: Healthy}, healthyFor
	switch {
	case t.broken != nil:
		h, holds = *t.broken, brokenFor
	case t.unsure != nil:
		h, holds = *t.unsure, untestedFor
	}
	h.Family, h.Tested = t.family, now
	t.out, t.until = h, now.Add(holds)
	close(t.done)
}

// verdict is what follows for the list's answers: nothing when it is healthy.
func (h Health) verdict() (judgement, bool) {
	switch {
	case h.State == Healthy || h.State == Skipped:
		return judgement{}, false
	case h.State == Untested, h.Fault == Fault(Refused), h.Fault == Fault(Quota), h.Fault == Fault(Typo), h.Fault == Fault(Hijack):
		return judgement{verdict: Unknown, reason: Reason(h.Fault), detail: "its self-test: " + h.Detail}, true
	}
	return judgement{verdict: Unknown, reason: Unhealthy, detail: "its self-test: " + h.Detail}, true
}
