// Package reply reads the replies of an SMTP server and says what they mean.
//
// It protects the prober from the server: a [Reader] is bounded while it reads,
// in the length of a line, the lines and octets of a reply, and the octets of
// a connection. What breaks a rule ends the reading at once, with a reason from
// [fact.Reason] and with the lines seen so far; nothing is drained. What real
// senders tolerate is tolerated and noted in the [Reply]: a code without text,
// a line that ends in LF alone, an empty line between two lines of a reply
// (RFC 5321 section 4.2.1 asks clients for such patience).
//
// It decides what a reply means by sorting it into one [Class] of a closed list
// with [Classify]: by the enhanced status code (RFC 3463 and the IANA registry
// "SMTP Enhanced Status Codes"), then by the basic code and the stage, and by
// text only where those two leave it open. Whether a reply is temporary is the
// code's to say, not the class's: a full mailbox comes as 452 and as 552.
//
// It leaves out everything that needs a connection: deadlines, commands and
// TLS belong to package smtp. Text is kept as the bytes that came; those who
// show it quote or escape it.
package reply
