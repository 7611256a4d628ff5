// Package tagvalue reads tag=value lists, the form that DKIM keys, DMARC
// records, MTA-STS records and TLS-RPT records share (RFC 6376 section 3.2).
//
//	v=DMARC1; p=reject; rua=mailto:reports@example.org
//
// A receiver that meets a list with a mistake in it either drops the record or
// drops the tag, and says so to nobody. So this package does the opposite of
// both: it reads on after a mistake, gives every tag that can be read, and says
// of each mistake what is wrong and at which octet. Which mistake spoils a
// record differs between the protocols, and is theirs to decide by [Kind].
//
// What a tag means, which tags must stand first and which characters its value
// may have is left to the protocols too.
package tagvalue
