package config

import "fmt"

// The paths of a round trip's keys in the tables.
const (
	inRoundTrip = "round_trips.<name>."
	inSend      = inRoundTrip + "send."
	inFetch     = inRoundTrip + "fetch."
)

var roundTripKeys = map[string]key{
	"round_trips": {
		meaning: "Messages that are sent, waited for, fetched and deleted on a schedule of their own, by name.",
		most:    MaxRoundTrips,
		rule:    rule{bounds: fmt.Sprintf("at most %d, names of 1 to %d letters, digits, `_`, `.` and `-`", MaxRoundTrips, MaxModuleName)},
	},
	inRoundTrip + "interval": {
		meaning: "The time from one message to the next.",
		rule:    between(MinInterval, MaxInterval),
	},
	inRoundTrip + "window": {
		meaning: "How long a message may take; after that it counts as lost, and as late when it comes all the same.",
		unset:   fmt.Sprintf("`%s`, or `interval` where that is shorter", DefaultWindow),
		rule:    between(MinWindow, MaxWindow),
	},
	inRoundTrip + "timeout": {
		meaning: "How long one attempt to send, or one look into the mailbox, may take.",
		rule:    between(MinAttempt, MaxAttempt),
	},
	inRoundTrip + "overlap": {
		meaning: "Send the next message although one is still awaited; needed where `window` is longer than `interval`.",
	},
	inRoundTrip + "instance": {
		meaning: "Whose messages are whose: each exporter and each round trip that shares a mailbox needs another.",
		unset:   "this machine's name",
		rule:    text(fmt.Sprintf("1 to %d letters, digits, `_` and `-`", MaxInstance), checkInstance),
	},
	inRoundTrip + "key_file": {
		meaning: "A file that holds the key by which tokens are signed.",
		unset:   "a key derived from the password of `fetch`, or made up where there is none",
		rule:    text("read when the file is loaded, and again at use", checkPath),
	},
	inRoundTrip + "attachment": {meaning: "A file that goes with the message, to see whether it arrives unharmed."},
	inRoundTrip + "attachment.size": {
		meaning: "Its length in bytes; 0 sends none.",
		rule:    number(0, MaxAttachment),
	},
	inRoundTrip + "eicar": {
		meaning: "Send the EICAR test file, which virus scanners take for a virus, and expect this of it: `stripped` off the message, `refused` with it, or `delivered`.",
		unset:   "none is sent",
	},
	inRoundTrip + "allow_networks": {
		meaning: "Networks that `send.via: mx` may talk to although they are not public; servers that are named are allowed anyway.",
		unset:   "public addresses only",
		rule:    rule{bounds: "CIDR without host bits, or one address"},
	},
	inRoundTrip + "send":  {meaning: "How the message leaves."},
	inRoundTrip + "fetch": {meaning: "Where the message is looked for: in the recipient's mailbox, or in one that it forwards to."},
}

var sendKeys = map[string]key{
	inSend + "via": {
		meaning: "The way: `mx` to the recipient's own servers as a stranger does, `smtp` through a named server, `sendmail` through a program of this machine.",
	},
	inSend + "to": {
		meaning: "The recipient.",
		unset:   "none: it has to be given",
		rule:    text(fmt.Sprintf("an address of at most %d bytes", MaxAddress), checkMailbox),
	},
	inSend + "from": {
		meaning: "The sender, to whom bounces go: best the mailbox that is looked into.",
		unset:   "none: it has to be given",
		rule:    text(fmt.Sprintf("an address of at most %d bytes", MaxAddress), checkMailbox),
	},
	inSend + "each_mx": {
		meaning: "With `via: mx`, take another of the recipient's servers for each message, in turn.",
	},
	inSend + "server": {
		meaning: "The server, with `via: smtp`.",
		unset:   "none",
		rule:    text("host, host:port, address or [IPv6]:port; port 587 unless named, 465 with `tls: implicit`", checkEndpoint),
	},
	inSend + "tls": {
		meaning: "How the connection to that server is protected, as `tls` of a module.",
		unset:   "`starttls` with `via: smtp`",
	},
	inSend + "ehlo_name": {
		meaning: "The name given in EHLO, with `via: mx` and `smtp`.",
		unset:   "this machine's name",
		rule:    text("a domain name, or an address as `[192.0.2.1]`", checkEHLO),
	},
	inSend + "command": {
		meaning: "The program and its arguments, with `via: sendmail`; it reads the message, and the recipient is its last argument.",
		unset:   "none",
		most:    MaxArguments,
		rule:    entry(fmt.Sprintf("at most %d, of at most %d bytes; the first is a path from the root", MaxArguments, MaxArgument), checkArgument),
	},
}

var fetchKeys = map[string]key{
	inFetch + "protocol": {meaning: "How the mailbox is read."},
	inFetch + "server": {
		meaning: "The mailbox's server.",
		unset:   "none: it has to be given",
		rule:    text("host, host:port, address or [IPv6]:port; the protocol's port unless named", checkEndpoint),
	},
	inFetch + "tls": {meaning: "How the connection is protected, as `tls` of a module."},
	inFetch + "folders": {
		meaning: "Folders that are looked into beside the inbox and junk; IMAP only.",
		unset:   "none",
		most:    MaxFolders,
		rule:    entry(fmt.Sprintf("at most %d, of at most %d bytes", MaxFolders, MaxFolder), checkFolder),
	},
	inFetch + "poll": {
		meaning: "The time from one look to the next, where the server does not tell of new mail (IMAP IDLE).",
		rule:    between(MinPoll, MaxPoll),
	},
}
