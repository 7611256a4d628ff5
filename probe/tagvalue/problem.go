package tagvalue

import "fmt"

// Kind says what is wrong with a place in a list.
type Kind string

// The kinds of mistake that any list can have.
const (
	NoEquals  Kind = "no_equals"  // a part without "="; often a ";" that is one too many, or "," or ":" in its place
	NoName    Kind = "no_name"    // nothing stands before "="
	BadName   Kind = "bad_name"   // a name with a character other than letters, digits and "_", or that begins with no letter
	BadOctet  Kind = "bad_octet"  // a value with an octet outside of visible ASCII and white space
	EmptyPart Kind = "empty_part" // nothing between two ";", or before the first
	Duplicate Kind = "duplicate"  // a name for the second time; the first one is the one that [List.Find] gives
	TooMany   Kind = "too_many"   // the list was read no further
)

// Kinds lists every Kind of this package.
func Kinds() []Kind {
	return []Kind{
		NoEquals, NoName, BadName, BadOctet, EmptyPart, Duplicate, TooMany,
		NoURI, NoScheme, BadScheme, BadURI, BadSize,
	}
}

// Problem is one mistake in a record. The protocols that use lists report their
// own mistakes as Problems too, with kinds of their own.
type Problem struct {
	Kind   Kind   `json:"kind"`
	Column int    `json:"column"`        // of the octet where it stands, counted from 1; 0: the record as a whole
	Tag    string `json:"tag,omitempty"` // in which tag; foreign text
	Text   string `json:"text"`          // one clause for people; foreign text in it is quoted
}

// String is the mistake with its place.
func (p Problem) String() string {
	if p.Column == 0 {
		return p.Text
	}
	return fmt.Sprintf("octet %d: %s", p.Column, p.Text)
}
