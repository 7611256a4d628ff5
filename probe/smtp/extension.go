package smtp

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"mx_exporter/probe/reply"
)

// Known reports whether an EHLO keyword, in upper case, is in the closed set
// that may become a label: the IANA registry "SMTP Service Extensions"
// (https://www.iana.org/assignments/smtp) and VRFY, which servers announce
// although RFC 5321 makes it no extension.
func Known(keyword string) bool {
	switch keyword {
	case "SEND", "SOML", "SAML", "TURN", // RFC 821, gone since RFC 2821
		"EXPN", "HELP", "VRFY", // RFC 5321
		"VERB", "ONEX", // sendmail
		"8BITMIME",               // RFC 6152
		"SIZE",                   // RFC 1870
		"CHUNKING", "BINARYMIME", // RFC 3030
		"CHECKPOINT",          // RFC 1845
		"DELIVERBY",           // RFC 2852
		"PIPELINING",          // RFC 2920
		"DSN",                 // RFC 3461
		"ETRN",                // RFC 1985
		"ENHANCEDSTATUSCODES", // RFC 2034
		"STARTTLS",            // RFC 3207
		"NO-SOLICITING",       // RFC 3865
		"MTRK",                // RFC 3885
		"SUBMITTER",           // RFC 4405
		"ATRN",                // RFC 2645
		"AUTH",                // RFC 4954
		"FUTURERELEASE",       // RFC 4865
		"CONPERM", "CONNEG",   // RFC 4141
		"BURL",        // RFC 4468
		"UTF8SMTP",    // RFC 5336, replaced by SMTPUTF8
		"SMTPUTF8",    // RFC 6531
		"MT-PRIORITY", // RFC 6710
		"RRVS",        // RFC 7293
		"REQUIRETLS",  // RFC 8689
		"LIMITS":      // RFC 9422
		return true
	}
	return false
}

// extensions reads an EHLO reply. Its first line is the greeting, whatever it
// says. Keywords are put into upper case, and of several lines with one keyword
// the first counts. "AUTH=LOGIN", a form from before RFC 2554 that servers still
// send for old clients, is read like "AUTH LOGIN"; where a server sends both, what
// they name is joined, since neither form has to name all.
func extensions(r reply.Reply) []Extension {
	if len(r.Lines) < 2 {
		return nil
	}
	out := make([]Extension, 0, len(r.Lines)-1)
	for _, line := range r.Lines[1:] {
		line = strings.TrimSpace(line)
		keyword, params := line, ""
		if i := strings.IndexAny(line, " \t="); i >= 0 {
			keyword, params = line[:i], strings.TrimSpace(line[i+1:])
		}
		keyword = strings.ToUpper(keyword)
		i := slices.IndexFunc(out, func(e Extension) bool { return e.Keyword == keyword })
		if i >= 0 && keyword == "AUTH" {
			out[i].Params = joined(out[i].Params, params)
		}
		if keyword == "" || i >= 0 {
			continue
		}
		out = append(out, Extension{Keyword: keyword, Params: params})
	}
	return out
}

// joined are the words of two lists, each once.
func joined(a, b string) string {
	seen := make(map[string]bool)
	return strings.Join(slices.DeleteFunc(strings.Fields(a+" "+b), func(w string) bool {
		w = strings.ToUpper(w)
		again := seen[w]
		seen[w] = true
		return again
	}), " ")
}

func announced(in []Extension, keyword string) bool {
	for _, e := range in {
		if e.Keyword == keyword {
			return true
		}
	}
	return false
}

// MaxSize is the largest message in octets that the server says it takes (RFC
// 1870 section 4); 0 means that it sets no limit. ok is false when it names no
// number. A number beyond 64 bits counts as the largest that fits.
func (d *Dialogue) MaxSize() (octets uint64, ok bool) {
	for _, e := range d.Extensions {
		if e.Keyword != "SIZE" {
			continue
		}
		n, err := strconv.ParseUint(e.Params, 10, 64)
		return n, err == nil || n == math.MaxUint64
	}
	return 0, false
}
