// Package dmarc checks a domain's DMARC policy (RFC 9989).
//
// DMARC lets a domain say what receivers shall do with mail that carries its
// name and passes neither SPF nor DKIM for it: nothing, quarantine or reject. A
// record that is wrong does not lose mail by itself. It fails in silence: a
// receiver that meets a mistake drops the tag or the whole record, forgeries
// pass, reports stay away, and nobody tells.
//
// So the package names each mistake and its place, also those that receivers are
// told to ignore: "policy=reject" and "p=none," are typing errors, not
// extensions. It decides which record applies, by the tree walk of RFC 9989
// section 4.10 of at most 8 questions, and says where it was found; which policy
// that means for the domain that was asked for (p, sp or np); and whether each
// outside domain that reports shall go to agrees to get them (RFC 9990 section
// 4), without which receivers send none.
//
// Receivers that still follow RFC 7489 find the organisational domain by the
// public suffix list. Where they come to another record, that is noted. The tags
// pct, rf and ri, which RFC 9989 removed, are noted too.
//
// Left out is what needs a mail at hand: alignment and the verdict on a message.
package dmarc
