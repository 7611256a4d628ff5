// Package cert turns a TLS handshake into plain facts, and judges the chain by
// PKIX.
//
// Two questions are kept apart, because for mail they have different owners.
// [Inspect] says what the server showed: version, cipher, key exchange, and the
// chain as presented, with names and dates. [Facts.Verify] says whether a
// sender that insists on PKIX (RFC 5280, and the names of RFC 9525) would be
// satisfied, and if not, why, in one word of a closed list. A handshake is
// always completed first: opportunistic TLS (RFC 7435) encrypts to any
// certificate, an expired one is still worth its expiry date, and DANE
// (RFC 7672) trusts chains that PKIX does not.
//
// Left out: revocation, certificate transparency, and DANE itself, which has a
// room of its own and takes the chain from [Facts.Certificates].
//
// A certificate is foreign input. At most [MaxChain] certificates and
// [MaxNames] names are looked at, text is freed from control bytes and cut, and
// a list of names is never put into an error: printing one took time quadratic
// in its length in crypto/x509 (CVE-2025-61729).
package cert
