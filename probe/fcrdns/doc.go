// Package fcrdns looks at the names that addresses have in reverse DNS, and
// whether those names lead back: forward-confirmed reverse DNS.
//
// Many receivers refuse mail from an address without a PTR record, or with one
// whose name does not have the address, since nobody looks after such a machine
// (RFC 1912 section 2.1 wants a matching PTR record for every address). They also
// distrust names such as 192-0-2-1.pool.example.net, with which providers fill
// whole zones for their customers (RFC 8501). All of this counts against
// addresses that send; a server that only receives gets its mail without any of
// it. So the findings here are worth knowing and no more.
//
// A result is none without a PTR record, pass when at least one name leads back,
// fail when none does, and error when that could not be found out. At most
// [MaxNames] names are followed; one address with many PTR records is a known
// mistake and a cheap way to keep others busy.
//
// This package asks about any address that it is given. Whoever calls it decides
// which addresses the resolver may be told of.
package fcrdns
