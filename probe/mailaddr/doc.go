// Package mailaddr reads mail addresses as people and pages write them, and says
// where exactly a broken one is broken.
//
// An address that nobody can write to is a contact that is lost without a sound:
// the page looks right, the link opens a mail program, and the message comes
// back or, worse, goes to somebody else. So [Parse] holds an address against the
// grammar that mail servers hold it against (RFC 5321 section 4.1.2, for
// international addresses RFC 6531 section 3.3) and names the first fault: what
// it is, at which byte it stands, and what would be right.
//
// It is strict where software is strict and no stricter. A quoted local part and
// an address literal are taken, for the standard takes them. Comments, display
// names and folding white space belong to message headers (RFC 5322) and are
// faults here.
//
// [Mailto] takes a mailto: link apart (RFC 6068). Whether a domain exists and
// whether a mailbox answers is not asked here: nothing in this package touches
// the network.
package mailaddr
