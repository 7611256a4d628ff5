// Package token makes the marks by which a round trip knows its own messages.
//
// A mailbox is a public place: anybody may write to it, and a bounce is not
// signed. So a message counts as ours only by a token in its header, and a bounce
// only by the token that it quotes. A token has five parts with dots between
// them:
//
//	v1.<instance>.<unix-ms>.<random>.<mac>
//
// The version lets a newer program read what an older one sent. The instance
// says which exporter sent it, so that two of them can share a mailbox. The time
// is that of the sending, so that a process that was restarted knows how old a
// message is. The random part has 128 bits, and is what nobody can guess. The
// last part is an HMAC-SHA256 (RFC 2104) over the others and the name of the
// round trip. Everything is lower case (RFC 4648 section 6), since mail systems
// that quote a header do not always keep its case.
//
// The key is that of a file, or is derived from the password of the mailbox, so
// that a process that was restarted believes its own tokens without keeping
// anything. The price of the latter: a token leaves the house, and whoever reads
// one can try passwords against it at leisure. The derivation is slow for that
// reason (PBKDF2, RFC 8018, then HKDF, RFC 5869), which helps a good password and
// does not save a bad one. A key file has no such price. A changed password is
// another key: messages under way at that moment are not known any more.
//
// The package decides whether a token is genuine. Whether it was sent lately and
// not taken before is the round trip's to say.
package token
