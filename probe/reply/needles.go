package reply

import (
	"regexp/syntax"
	"strings"
)

// needles finds strings of which every match of a pattern holds at least one; none
// where it cannot tell. Looking for a plain string costs a hundredth of trying a
// pattern, and most patterns fit no reply at all.
func needles(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{string(re.Rune)}
	case syntax.OpCapture, syntax.OpPlus:
		return needles(re.Sub[0])
	case syntax.OpConcat:
		return sharpest(re.Sub)
	case syntax.OpAlternate:
		return union(re.Sub)
	}
	return nil
}

// sharpest takes the part of a sequence whose needles are longest.
func sharpest(parts []*syntax.Regexp) (best []string) {
	for _, p := range parts {
		if n := needles(p); shortest(n) > shortest(best) {
			best = n
		}
	}
	return best
}

// union takes the needles of all alternatives; one without any spoils the rest.
func union(alternatives []*syntax.Regexp) (all []string) {
	for _, a := range alternatives {
		n := needles(a)
		if len(n) == 0 {
			return nil
		}
		all = append(all, n...)
	}
	return all
}

// shortest is the length of the shortest needle; 0 for none.
func shortest(ss []string) int {
	n := 0
	for i, s := range ss {
		if i == 0 || len(s) < n {
			n = len(s)
		}
	}
	return n
}

// holdsAny reports that the text has one of the needles, or that there are none
// to look for.
func holdsAny(text string, needles []string) bool {
	for _, n := range needles {
		if strings.Contains(text, n) {
			return true
		}
	}
	return len(needles) == 0
}
