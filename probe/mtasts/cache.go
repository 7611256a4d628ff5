package mtasts

import (
	"crypto/sha256"
	"sync"
	"time"
)

const (
	// backOff is how long a failed fetch is not tried again for the same id (RFC
	// 8461 section 3.3).
	backOff = 5 * time.Minute
	// DefaultRefresh is how long a policy is used without looking again, where
	// its max_age is not less. Senders look but once a day or so; we would like
	// to see what they will see then.
	DefaultRefresh = 30 * time.Minute
)

// Change says how record and policy changed against each other while they were
// watched. It is a closed list.
type Change string

// The changes.
const (
	NoChange    Change = ""
	IDOnly      Change = "id_only"      // a new id, and the policy is the same
	ContentOnly Change = "content_only" // a new policy, and the id is the same: senders go on with the old one
)

// Cache remembers the policies of domains: so that a policy host is not asked on
// every probe, and to see what changes. It is safe for use by several
// goroutines; [Cache.Close] ends it. A nil Cache remembers nothing.
type Cache struct {
	size int

	mu      sync.Mutex
	entries map[string]entry // by domain

	flights flights
}

// entry is what is known of one domain.
type entry struct {
	id       string
	policy   *Policy // nil: none was ever had
	problems []Problem
	fetch    *Fetch // that brought the policy
	digest   [sha256.Size]byte
	change   Change
	until    time.Time // end of a ContentOnly: by then senders have dropped the old policy

	failed   *Fetch // the last try, where it failed
	failedID string
	spoiled  []Problem // what was wrong with the policy that it brought
}

// NewCache remembers at most size domains.
func NewCache(size int) *Cache { return &Cache{size: size, entries: map[string]entry{}} }

func (c *Cache) recall(domain string) entry {
	if c == nil {
		return entry{}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries[domain]
}

func (c *Cache) keep(domain string, e entry) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.entries[domain]; !known && len(c.entries) >= c.size {
		for other := range c.entries { // any one makes room
			delete(c.entries, other)
			break
		}
	}
	c.entries[domain] = e
}

// fresh reports whether the policy may be used for this id without a fetch.
func (e entry) fresh(id string, now time.Time, refresh time.Duration) bool {
	return e.policy != nil && e.id == id && e.failed == nil && now.Sub(e.fetch.At) < min(refresh, e.policy.age())
}

// tells reports whether what is known tells how this id's policy is, or was a short
// while ago: that stands while a fetch takes its time.
func (e entry) tells(id string, now time.Time) bool {
	return e.failed != nil && e.failedID == id || e.failed == nil && e.id == id && e.live(now)
}

// resting reports whether the last try for this id failed a short while ago.
func (e entry) resting(id string, now time.Time) bool {
	return e.failed != nil && e.failedID == id && now.Sub(e.failed.At) < backOff
}

// live reports whether a sender that had the policy would still go by it.
func (e entry) live(now time.Time) bool {
	return e.policy != nil && now.Sub(e.fetch.At) < e.policy.age()
}

// renewed is the entry after a good fetch, with what changed.
func (e entry) renewed(id string, f *Fetch, p *Policy, problems []Problem, now time.Time) entry {
	next := entry{id: id, policy: p, problems: problems, fetch: f, digest: sha256.Sum256([]byte(f.body))}
	switch {
	case e.policy == nil:
	case id != e.id && next.digest == e.digest:
		next.change = IDOnly
	case id == e.id && next.digest != e.digest:
		next.change, next.until = ContentOnly, e.fetch.At.Add(e.policy.age())
	case id == e.id:
		next.change, next.until = e.change, e.until
	}
	if next.change == ContentOnly && now.After(next.until) {
		next.change = NoChange
	}
	return next
}

// spoilt is the entry after a fetch that gave no policy.
func (e entry) spoilt(id string, f *Fetch, problems []Problem) entry {
	e.failed, e.failedID, e.spoiled = f, id, problems
	return e
}
