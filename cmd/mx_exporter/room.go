package main

import (
	"math"
	"os"
	"runtime/debug"

	"mx_exporter/cmd/mx_exporter/web"
)

// room is what this machine lets the exporter use.
type room struct {
	descriptors uint64 // file limit
	memory      int64  // bytes that the Go runtime keeps below; 0: no limit known
	slots       int    // probes at once
	connections int    // HTTP connections at once
}

// What things cost. A probe has a connection to Prometheus, a socket to a
// resolver, and up to ten conversations, of some 60 kB each while TLS is spoken.
const (
	descriptorsPerProbe = 12
	descriptorsReserved = 32 // listening sockets, the log, the configuration, the resolver's
	bytesPerProbe       = 2 << 20
	bytesReserved       = 64 << 20
)

// measure raises the file limit as far as it may be, keeps memory below what the
// control group allows, and divides both among probes, so that what runs out is
// a place in our queue and never a descriptor in the middle of a probe (X1, X2).
func measure() room {
	r := room{descriptors: raiseFileLimit(), memory: limitMemory("/")}
	r.slots, r.connections = divide(r.descriptors, r.memory)
	return r
}

// divide gives probes their slots, and HTTP connections what descriptors the
// probes leave.
func divide(descriptors uint64, memory int64) (slots, connections int) {
	n := int(min(descriptors, math.MaxInt32))
	slots = min(web.DefaultSlots, (n-descriptorsReserved)/descriptorsPerProbe)
	if memory > 0 {
		slots = min(slots, int(min((memory-bytesReserved)/bytesPerProbe, math.MaxInt32)))
	}
	slots = max(slots, 1)
	// One of a probe's descriptors is its HTTP connection.
	connections = n - descriptorsReserved - slots*(descriptorsPerProbe-1)
	return slots, max(min(connections, web.DefaultConnections), 2)
}

// limitMemory tells the Go runtime to stay below nine tenths of what the control
// group allows. root is where the file system begins. A GOMEMLIMIT that the
// operator set stands.
func limitMemory(root string) int64 {
	if os.Getenv("GOMEMLIMIT") != "" {
		if set := debug.SetMemoryLimit(-1); set != math.MaxInt64 {
			return set
		}
		return 0
	}
	allowed, ok := groupMemory(os.DirFS(root))
	if !ok {
		return 0
	}
	limit := allowed / 10 * 9
	debug.SetMemoryLimit(limit)
	return limit
}
