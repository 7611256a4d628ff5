// Package talk has the tools of a conversation by lines with a server that is
// not trusted: SMTP, IMAP and POP3 differ in their words, and share these.
//
// A [Clock] holds a connection to absolute deadlines, so that a server that
// sends one octet a second gains nothing by it, and lets the end of a context
// reach the socket at once. A [Transcript] keeps what was said, within limits.
// [TLS] always completes a handshake, measures it, and leaves to package cert
// whether the certificate is good.
//
// Left out: reading. What is a complete answer, and how much of it is too much,
// is each protocol's own.
package talk
