// Package bounce reads the mail that says that a mail did not arrive, and says in
// plain English what it means.
//
// There are two kinds of bounces. Reports in the form of RFC 3464 have a part for
// machines, with one group of fields per recipient. All others are prose: each
// mail system has a text of its own, in which the server's reply stands
// somewhere. [Read] reads both, and both at once, since a report often keeps the
// reason in its prose. The classes are those of package reply, so that a bounce, a
// probe and a pasted reply are sorted alike.
//
// What it protects is the reader: a bounce comes from strangers. A message is
// read up to a limit, and so are its header, its parts, their nesting and its
// recipients; what lies beyond is left out and [Report.Truncated] says so. Nothing
// of it is loaded, followed or answered.
//
// What it decides is the class of each recipient's refusal, and whether the mail
// looks as if the receiver of the bounce had never sent it. The latter are
// hints: a bounce is not signed, and everything in it may be forged.
//
// It leaves out read receipts (RFC 8098), abuse complaints (RFC 5965) and answers
// of absent people (RFC 3834): those are told apart and refused with a
// [NotBounceError]. It reads English, and any other language as far as the
// server's reply goes.
//
// testdata holds a hundred bounces: captured from Exim, Postfix, OpenSMTPD and
// Sendmail on loopback, with documentation addresses put in, or written after the
// form that the source beside each names. A new one is a file and a row of testdata/bounces.tsv.
package bounce
