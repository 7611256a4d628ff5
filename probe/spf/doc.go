// Package spf checks a domain's SPF record (RFC 7208): the list of servers that
// may send mail in its name.
//
// SPF protects a domain from forgers, and works against its owner when the
// record is wrong. A receiver that meets a mistake in it, more than ten DNS
// look-ups, or an include that leads nowhere must not guess: the result is
// permerror, for all mail of the domain, and many receivers refuse that mail.
// The record of today may break tomorrow without being touched, because an
// included record grew. So this package looks at a record as a whole, and in the
// worst case: as for a server that matches nothing, for which every term is
// evaluated to the end.
//
// It decides which record counts, where each mistake stands (in which domain's
// record, at which term and octet), how many look-ups each mechanism costs
// together with what it includes, which of them find nothing, which networks the
// record authorises, and, for given senders, what a receiver would say. The last
// is done by blitiri.com.ar/go/spf on our resolver, and held to the letter of
// RFC 7208 section 4.6 where that library is lenient: a mistake anywhere in a
// record is a permerror, also behind the term that matched.
//
// It leaves out: records of type SPF (99), which RFC 7208 section 3.1 retired and
// nobody asks for; the explanation that exp= names, which is text for people and
// changes no result; and terms whose name depends on the mail at hand (macros
// such as %{i}), which are counted and listed but cannot be followed.
//
// A domain without a record has [fact.None] and a finding of mere information:
// receivers dislike mail from it, but a domain that only receives needs none.
package spf
