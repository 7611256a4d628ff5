package crawl

import (
	"strconv"
	"strings"
	"time"
)

// rules are what one robots.txt says to us (RFC 9309 section 2.2).
type rules struct {
	list  []robotsRule
	delay time.Duration // crawl-delay, which is in no RFC and in many files
	fault *failure      // the file could not be had, so nothing may be read; nil: it could
}

type robotsRule struct {
	allow  bool
	parts  []string // the pattern, divided at its asterisks
	anchor bool     // it ends with a dollar sign
	octets int      // of the pattern: the most specific match is the longest
}

// parseRobots reads the groups that speak of us: those that name [Token], taken
// together, or those of everybody (section 2.2.1). A line that it cannot read is
// passed over, as the standard asks.
func parseRobots(text []byte, token string) rules {
	ours, all := &rules{}, &rules{}
	var open []*rules // the groups that the next rule goes to
	named, inRules := false, false
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\r", "\n")) {
		key, value := robotsLine(line)
		if key == "user-agent" {
			if inRules {
				open, inRules = nil, false
			}
			switch agent := productToken(value); {
			case strings.EqualFold(agent, token):
				named = true
				open = append(open, ours)
			case value == "*":
				open = append(open, all)
			}
			continue
		}
		if key != "allow" && key != "disallow" && key != "crawl-delay" {
			continue
		}
		inRules = true
		for _, g := range open {
			g.add(key, value)
		}
	}
	if named {
		return *ours
	}
	return *all
}

// robotsLine takes a line apart. The keys that it gives are in lower case.
func robotsLine(line string) (key, value string) {
	line, _, _ = strings.Cut(strings.TrimPrefix(line, "\ufeff"), "#")
	key, value, _ = strings.Cut(line, ":")
	return strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
}

// productToken is the beginning of a User-agent line that can be a name
// (section 2.2.1): of "mx_sd/1.0" it is mx_sd.
func productToken(s string) string {
	for i, c := range s {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return s[:i]
		}
	}
	return s
}

func (r *rules) add(key, value string) {
	switch {
	case key == "crawl-delay":
		if s, err := strconv.ParseFloat(value, 64); err == nil && s > 0 {
			r.delay = time.Duration(min(s, maxCrawlDelay.Seconds()) * float64(time.Second))
		}
	case value == "" || len(value) > MaxURL: // section 2.2.2: an empty rule matches nothing; nor does one that no URL is long enough for
	default:
		r.list = append(r.list, newRule(key == "allow", value))
	}
}

func newRule(allow bool, pattern string) robotsRule {
	r := robotsRule{allow: allow}
	pattern, r.anchor = strings.CutSuffix(normalEscapes(pattern), "$")
	if !strings.HasPrefix(pattern, "/") && !strings.HasPrefix(pattern, "*") {
		pattern = "/" + pattern
	}
	r.octets = len(pattern)
	r.parts = strings.Split(pattern, "*")
	return r
}

// allows reports whether a path with its query may be read: the longest rule
// that matches decides, and of two of one length the one that allows (section
// 2.2.2). robots.txt itself may always be read.
func (r rules) allows(path string) bool {
	if path == robotsPath {
		return true
	}
	if r.fault != nil {
		return false
	}
	path = normalEscapes(path)
	allow, octets := true, -1
	for _, rule := range r.list {
		if rule.octets < octets || rule.octets == octets && !rule.allow || !rule.matches(path) {
			continue
		}
		allow, octets = rule.allow, rule.octets
	}
	return allow
}

// matches holds a path against the pattern. Each part is looked for behind the
// one before it, so that the time is that of one pass.
func (r robotsRule) matches(path string) bool {
	rest, ok := strings.CutPrefix(path, r.parts[0])
	if !ok {
		return false
	}
	if len(r.parts) == 1 {
		return !r.anchor || rest == ""
	}
	last := len(r.parts) - 1
	for _, part := range r.parts[1:last] {
		_, rest, ok = strings.Cut(rest, part)
		if !ok {
			return false
		}
	}
	if r.anchor {
		return strings.HasSuffix(rest, r.parts[last])
	}
	return strings.Contains(rest, r.parts[last])
}

const robotsPath = "/robots.txt"
