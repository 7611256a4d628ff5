// Package srv finds the servers that a domain's users log in to: those for
// sending, and those of their mailboxes (RFC 6186, RFC 8314 section 5.1).
//
// A domain announces each service twice over: once for connections that are
// protected from their first byte, such as _imaps._tcp, and once for those that
// begin in clear and are upgraded, such as _imap._tcp. Mail programs ask for
// these records when a person types in nothing but an address, so a wrong one
// costs every new user an hour.
//
// The package decides which of the two doors is meant, in which order their
// servers are tried (RFC 2782), and whether the domain says that it has none. It
// leaves addresses to others, and the random choice among equals too: whoever
// looks at servers looks at all of them.
package srv
