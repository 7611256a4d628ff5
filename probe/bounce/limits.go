package bounce

// The limits (I13). A bounce that is honest stays far below each of them, but for
// its size: many return the whole original.
const (
	maxHeader     = 64 << 10 // octets of one header, of the message or of a part
	maxMessage    = 1 << 20  // octets of the body
	maxDepth      = 10       // nesting of parts and messages
	maxParts      = 50       // parts, over all levels
	maxNotice     = 32 << 10 // octets of prose
	maxMarked     = 8 << 10  // octets of prose in which a mail system is recognised
	maxLine       = 2 << 10  // octets of one line of prose
	maxType       = 2 << 10  // octets of a Content-Type field: its parser is slow on long ones
	maxRecipients = 100
	maxFields     = 1000 // fields of one header or of one report
	maxValue      = 1024 // octets of one value that is shown
	maxReceived   = 50   // Received fields of the original
)
