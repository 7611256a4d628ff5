package arrival

import (
	"slices"
	"strings"
)

// Method is what a receiver checked (RFC 8601 section 2.7). It is a label value.
type Method string

// The methods that are looked at.
const (
	MethodSPF   Method = "spf"
	MethodDKIM  Method = "dkim"
	MethodDMARC Method = "dmarc"
	MethodARC   Method = "arc"   // RFC 8617
	MethodIPRev Method = "iprev" // our address has a name that has our address
)

// Methods lists every Method.
func Methods() []Method {
	return []Method{MethodSPF, MethodDKIM, MethodDMARC, MethodARC, MethodIPRev}
}

// Verdict is what the receiver found. It is a label value.
type Verdict string

// The verdicts of RFC 8601 sections 2.7.1 to 2.7.3, and what Microsoft adds.
const (
	Pass      Verdict = "pass"
	Fail      Verdict = "fail"
	SoftFail  Verdict = "softfail"
	Neutral   Verdict = "neutral"
	None      Verdict = "none"
	Policy    Verdict = "policy"
	TempError Verdict = "temperror"
	PermError Verdict = "permerror"
	BestGuess Verdict = "bestguesspass" // no policy, and it would have passed a usual one
	Other     Verdict = "other"
)

// Verdicts lists every Verdict, those first that say more where a method has
// several.
func Verdicts() []Verdict {
	return []Verdict{Pass, BestGuess, Policy, Fail, SoftFail, Neutral, TempError, PermError, None, Other}
}

// Authentication is what the receiver nearest to the mailbox found.
type Authentication struct {
	By      string   `json:"by,omitempty"` // its authserv-id; empty where it gives none, as Microsoft's servers
	Results []Result `json:"results"`      // one of each method, in the order of Methods
}

// Result is one method and what came of it.
type Result struct {
	Method  Method  `json:"method"`
	Verdict Verdict `json:"verdict"`
	Detail  string  `json:"detail,omitempty"` // properties and reason, for people
}

// Of gives the verdict of a method, empty when there is none.
func (a *Authentication) Of(m Method) Verdict {
	if a == nil {
		return ""
	}
	for _, r := range a.Results {
		if r.Method == m {
			return r.Verdict
		}
	}
	return ""
}

// maxResults bounds the results of one message that are looked at.
const maxResults = 50

// authentication reads the fields of the server that wrote the topmost one. It
// may have written several, one for each filter that it has.
func authentication(h header) *Authentication {
	var a *Authentication
	seen := 0
	for _, value := range h.all("authentication-results") {
		id, results := parseResults(value, &seen)
		if a == nil {
			a = &Authentication{By: clip(id)}
		}
		if strings.EqualFold(clip(id), a.By) {
			a.take(results)
		}
	}
	if a != nil {
		slices.SortFunc(a.Results, func(x, y Result) int {
			return slices.Index(Methods(), x.Method) - slices.Index(Methods(), y.Method)
		})
	}
	return a
}

// take keeps the best of each method: of several signatures, one that passes is
// enough (RFC 6376 section 6.1).
func (a *Authentication) take(results []Result) {
	rank := func(v Verdict) int { return slices.Index(Verdicts(), v) }
	for _, r := range results {
		at := slices.IndexFunc(a.Results, func(o Result) bool { return o.Method == r.Method })
		switch {
		case at < 0:
			a.Results = append(a.Results, r)
		case rank(r.Verdict) < rank(a.Results[at].Verdict):
			a.Results[at] = r
		}
	}
}

// parseResults reads one field (RFC 8601 section 2.2).
func parseResults(value string, seen *int) (id string, results []Result) {
	text := uncommented(value)
	for i, part := range splitQuoted(text, ';') {
		words := strings.Fields(spaced(part))
		if len(words) == 0 {
			continue
		}
		if i == 0 && !strings.Contains(words[0], "=") {
			id = strings.Trim(words[0], `"`)
			continue
		}
		if *seen++; *seen > maxResults {
			return id, results
		}
		name, verdict, ok := strings.Cut(strings.ToLower(words[0]), "=")
		name, _, _ = strings.Cut(name, "/") // a version of the method
		if m := Method(name); ok && slices.Contains(Methods(), m) {
			results = append(results, Result{m, verdictOf(verdict), clip(strings.Join(words[1:], " "))})
		}
	}
	return id, results
}

// spaced takes away the blanks that may stand around a sign of equality.
func spaced(s string) string {
	parts := strings.Split(s, "=")
	for i := range parts {
		if i > 0 {
			parts[i] = strings.TrimLeft(parts[i], " \t")
		}
		if i < len(parts)-1 {
			parts[i] = strings.TrimRight(parts[i], " \t")
		}
	}
	return strings.Join(parts, "=")
}

func verdictOf(s string) Verdict {
	switch s {
	case "hardfail": // RFC 8601 appendix C, of RFC 5451
		return Fail
	case "error":
		return TempError
	}
	if v := Verdict(s); slices.Contains(Verdicts(), v) {
		return v
	}
	return Other
}

// splitQuoted splits at a separator that is not within quotation marks.
func splitQuoted(s string, sep byte) (parts []string) {
	quoted, from := false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			parts = append(parts, s[from:i])
			from = i + 1
		}
	}
	return append(parts, s[from:])
}
