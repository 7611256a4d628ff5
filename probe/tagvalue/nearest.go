package tagvalue

import "strings"

// Nearest gives the known word that an unknown one was most likely meant to be:
// the same but for case, for one letter too many, missing or wrong, or for two
// that changed places. Words of one letter are near only to themselves.
func Nearest(word string, known ...string) (string, bool) {
	if len(word) > 32 {
		return "", false
	}
	w := strings.ToLower(word)
	for _, k := range known {
		if w == strings.ToLower(k) {
			return k, true
		}
	}
	for _, k := range known {
		if min(len(w), len(k)) > 1 && oneSlip(w, strings.ToLower(k)) {
			return k, true
		}
	}
	return "", false
}

// oneSlip reports whether a becomes b by one insertion, deletion, replacement or
// exchange of neighbours.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		return swapped || i < len(a) && a[i+1:] == b[i+1:]
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}
