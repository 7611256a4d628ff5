package config

import (
	"fmt"
	"strings"
)

// unknownKey words the error for a key that its section does not have: with the
// nearest one that it has, else with the section where such a key is right,
// else with all that there are.
func (s schema) unknownKey(name, section string, fs fields) string {
	if near := nearest(name, fs.names()); near != "" {
		return fmt.Sprintf("unknown key: did you mean %s?", near)
	}
	if home := s.elsewhere(name, section); home != "" {
		return fmt.Sprintf("unknown key here: it belongs under %s", home)
	}
	return "unknown key: known here are " + strings.Join(fs.names(), ", ")
}

func looksLikeKey(s string) bool {
	return len(s) <= 32 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

// nearest gives the name that a slip of the finger or two leads to.
func nearest(name string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if n := distance(strings.ToLower(strings.ReplaceAll(name, "-", "_")), k); n < least && n*2 < len(k) {
			best, least = k, n
		}
	}
	return best
}

// elsewhere gives the section of the one key of that name below or beside this
// section, empty when there is none or more than one.
func (s schema) elsewhere(name, section string) string {
	home, found := "", 0
	for _, t := range s {
		for path := range t {
			if there, ok := strings.CutSuffix(path, "."+name); ok && there != section {
				home, found = strings.TrimPrefix(there, inModule), found+1
			}
		}
	}
	if found != 1 || strings.Contains(home, "[]") {
		return ""
	}
	if home+"." == inModule {
		return "the module"
	}
	return home
}

// distance counts the letters to add, take out or change (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
