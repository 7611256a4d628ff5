// Package dane looks at the TLSA records of a mail server and at what its
// certificate has to do with them (RFC 7672, on RFC 6698 and RFC 7671).
//
// SMTP encrypts when it can, so somebody in the middle has only to say that it
// cannot. A domain whose DNS is signed can close that gap: a TLSA record at
// _25._tcp.HOST says that the host does speak TLS, and which key or which
// authority it will show. A sender that honours DANE then delivers to that key
// or not at all. That is the point of it, and its danger: a key that is changed
// without its record stops mail from every such sender, while all others see
// nothing wrong.
//
// [Lookup] finds the records, at the name that RFC 7672 section 2.2 wants where
// the host is an alias, and says whether they count: only signed answers do, and
// a look-up that fails for a signed host makes senders wait (section 2.1).
// [Records.Verify] compares them with one chain, as one address presented it.
// [Records.Judge] does so for all addresses of a host and sees what only the
// whole shows: whether a record is there already for the next key.
//
// Usages 0 and 1 have no meaning for SMTP and are unusable (section 3.1.3).
// Usage 3 binds the server's own key and nothing else: neither its name nor its
// dates count (section 3.1.1). Usage 2 binds an authority, and then path, dates
// and name do.
//
// Left out: DNSSEC itself, which is the resolver's work, and the common name of
// a certificate's subject, which is no name any more (RFC 9525).
package dane
