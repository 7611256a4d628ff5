package dnsq

import "context"

// noteKey is the key under which a context carries a *note.
type noteKey struct{}

// note is how a look-up and a [Cache] talk past exchangers that stand between
// them.
type note struct {
	fresh bool // set by the asker: a remembered answer is of no use
	hit   bool // set by the cache: the answer was remembered
}

// noteIn gives the note of a context; one that nobody reads if there is none.
func noteIn(ctx context.Context) *note {
	if n, ok := ctx.Value(noteKey{}).(*note); ok {
		return n
	}
	return new(note)
}
