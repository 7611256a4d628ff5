// Package smtp holds one conversation with one SMTP server and times each step
// of it (RFC 5321, RFC 3207 for STARTTLS, RFC 2920 for pipelining).
//
// [Run] goes as far as a sender goes before it hands over a message: greeting,
// EHLO, STARTTLS, EHLO again, AUTH where there is somebody to log in as, MAIL,
// RCPT, QUIT. It never sends a message, and the commands that ask for users'
// names do not exist in this package. [Deliver] does send one, for round trips,
// which own the mailbox at the other end; nothing of a probe can reach it, and
// tests hold that. What was learned is in a [Dialogue], up to where the
// conversation ended, and where it failed there is one reason of a closed list.
//
// The server is not trusted. Every stage has an absolute deadline, so that a
// server that sends one octet a second gains nothing by it; what is read is
// counted against limits (package reply); a reply must fit the command that it
// answers; octets that arrive in clear after the answer to STARTTLS end the
// conversation (CVE-2011-0411), and nothing learned in clear is used after TLS.
// Certificates are judged apart from the handshake (package cert), which is
// always completed first.
//
// A login (RFC 4954, package sasl) takes place over TLS alone, with a certificate
// that is good for the host that was configured, by what was announced over that
// TLS; loopback may be excepted. Secrets are asked for after that is known, and
// whatever the server says of them later is kept out of the dialogue.
//
// The server is treated with manners: nothing is said before its greeting is
// complete, and it hears QUIT on every path where it may still be listening,
// also when our own time is up.
//
// Left out: names and addresses (package dial connects), what a failure means
// for a domain (package probe), and what stands in a message.
package smtp
