// Package letter writes the message that a round trip sends.
//
// The message protects the people whose system it goes through. It says in plain
// English what it is and that it may be deleted. It says to machines that nobody
// wrote it and that nobody wants an answer: Auto-Submitted (RFC 3834), Precedence,
// and the field by which Exchange is told the same. It is ASCII throughout, with
// a valid date and message id (RFC 5322), so that no filter has a cause to dislike
// it that other mail would not have.
//
// It may carry two files. One is harmless, and made of the token, so that what
// arrives can be compared with what was sent even by a process that was restarted.
// The other is the EICAR test file, which every virus scanner is asked to treat as
// a virus (eicar.org). It is put together when it is needed and stands nowhere in
// this program, so that no scanner takes the program itself for one.
//
// The package decides what the message says. Which address it goes to and by
// which way, others decide.
package letter
