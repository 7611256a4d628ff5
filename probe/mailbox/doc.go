// Package mailbox holds a conversation with a server of mailboxes: IMAP (RFC
// 3501, RFC 9051) or POP3 (RFC 1939). It is the door that people use every day,
// and the place where a message that was sent has to arrive.
//
// [Probe] goes as far as a login and a look at how full the mailbox is, and times
// each step. [Open] logs in and gives a [Session], by which one's own messages
// are found, read and deleted.
//
// The server is not trusted. Every stage has an absolute deadline; lines,
// literals, nesting, unasked answers and octets are counted against [Limits]
// while they are read. Up to the login, both protocols are spoken by this package
// itself, so that every step can be timed and shown. After it, IMAP is spoken by
// go-imap, on a connection that counts what goes through it: that library bounds
// none of these itself.
//
// The secret is guarded. It goes out only over TLS whose certificate verifies
// (RFC 8314 section 3), or to this machine itself where that is allowed; after
// STARTTLS nothing counts that was said in clear (CVE-2011-0411), and a server
// that leaves STARTTLS out is not logged in to. Neither secrets nor the content
// of messages are ever in a [Dialogue].
//
// The mailbox is treated with care, since it may have other users: it is searched
// and never listed, messages are read without being marked as seen, and only
// those are deleted whose header was read and compared in the same session. A
// plain EXPUNGE, which would remove what others have marked, does not exist in
// this package.
//
// Whether a login may be tried at all is the caller's to decide: a monitor with an
// old password must not lock the account of the person who uses it. The reasons
// that begin with login_ say what was the matter.
package mailbox
