// Package dkim checks the public keys that a domain signs its mail with (RFC
// 6376, RFC 8301, RFC 8463).
//
// A DKIM signature names a domain and a selector; the key stands in a TXT record
// at selector._domainkey.domain. When the key is gone, cut off by a zone editor
// or shorter than receivers take, every signature made with it fails, and with
// it, where SPF does not help, DMARC. The server that signs notices nothing.
//
// DNS cannot be asked which selectors a domain has, so the operator names those
// in use; one of them without a key is a finding. The package decides whether
// there is exactly one key, whether it can be read, of which type and length it
// is, whether it is revoked (an empty p), in test mode, or limited to hashes or
// services that leave mail out. It verifies no signature: there is no mail to
// look at.
//
// A record need not begin with "v=DKIM1" (RFC 6376 section 3.6.1): at such a
// name, any TXT record with a p tag counts. Keys behind an alias (CNAME) are
// usual with mail services; the alias is noted.
package dkim
