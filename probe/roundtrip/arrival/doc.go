// Package arrival reads what mail systems wrote onto a message on its way: which
// servers it went through and how long each held it (RFC 5321 section 4.4), what
// the receiver found of SPF, DKIM and DMARC (RFC 8601), whether a filter took it for
// spam, and whether what was attached is still there.
//
// It protects the reader in two ways. The message comes from a mailbox to which
// anybody may write, so it is read within limits: octets, fields, parts, nesting.
// And whatever is taken from it for a label is a word of a closed list here; all
// other text is for people, cut, and the views escape it.
//
// It decides what to believe. Of the fields Authentication-Results those of one
// server count, that of the topmost one, which stood nearest to the mailbox;
// anything below may have been written by anybody. Of the times in Received
// fields, differences are taken, since clocks differ; one that goes backwards is
// no time and says so. The age of a message is not taken from here at all: who
// sent it knows when.
//
// It verifies signatures itself too ([VerifyDKIM], RFC 6376), since what arrived
// may differ from what the receiver judged. Judging whether any of this is good
// is left to the reader of the result.
package arrival
