// Package txt fetches policy records out of TXT records.
//
// A TXT record is one or more strings of at most 255 octets (RFC 1035 section
// 3.3.14). SPF, DKIM, DMARC, MTA-STS and TLS-RPT all say that the strings are
// joined without anything between them, and all share the name that they stand
// at with records that are none of their business: tokens that prove who owns
// the domain, wildcards, plain notes. This package joins the strings and undoes
// the escapes that a zone file needs, and [Answer.Starting] sets aside what
// carries a protocol's version.
//
// How many records a protocol wants, and what several of them mean, is its own
// affair.
package txt
