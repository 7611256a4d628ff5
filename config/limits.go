package config

import "time"

// The bounds of one probe. "Default" is what a module has that says nothing;
// "Max" is the ceiling, which no file may exceed: beyond it a module would no
// longer be a probe but a load. Marks: [RFC] the text named, [peer] a figure
// that another program uses, [own] judgement.
const (
	DefaultTimeout = Duration(30 * time.Second)  // [own] one slow banner fits in
	MaxTimeout     = Duration(120 * time.Second) // [peer] what blackbox_exporter assumes without a header

	DefaultReuse = Duration(0)         // every scrape is a probe of its own
	MaxReuse     = Duration(time.Hour) // [own] older results tell nothing about now
)

// The times of one stage each. RFC 5321 section 4.5.3.2 gives senders minutes;
// a monitor that waits so long says nothing within a scrape.
const (
	DefaultConnect = Duration(10 * time.Second) // [peer] Boulder
	MaxConnect     = Duration(60 * time.Second) // [own] twice Postfix's 30 s

	DefaultBanner = Duration(30 * time.Second)  // [peer] five times the greet delay of Postfix's postscreen
	MaxBanner     = Duration(300 * time.Second) // [RFC] 5321 section 4.5.3.2.1

	DefaultCommand = Duration(15 * time.Second)  // [peer] half of mox's time for a line
	MaxCommand     = Duration(300 * time.Second) // [RFC] 5321 sections 4.5.3.2.2 and 4.5.3.2.3

	DefaultTLS = Duration(10 * time.Second) // [peer] Boulder
	MaxTLS     = Duration(60 * time.Second) // [peer] mox

	DefaultQuit = Duration(2 * time.Second)  // [own] politeness, not a measurement
	MaxQuit     = Duration(10 * time.Second) // [own] twice mox's 5 s
)

// The limits of name resolution.
const (
	DefaultDNSTimeout = Duration(2 * time.Second) // [peer] dnsbl_exporter
	MaxDNSTimeout     = Duration(5 * time.Second) // [peer] resolv.conf's own default

	DefaultDNSTries = 2 // [peer] resolv.conf's "attempts"
	MaxDNSTries     = 4 // [peer] one more than zdns
)

// The limits of the fan-out.
const (
	DefaultMXHosts = 20  // [own] twice Internet.nl: every host is the promise
	MaxMXHosts     = 100 // [peer] the records that Postfix and BIND look at

	DefaultAddressesPerHost = 8 // [own]
	MaxAddressesPerHost     = 32

	DefaultAddresses = 40 // [own]
	MaxAddresses     = 200
)

// The limits of what is read from a server, in bytes and lines.
const (
	MinReplyLine     = 512       // [RFC] 5321 section 4.5.3.1.5: a client has to take as much
	DefaultReplyLine = 2048      // [peer] Postfix and mox
	MaxReplyLine     = 16 * 1024 // [peer] .NET

	DefaultReplyLines = 100 // [own] the EHLO replies of real servers have 10 to 25
	MaxReplyLines     = 1000

	MinReplyBytes     = MinReplyLine
	DefaultReplyBytes = 32 * 1024  // [own] half of zgrab2's
	MaxReplyBytes     = 256 * 1024 // [peer] .NET

	MinConnectionBytes     = 4 * 1024  // [own] a short dialogue with long texts
	DefaultConnectionBytes = 64 * 1024 // [own] zgrab2 has 96 KiB
	MaxConnectionBytes     = 1024 * 1024
)

// MinKey is the fewest octets of a key that signs the tokens of a round trip: the
// 128 bits that nobody guesses.
const MinKey = 16

// Ports of TCP, and those that a resolver has when its entry names none.
const (
	DefaultPort    = 25 // [RFC] 5321 section 4.5.4.2
	MaxPort        = 65535
	DefaultDNSPort = 53  // [RFC] 1035 section 4.2
	DefaultDoTPort = 853 // [RFC] 7858 section 3.1
)

// Lengths of what we send ourselves, in bytes.
const (
	MaxLocalPart = 64  // [RFC] 5321 section 4.5.3.1.1
	MaxDomain    = 253 // [RFC] 1035: 255 bytes on the wire
	MaxAddress   = 254 // [RFC] 5321 section 4.5.3.1.3: a path of 256 with its brackets
	MaxLabel     = 63  // [RFC] 1035 section 2.3.4
	MaxPattern   = 254 // [own] what it has to match is no longer
)

// The limits of block lists and selectors.
const (
	MaxLists     = 60     // [own] three times what a probe is meant to ask; operators of lists ban heavy users
	MaxCodes     = 100    // [own] of one list; Spamhaus's longest table has about ten
	MaxWord      = 32     // characters of a list's name and of a code's meaning: both are labels
	MaxSenders   = 40     // [own] as many as the addresses that receive
	MaxZone      = 189    // [RFC] 1035: a name of 253 bytes less the 64 of an IPv6 address's nibbles
	MaxListRate  = 10_000 // [own] questions to one block list in a second
	MaxSelectors = 10     // [own] DKIM selectors of one module
	MaxSelector  = 128    // [own] bytes: a selector is a label
	MaxURL       = 512    // [own] bytes of the address of a page
)

// The limits of round trips.
const (
	MinInterval     = Duration(time.Minute) // [own] a message a minute is what a mailbox bears
	DefaultInterval = Duration(5 * time.Minute)
	MaxInterval     = Duration(24 * time.Hour)

	MinWindow     = Duration(10 * time.Second)
	DefaultWindow = Duration(10 * time.Minute) // [own] the first retry of many senders is in it
	MaxWindow     = Duration(24 * time.Hour)

	MinAttempt     = Duration(time.Second)
	DefaultAttempt = Duration(time.Minute)
	MaxAttempt     = Duration(10 * time.Minute) // [RFC] 5321 section 4.5.3.2.6: the reply to the end of a message

	MinPoll     = Duration(time.Second)
	DefaultPoll = Duration(10 * time.Second)
	MaxPoll     = Duration(time.Hour)

	MaxRoundTrips = 100
	MaxFolders    = 20
	MaxFolder     = 255 // bytes of a folder's name
	MaxInstance   = 64
	MaxArguments  = 20 // of send.command
	MaxArgument   = 1024
	MaxAttachment = 1 << 20 // bytes; what comes back is read whole
)

// The limits of credentials.
const (
	MaxUsername = 254 // bytes: an address (RFC 5321 section 4.5.3.1.3)
	MaxScopes   = 20
	MaxScope    = 256 // bytes
)

// The limits of the file itself and of the files that it names.
const (
	MaxFile       = 4 << 20   // bytes of a configuration; a hundred times a large one
	MaxTokens     = 50_000    // words and signs of YAML; the parser's time grows with their square
	MaxNesting    = 32        // brackets in brackets; the parser's stack grows with them
	MaxValues     = 100_000   // values, those behind an alias counted each time: stops alias bombs
	MaxMerges     = 8         // merge keys (<<) that lead to merge keys
	MaxEntries    = 200       // of a list, where its key says nothing else
	MaxModuleName = 64        // characters: a module's name is a URL parameter
	MaxRecipients = 3         // local parts per module: a probe is not a dictionary attack
	MaxPath       = 1024      // bytes of the path of a file
	MaxSecret     = 64 * 1024 // bytes of a file that holds a secret
	MaxPEM        = 1 << 20   // bytes of a file of certificates; the public roots have 220 KiB
	MaxErrors     = 20        // told at once; the rest is counted
)
