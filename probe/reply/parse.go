package reply

import (
	"regexp"
	"strconv"
	"strings"
)

// starts say where in a pasted text the reply begins, surest first. Group 1 is
// the code with what follows it.
var starts = []*regexp.Regexp{
	regexp.MustCompile(`^["'(\s]*(?i:smtp;\s*)?([2-5]\d\d(?:[ -]|$))`),                                 // the text is the reply
	regexp.MustCompile(`\b(2\d\d[ -]#?2\.\d|4\d\d[ -]#?4\.\d|5\d\d[ -]#?5\.\d)`),                       // "… said: 550 5.1.1 …"
	regexp.MustCompile(`(?i:said|responded|replied|response|reply)[^:\n]*:\s*"?([2-5]\d\d(?:[ -]|$))`), // "… said: 550 …"
	regexp.MustCompile(`[:;>]\s*"?([2-5]\d\d[ -])`),                                                    // "… host mx: 550 …"
	regexp.MustCompile(`(?m)^([2-5]\d\d(?:[ -]|$))`),                                                   // a line of a log or a bounce
}

// ParseText finds a reply in what an administrator pastes: the reply itself,
// the line of a log that quotes it, or a bounce's Diagnostic-Code, with its
// lines as they came, folded or run together. A text that has only an enhanced
// status code in front, such as "5.1.1 User unknown", is read as 250, 450 or
// 550 with that code. It reports false where there is no code.
//
// At most the first 32 KiB are looked at, so it may be given a whole message.
func ParseText(s string) (Reply, bool) {
	s = strings.TrimSpace(strings.ReplaceAll(s[:min(len(s), DefaultLimits().ReplyBytes)], "\r\n", "\n"))
	for _, start := range starts {
		if at := start.FindStringSubmatchIndex(s); at != nil {
			return pasted(s[at[2]:]), true
		}
	}
	if e, _, ok := cutEnhanced(s); ok {
		return pasted(strconv.Itoa(e.Class) + "50 " + s), true
	}
	return Reply{}, false
}

// pasted reads a reply that begins with its code. What does not begin with the
// code is a folded piece of the line before.
func pasted(s string) Reply {
	code := s[:codeLen]
	n, _ := strconv.Atoi(code)
	if len(s) > codeLen && s[codeLen] == '-' {
		// Reports put all lines on one; the code in between shows where they were.
		s = strings.NewReplacer(" "+code+"-", "\n"+code+"-", " "+code+" ", "\n"+code+" ").Replace(s)
	}
	var lines [][]string // the pieces of each line
	for piece := range strings.SplitSeq(s, "\n") {
		piece = strings.TrimSpace(piece)
		if text, ok := cutCode(piece, code); ok {
			lines = append(lines, []string{text})
		} else if piece != "" {
			lines[len(lines)-1] = append(lines[len(lines)-1], piece)
		}
	}
	r := Reply{Code: n}
	for _, pieces := range lines {
		r.Lines = append(r.Lines, strings.Join(pieces, " "))
	}
	r.Lines[len(r.Lines)-1] = strings.TrimRight(r.Lines[len(r.Lines)-1], `"'`)
	r.Enhanced = enhancedOf(r)
	return r
}

// cutCode takes the code and what separates it from the text off a line.
func cutCode(line, code string) (text string, ok bool) {
	rest, ok := strings.CutPrefix(line, code)
	switch {
	case !ok:
		return "", false
	case rest == "":
		return "", true
	case rest[0] == ' ', rest[0] == '-':
		return strings.TrimSpace(rest[1:]), true
	}
	return "", false
}
