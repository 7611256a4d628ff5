// Package maillab is a mail internet inside one process, on loopback: resolver,
// mail servers, web servers with MTA-STS policies, certificate authority, and
// domains on which something is wrong.
//
// It exists so that a prober of mail servers can be tested, and shown, without
// touching anybody's server. [Net] is a closed world: servers listen on
// documentation addresses (RFC 5737, RFC 3849) that it maps to random loopback
// ports, and a dial of anything else fails. No root, no port 25, no packet that
// leaves the machine.
//
// The fakes are stricter than real servers: a client that sends a bare LF,
// speaks before the greeting, pipelines unasked, names a parameter that was not
// announced, leaves without QUIT, or says DATA is told so on the wire and in
// [Lab.Violations], and so is one that asks a web server for anything but a
// policy, or tells it more than it must. The package shares no parser with what
// it tests, so that a misreading of an RFC there is not repeated here.
//
// Each domain is a [Scenario], one text file in the folder scenarios: what it
// shows in plain English, the verdict that a prober owes, the zone, the servers
// and how they behave. The format is described in scenarios/README.md.
//
// What it leaves out: DNSSEC signatures (the AD bit is set or not), zone
// transfers, and the storage of mail: what is taken lies in memory.
package maillab
