package dnsbl

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// SelfTest says how a list is tested before it is believed.
type SelfTest string

// The self-tests. The empty one is Required.
const (
	Required SelfTest = "required" // its test entries must be there (RFC 5782 section 5)
	Canary   SelfTest = "canary"   // it has no test entries; it must not list everything
	Skip     SelfTest = "skip"     // it is believed as it is
)

// SelfTests lists every SelfTest.
func SelfTests() []SelfTest { return []SelfTest{Required, Canary, Skip} }

// List is a block list.
type List struct {
	Name      string   // what it is called in configuration, labels and texts
	Zone      Zone     // where it answers
	Codes     Codes    // what its answers mean; an answer beyond them is a listing with the meaning "other"
	Errors    Codes    // answers that are no listings; the meaning is a Reason: refused, quota or typo
	IP4, IP6  bool     // it lists addresses of this family
	Domains   bool     // it lists domains
	SelfTest  SelfTest // empty: required
	PerSecond float64  // questions over time; 0: the client's pace; below 0: as many as there are
	TestPoint string   // the domain that is always listed; empty: TEST (RFC 5782 section 5)
	Words     bool     // ask for the list's own words about a listing, too; they are for people
	PolicyURL string   // its terms, for people
	DelistURL string   // where to ask for removal, for people
}

// Check says what is wrong with a list. The error names the list and never its
// secret zone.
func (l List) Check() error {
	if err := l.check(); err != nil {
		return fmt.Errorf("list %q: %w", l.Name, err)
	}
	return nil
}

func (l List) check() error {
	if !word(l.Name) {
		return fmt.Errorf("want a name of at most %d letters, digits, - and _", maxWord)
	}
	if l.Zone.IsZero() {
		return errors.New("want a zone, such as zone: zen.spamhaus.org")
	}
	if why, dead := Dead(l.Zone); dead {
		return fmt.Errorf("its zone is dead: %s; remove the list", why)
	}
	if !l.IP4 && !l.IP6 && !l.Domains {
		return errors.New("it lists nothing; want at least one of ip4, ip6 and domains")
	}
	switch l.selfTest() {
	case Required, Canary, Skip:
	default:
		return fmt.Errorf("selftest %q: want required, canary or skip", l.SelfTest)
	}
	if l.TestPoint != "" && !hostLike(strings.ToLower(l.TestPoint)) {
		return fmt.Errorf("test point %q: want a domain that the list always lists", l.TestPoint)
	}
	for _, c := range l.Errors {
		if r := Reason(c.Meaning); r != Refused && r != Quota && r != Typo {
			return fmt.Errorf("error code %s: %q: want refused, quota or typo", c, c.Meaning)
		}
	}
	return l.checkURLs()
}

func (l List) checkURLs() error {
	for _, s := range []string{l.PolicyURL, l.DelistURL} {
		if u, err := url.Parse(s); s != "" && (err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "") {
			return fmt.Errorf("address %q: want one of a web page, such as https://www.spamhaus.org/", l.Zone.scrub(s))
		}
	}
	return nil
}

func (l *List) selfTest() SelfTest { return cmp.Or(l.SelfTest, Required) }

// asks reports whether the list knows subjects of a family.
func (l *List) asks(f Family) bool {
	return (f == IP4 && l.IP4) || (f == IP6 && l.IP6) || (f == Domain && l.Domains)
}
