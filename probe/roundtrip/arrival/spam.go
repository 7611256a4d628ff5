package arrival

import (
	"regexp"
	"strconv"
	"strings"
)

// Filter is the program whose fields were read. It is a label value.
type Filter string

// The filters that are known by their fields.
const (
	SpamAssassin Filter = "spamassassin"
	Rspamd       Filter = "rspamd"
	Microsoft    Filter = "microsoft" // Exchange Online Protection and Exchange
	Gmail        Filter = "gmail"     // Google Workspace; private mailboxes show nothing
	Barracuda    Filter = "barracuda"
	Proofpoint   Filter = "proofpoint"
	Generic      Filter = "generic" // X-Spam-Flag or X-Spam alone, which many write
)

// Filters lists every Filter.
func Filters() []Filter {
	return []Filter{SpamAssassin, Rspamd, Microsoft, Gmail, Barracuda, Proofpoint, Generic}
}

// Spam is what one filter said of the message.
type Spam struct {
	Filter    Filter   `json:"filter"`
	Spam      *bool    `json:"spam,omitempty"`      // nil: a score without a verdict
	Score     *float64 `json:"score,omitempty"`     // nil: none is told; what it is out of differs from filter to filter
	Threshold *float64 `json:"threshold,omitempty"` // from which on it is spam; nil: not told
	Detail    string   `json:"detail,omitempty"`    // rules that matched, for people
}

// spamReaders read the fields of one filter each. All of them have the first
// field of a name, which is the topmost.
//
// Sources: SpamAssassin's Mail::SpamAssassin::Conf; rspamd's milter_headers
// module; Microsoft, "Anti-spam message headers in Microsoft 365"; Google Workspace
// Admin Help, "inbound gateway"; Barracuda Campus, "Barracuda message headers";
// Proofpoint's X-Proofpoint-Spam-Details as sent.
func spamReaders() []func(header) *Spam {
	return []func(header) *Spam{assassin, rspamd, microsoft, gmail, barracuda, proofpoint}
}

// spam asks every reader. The generic fields count only where no filter is known.
func spam(h header) (all []Spam) {
	for _, read := range spamReaders() {
		if s := read(h); s != nil {
			all = append(all, *s)
		}
	}
	if len(all) == 0 {
		if s := generic(h); s != nil {
			all = append(all, *s)
		}
	}
	return all
}

var (
	assassinStatus  = regexp.MustCompile(`(?i)^\s*(yes|no)\b(?:.*?\b(?:score|hits)=\s*(-?\d{1,6}(?:\.\d{1,6})?))?(?:.*?\brequired=\s*(-?\d{1,6}(?:\.\d{1,6})?))?`)
	rspamdResult    = regexp.MustCompile(`(?i)\b(true|false)\s*\[\s*(-?\d{1,6}(?:\.\d{1,6})?)\s*/\s*(-?\d{1,6}(?:\.\d{1,6})?)\s*\]`)
	microsoftSCL    = regexp.MustCompile(`(?i)(?:^|;)\s*SCL:\s*(-?\d{1,2})\s*(?:;|$)`)
	barracudaStatus = regexp.MustCompile(`(?i)^\s*(yes|no)\b(?:.*?\bscore=\s*(-?\d{1,6}(?:\.\d{1,6})?))?`)
	proofpointRule  = regexp.MustCompile(`(?i)\brule=(\w{1,40})\b(?:.*?\bscore=(-?\d{1,6}))?`)
)

func assassin(h header) *Spam {
	v, ok := h.first("x-spam-status")
	m := assassinStatus.FindStringSubmatch(clip(v))
	if !ok || m == nil {
		return nil
	}
	s := &Spam{Filter: SpamAssassin, Spam: flag(m[1]), Score: number(m[2]), Threshold: number(m[3])}
	if _, tests, ok := strings.Cut(v, "tests="); ok {
		s.Detail = clip(tests)
	}
	return s
}

func rspamd(h header) *Spam {
	if v, ok := h.first("x-spamd-result"); ok {
		if m := rspamdResult.FindStringSubmatch(clip(v)); m != nil {
			s := &Spam{Filter: Rspamd, Spam: flag(m[1]), Score: number(m[2]), Threshold: number(m[3])}
			_, rules, _ := strings.Cut(v, ";")
			s.Detail = clip(strings.TrimSpace(rules))
			return s
		}
	}
	action, ok := h.first("x-rspamd-action")
	score, scored := h.first("x-rspamd-score")
	if !ok && !scored {
		return nil
	}
	s := &Spam{Filter: Rspamd, Score: number(score), Detail: clip(action)}
	if ok {
		// https://rspamd.com/doc/faq.html, "actions": what follows on "add header" and worse is spam.
		a := strings.ToLower(action)
		s.Spam = truth(strings.HasPrefix(a, "add header") || strings.HasPrefix(a, "rewrite") || strings.HasPrefix(a, "reject"))
	}
	return s
}

// leastSCL is the spam confidence level from which on Microsoft takes a message
// for spam: 5 and 6 are spam, 9 is certain; -1 is not filtered at all.
const leastSCL = 5

func microsoft(h header) *Spam {
	level := ""
	if v, ok := h.first("x-ms-exchange-organization-scl"); ok {
		level = strings.TrimSpace(v)
	} else if v, ok := h.first("x-forefront-antispam-report"); ok {
		if m := microsoftSCL.FindStringSubmatch(v); m != nil {
			level = m[1]
		}
	}
	score := number(level)
	if score == nil {
		return nil
	}
	threshold := float64(leastSCL)
	return &Spam{Filter: Microsoft, Spam: truth(*score >= threshold), Score: score, Threshold: &threshold}
}

func gmail(h header) *Spam {
	v, ok := h.first("x-gm-spam")
	if !ok {
		return nil
	}
	return &Spam{Filter: Gmail, Spam: truth(strings.TrimSpace(v) == "1")}
}

func barracuda(h header) *Spam {
	v, ok := h.first("x-barracuda-spam-status")
	m := barracudaStatus.FindStringSubmatch(clip(v))
	if !ok || m == nil {
		return nil
	}
	s := &Spam{Filter: Barracuda, Spam: flag(m[1]), Score: number(m[2])}
	if score, ok := h.first("x-barracuda-spam-score"); ok && s.Score == nil {
		s.Score = number(strings.TrimSpace(score))
	}
	return s
}

func proofpoint(h header) *Spam {
	v, ok := h.first("x-proofpoint-spam-details")
	m := proofpointRule.FindStringSubmatch(clip(v))
	if !ok || m == nil {
		return nil
	}
	rule := strings.ToLower(m[1])
	return &Spam{Filter: Proofpoint, Spam: truth(rule == "spam" || strings.HasSuffix(rule, "_spam")), Score: number(m[2]), Detail: clip(rule)}
}

func generic(h header) *Spam {
	s := &Spam{Filter: Generic}
	for _, name := range []string{"x-spam-flag", "x-spam"} {
		if v, ok := h.first(name); ok && s.Spam == nil {
			s.Spam = flag(strings.TrimSpace(v))
		}
	}
	if v, ok := h.first("x-spam-score"); ok {
		s.Score = number(strings.TrimSpace(v))
	}
	if s.Spam == nil && s.Score == nil {
		return nil
	}
	return s
}

func truth(b bool) *bool { return &b }

func flag(s string) *bool {
	switch strings.ToLower(s) {
	case "yes", "true", "1":
		return truth(true)
	case "no", "false", "0":
		return truth(false)
	}
	return nil
}

// number reads a score, nil where there is none or where it is no finite number.
func number(s string) *float64 {
	if len(s) == 0 || len(s) > 16 || strings.Trim(s, "+-.0123456789") != "" {
		return nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil
	}
	return &f
}
