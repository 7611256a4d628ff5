package main

import "time"

// What one piece of work costs an exporter. CPU times and memory are those of
// performance measurements on two virtual cores with Go 1.26; `make bench`
// measures the same paths on another machine. They are the client's side alone.
const (
	scrapeCPU       = 600 * time.Microsecond // taking the request, judging, writing and packing the metrics
	conversationCPU = 190 * time.Microsecond // TCP, greeting, EHLO, MAIL, RCPT, QUIT
	handshakeCPU    = 740 * time.Microsecond // TLS 1.3 with X25519MLKEM768 and a P-256 chain, verified
	recipientCPU    = 40 * time.Microsecond  // RSET, MAIL and RCPT of one more domain on the same connection
	lookupCPU       = 20 * time.Microsecond  // one question on a socket that is kept

	conversationMemory = 108 << 10 // bytes while a conversation over TLS is under way
	domainMemory       = 2 << 10   // bytes of DNS answers that are kept for a domain
	serverMemory       = 2 << 10   // bytes of DNS answers, certificate verdicts and turns for a server
	idleMemory         = 30 << 20  // bytes of an exporter that does nothing
)

// How long things take, seen from the exporter.
const (
	roundTrip      = 30 * time.Millisecond // to a server on the same continent
	conversation   = 9 * roundTrip         // connect to QUIT, command by command, TLS 1.3 (RFC 5321, RFC 3207)
	nextRecipient  = 3 * roundTrip         // RSET, MAIL, RCPT
	mxLife         = time.Hour             // time to live of MX and policy records in the exporter's cache
	addressLife    = 5 * time.Minute       // of address records: providers keep them short
	domainLookups  = 6                     // MX, SPF, DMARC, MTA-STS, TLS-RPT, and one more on the way to the DMARC policy
	addressLookups = 4                     // A, AAAA, PTR, TLSA of one server
)

// DefaultPerConnection is how many domains share one connection: as many
// recipients as every server must take in one transaction (RFC 5321 section
// 4.5.3.1.8), which is where servers begin to think of abuse.
const DefaultPerConnection = 100
