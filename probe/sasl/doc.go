// Package sasl proves to a server who we are (RFC 4422), for SMTP, IMAP and POP3
// alike: it chooses a mechanism, and answers the server's challenges in it.
//
// What it protects is the password or the token. [Choose] asks for it only once a
// mechanism fits, and keeps it for one login at most. SCRAM (RFC 5802, RFC 7677)
// comes first, because its server learns nothing that it does not know yet, and
// has to prove that it knows the password too: a login with SCRAM is over only
// when [Client.Finish] agrees. The server is not trusted before that: what it may
// make us compute is bounded, its nonce must extend ours, and a challenge that
// asks for anything else than the mechanism provides for ends the login.
//
// The package speaks no protocol. Whether the connection is fit for a secret at
// all (TLS, and a certificate that verifies) is for its callers to decide, before
// they call it: PLAIN and LOGIN give the password to whoever is asked, and
// OAUTHBEARER (RFC 7628) and XOAUTH2 give the token.
//
// Left out: channel binding, authorization identities, security layers, and the
// mechanisms that nobody should use any more or that need more than a secret;
// they are only known by name, so that they can be counted ([Label]).
package sasl
