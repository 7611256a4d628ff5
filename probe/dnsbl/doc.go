// Package dnsbl asks DNS block lists about addresses and domains (RFC 5782).
//
// A server on a block list loses the mail that it sends, and nobody tells it.
// Asking the lists is easy; reading them wrongly is easier. This package is
// mostly about not being fooled.
//
// A list answers with addresses inside 127.0.0.0/8 where the subject is listed,
// and NXDOMAIN where it is not. All of its answers are read. What lies outside of
// 127.0.0.0/8 comes from a resolver that rewrites answers or from a zone that
// somebody else has bought; 127.255.255.0/24 and 127.0.0.1 mean that the list
// refuses us. None of these is a listing, and an error beside a listing makes
// the listing worthless as well. SERVFAIL, a timeout and the like say nothing:
// an [Answer] is listed, not_listed or unknown, and unknown has a [Reason].
//
// Lists die, and some list the whole world when they do. So each list is tested
// before it is believed: RFC 5782 section 5 wants 127.0.0.2 listed and 127.0.0.1
// not, likewise ::FFFF:7F00:2 and ::FFFF:7F00:1, TEST and INVALID; and a random
// documentation address or name must not be listed either. A list that fails
// can only say unknown.
//
// Lists are run by volunteers, and ban those who ask too much. A [Client] is
// shared by all probes of a process: it asks each question once, remembers the
// answer, keeps to a pace for each list, and leaves a list alone for an hour
// that refused. It sends from one goroutine, however many lists there are.
// Addresses that are not public, and names that mean something only inside a
// network, are never asked about: who asks a list tells it.
//
// A [Zone] may hold an access key. Such a zone is shown nowhere; metrics, texts
// and errors know a list by its name.
//
// What this package leaves out: allow lists, lists of URLs and of hashes, and
// what a listing should cost. [Catalog] holds lists that are known to be alive,
// with their terms; [Dead] knows some that are not.
package dnsbl
