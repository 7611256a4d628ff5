// Package mtasts looks at a domain's MTA-STS policy (RFC 8461).
//
// SMTP encrypts when it can and trusts whatever it is shown. With MTA-STS a
// domain says: my servers are these, they speak TLS with a certificate that
// verifies, and under mode enforce deliver to no others. A TXT record at _mta-sts
// says that there is a policy, and by its id when there is a new one; the policy
// itself stands on a web server, so that its certificate vouches for it where
// DNS is not signed.
//
// What goes wrong is that the parts drift apart: a new MX host that the policy
// does not name, a certificate of the web server that nobody watches, a policy
// that was changed without a new id. Senders then either fall back to trusting
// anybody, or stop delivering, and nobody tells the domain. [Check] looks at
// record and policy as a sender would, and says in which of these states the
// domain is; [Result.WouldDeliver] is the view of a sender that keeps to the
// policy.
//
// The policy host is somebody else's choice, so a fetch is held short: its
// addresses are judged before they are dialled, nothing is followed, 64 KiB and
// a minute are the end of it (as section 3.3 suggests), and a [Cache] keeps it
// from being asked on every probe. Who cannot wait for so long goes on without: the
// fetch ends beside it, and the next look has the policy. A failed fetch is not
// repeated for five minutes.
//
// Left out: reports (RFC 8460 has a package of its own), revocation of the web
// server's certificate, and DANE, which goes before MTA-STS where both are
// there (section 2).
package mtasts
