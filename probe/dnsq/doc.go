// Package dnsq asks the DNS typed questions.
//
// It protects the rest of the program from four things. From a resolver that is
// down: an error says whether the fault lies with the name asked for
// (dns_nxdomain, dns_servfail), with our resolver (local_resolver) or with this
// machine (local_fd), and [Alive] tells a dead resolver from a broken domain.
// From answers that are not ours: a response counts only when its socket, its
// random id and its question match (RFC 5452), and inside it only records
// whose owner is the name asked for or the end of its alias chain. From
// surprises of the machine: names are absolute, and neither /etc/hosts nor
// nsswitch nor a search list has a say. And from endless work: chains, queries,
// messages, records and sockets are all bounded.
//
// [Lookup] is the question, [Answer] what was learned, [Error] why nothing was.
// They work over an [Exchanger], of which there are three: [Client] speaks UDP,
// TCP (RFC 7766) or TLS (RFC 7858) with kept sockets, [Cache] remembers answers
// for their own time to live (RFC 2308 for denials) and asks identical
// questions once, and package dnsqtest answers from zones written as text. A
// [Batch] asks hundreds of questions from one goroutine ([LookupIn]).
//
// DNSSEC is not validated here: that is the resolver's work, and keeps its cost
// (KeyTrap, CVE-2023-50387) out of this process. [Answer.Authentic] is the AD
// bit of the resolver (RFC 6840 section 5.7), and Client believes it only of a
// resolver that nobody can stand in front of: one on loopback, one reached over
// verified TLS, or one that the operator vouches for.
package dnsq
