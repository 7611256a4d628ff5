package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"mx_exporter/probe/crawl"
)

func (p *program) writeCrawl(r *crawl.Result, output string) error {
	switch output {
	case outputJSON:
		e := json.NewEncoder(p.stdout)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(r)
	case outputCSV:
		return crawlCSV(p.stdout, r)
	}
	_, err := io.WriteString(p.stdout, crawlText(r))
	return err
}

// shown is foreign text as a terminal may see it: anything that could move the
// cursor or turn the writing round is escaped.
func shown(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) || r == unicode.ReplacementChar }) {
		return strconv.Quote(s)
	}
	return s
}

// crawlText is a result for people.
func crawlText(r *crawl.Result) string {
	var b strings.Builder
	read, pdfs := 0, 0
	for _, p := range r.Pages {
		if p.Reason == "" {
			read++
			if p.Kind == crawl.PDF {
				pdfs++
			}
		}
	}
	fmt.Fprintf(&b, "%s: %d of %d pages read (%d of them PDFs) in %.1f s\n", shown(r.Start), read, len(r.Pages), pdfs, r.Took.Seconds())
	textAddresses(&b, r)
	textDomains(&b, r)
	textUnread(&b, r)
	if len(r.Limited) > 0 {
		fmt.Fprintf(&b, "\nThere is more than was read; limits reached: %s\n", strings.Trim(fmt.Sprint(r.Limited), "[]"))
	}
	return b.String()
}

func textAddresses(b *strings.Builder, r *crawl.Result) {
	var good, broken []crawl.Address
	for _, a := range r.Addresses {
		if a.Fault == nil {
			good = append(good, a)
		} else {
			broken = append(broken, a)
		}
	}
	fmt.Fprintf(b, "\nAddresses: %d\n", len(good))
	for _, a := range good {
		fmt.Fprintf(b, "  %s\n", shown(a.Shown))
		textPlaces(b, a)
	}
	if len(broken) == 0 {
		return
	}
	fmt.Fprintf(b, "\nBroken addresses: %d\n", len(broken))
	for _, a := range broken {
		name := shown(a.Address)
		if name == "" {
			name = "(empty)"
		}
		fmt.Fprintf(b, "  %s\n    %s: %s\n", name, a.Fault.Reason, a.Fault)
		textPlaces(b, a)
	}
}

func textPlaces(b *strings.Builder, a crawl.Address) {
	for _, p := range a.Places {
		fmt.Fprintf(b, "    %s", shown(p.Page))
		if p.Sheet > 0 {
			fmt.Fprintf(b, " page %d", p.Sheet)
		}
		b.WriteByte('\n')
	}
}

func textDomains(b *strings.Builder, r *crawl.Result) {
	for _, own := range []bool{true, false} {
		title := "\nOther domains found:\n"
		if own {
			title = "\nThe site's own domains:\n"
		}
		for _, d := range r.Domains {
			if d.Own == own {
				fmt.Fprintf(b, "%s  %s: %s on %s\n", title, d.Name, count(d.Addresses, "address", "addresses"), count(d.Pages, "page", "pages"))
				title = ""
			}
		}
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func textUnread(b *strings.Builder, r *crawl.Result) {
	title := "\nNot read:\n"
	for _, p := range r.Pages {
		if p.Reason == "" || p.Reason == crawl.Duplicate {
			continue
		}
		fmt.Fprintf(b, "%s  %s\n    %s: %s\n", title, shown(p.URL), p.Reason, shown(p.Detail))
		title = ""
	}
}

// crawlCSV is a line for each place of each address.
func crawlCSV(out io.Writer, r *crawl.Result) error {
	w := csv.NewWriter(out)
	_ = w.Write([]string{"address", "domain", "valid", "reason", "byte", "detail", "page", "kind", "sheet", "written"})
	for _, a := range r.Addresses {
		valid, reason, at, detail := "true", "", "", ""
		if f := a.Fault; f != nil {
			valid, reason, at, detail = "false", string(f.Reason), strconv.Itoa(f.At+1), f.Detail
		}
		for _, p := range a.Places {
			sheet := ""
			if p.Sheet > 0 {
				sheet = strconv.Itoa(p.Sheet)
			}
			_ = w.Write([]string{cell(a.Address), a.Domain, valid, reason, at, cell(detail), cell(p.Page), string(p.Kind), sheet, cell(p.Written)})
		}
	}
	w.Flush()
	return w.Error()
}

// cell keeps a spreadsheet from taking foreign text for a formula.
func cell(s string) string {
	s = shown(s)
	if s != "" && strings.ContainsRune("=+-@\t", rune(s[0])) {
		return "'" + s
	}
	return s
}
