package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"mx_exporter/probe/dnsbl"
)

// writeLists writes what lists said: of subjects a table of the answers, and of
// the lists that are not healthy why; without subjects a table of the lists. A
// list's own words are printable already.
func writeLists(out io.Writer, output string, subjects []dnsbl.Subject, r *dnsbl.Result) error {
	if output == outputJSON {
		return listsJSON(out, r)
	}
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	if len(subjects) > 0 {
		fmt.Fprintln(w, "SUBJECT\tLIST\tANSWER\tWHAT IT SAYS")
	}
	for _, s := range subjects {
		answersTable(w, s, about(s, r))
	}
	if len(subjects) > 0 {
		for _, h := range r.Lists {
			if h.Family == "" { // it could not be asked, so no answer tells of it
				fmt.Fprintf(w, "-\t%s\t%s\t%s\n", h.List, dnsbl.Unknown, why(string(h.Fault), h.Detail))
			}
		}
	} else {
		healthTable(w, r.Lists)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := out.Write(withoutTrailingSpace(b.Bytes()))
	return err
}

func healthTable(w io.Writer, lists []dnsbl.Health) {
	fmt.Fprintln(w, "LIST\tOF\tSTATE\tWHY")
	for _, h := range lists {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", h.List, cmp.Or(string(h.Family), "-"), h.State, why(string(h.Fault), h.Detail))
	}
}

func answersTable(w io.Writer, s dnsbl.Subject, as []dnsbl.Answer) {
	name := s.Domain
	if name == "" {
		name = s.Address.String()
	}
	for _, a := range as {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", name, a.List, a.Verdict, says(a))
	}
	if len(as) == 0 {
		fmt.Fprintf(w, "%s\t-\tnot_asked\tno list has subjects of this kind, or it is not public and so nobody's business\n", name)
	}
}

// says is an answer for people.
func says(a dnsbl.Answer) string {
	if a.Verdict != dnsbl.Listed {
		return why(string(a.Reason), a.Detail)
	}
	parts := a.Meanings()
	if a.Text != "" {
		parts = append(parts, fmt.Sprintf("%q", a.Text))
	}
	if a.Delist != "" {
		parts = append(parts, "removal: "+a.Delist)
	}
	return strings.Join(parts, "; ")
}

func why(word, detail string) string {
	if word == "" || detail == "" {
		return cmp.Or(word, detail)
	}
	return word + ": " + detail
}

func listsJSON(out io.Writer, r *dnsbl.Result) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("the answers as JSON: %w", err)
	}
	_, err := out.Write(printable(b.Bytes()))
	return err
}

// withoutTrailingSpace takes off what a table pads its last column with.
func withoutTrailingSpace(text []byte) []byte {
	lines := bytes.Split(text, []byte("\n"))
	for i, l := range lines {
		lines[i] = bytes.TrimRight(l, " ")
	}
	return bytes.Join(lines, []byte("\n"))
}
