package probe

import (
	"slices"

	"mx_exporter/probe/dane"
	"mx_exporter/probe/dkim"
	"mx_exporter/probe/dmarc"
	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/fcrdns"
	"mx_exporter/probe/mtasts"
	"mx_exporter/probe/spf"
	"mx_exporter/probe/tlsrpt"
)

// The parts of a probe that make findings.
const (
	CheckDNS      fact.Check = "dns"
	CheckMX       fact.Check = "mx"
	CheckSMTP     fact.Check = "smtp"
	CheckTLS      fact.Check = "tls"
	CheckExporter fact.Check = "exporter" // our own trouble
)

// Catalog lists every finding code there is, with what it means and what to do.
// A finding with a code outside of it is a fault in this program.
func Catalog() []fact.Doc {
	return slices.Concat(docsMX, docsLint, docsSMTP, docsTLS, docsAccess,
		spf.Docs(), dmarc.Docs(), dkim.Docs(), mtasts.Docs(), tlsrpt.Docs(), dane.Docs(), docsStrict,
		dnsbl.Docs(), fcrdns.Docs(), docsExporter)
}

// catalog finds a row by its code.
var catalog = func() map[fact.Code]fact.Doc {
	m := map[fact.Code]fact.Doc{}
	for _, d := range Catalog() {
		m[d.Code] = d
	}
	return m
}()

// Explain gives the row of the catalog for a code.
func Explain(c fact.Code) (fact.Doc, bool) {
	d, ok := catalog[c]
	return d, ok
}

// doc is one row of the catalog.
func doc(check fact.Check, code fact.Code, meaning, effect, mend string) fact.Doc {
	return fact.Doc{Check: check, Code: code, Meaning: meaning, Effect: effect, Mend: mend}
}
