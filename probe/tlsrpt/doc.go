// Package tlsrpt checks a domain's TLS-RPT record (RFC 8460): where senders
// report that TLS to the domain's mail servers failed.
//
// TLS-RPT is the only way in which a domain learns that MTA-STS or DANE turned
// mail away before it came near: the sender knows, and the domain's own log is
// silent. A record with a mistake in it costs no mail. It costs the reports, and
// nobody misses what was never there.
//
// The package decides whether there is a record at _smtp._tls, whether it is the
// only one, whether it can be read, and where the reports go. It does not send
// to those addresses or judge their servers.
//
// Senders drop every TXT record that does not begin with "v=TLSRPTv1;", and act
// as if there were none when several remain (RFC 8460 section 3). That case is
// [fact.Fail] here: something is published, and it is wrong.
package tlsrpt
