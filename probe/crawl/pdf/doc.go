// Package pdf reads the links of a PDF in a process of its own.
//
// A PDF comes from whoever wrote to the website, and readers of PDFs have faults
// that no recover() catches: a stack that overflows, memory that runs out, a loop
// that never ends. So [Reader] starts this program once more with one hidden
// command and an empty environment, gives it the file on its standard input and
// nothing else, and takes at most [MaxOutput] of JSON back. The child bounds its
// own processor time, memory and open files before it reads the first byte, has
// no network where the kernel lets us take it away, and is killed after
// [MaxTime]. However it ends, the end is a [crawl.PDFError] and costs nobody else
// anything.
//
// What is read are link annotations with an action of type URI (ISO 32000-1
// section 12.6.4.7), on the first [MaxPages] pages. Nothing is drawn: neither
// images nor the pages' own content are decompressed. Nothing that a PDF names is
// fetched and nothing in it is executed; files within the file are left alone.
// Text that merely looks like an address is not looked for. A PDF that opens
// without a password is read although it is encrypted; one that asks for a
// password is skipped.
//
// On systems other than Linux there are fewer bounds from the kernel: see
// [Confinement].
package pdf

import "time"

// The bounds of one PDF. The sizes are those with which known faults of PDF
// readers were shown (Go vulnerability database, reports 5781 and 6115), with
// room for honest files.
const (
	MaxPages   = 50
	MaxLinks   = 2000      // link annotations of one file
	MaxURI     = 2 << 10   // bytes of one; longer ones are left out, and that is told
	MaxOutput  = 256 << 10 // bytes that the child may write
	MaxDecoded = 32 << 20  // bytes that one stream may decompress to
	MaxFilters = 3         // filters of one stream; honest writers use one or two
	MaxObjects = 200_000
	MaxNesting = 100 // arrays in arrays
	MaxCPU     = 5 * time.Second
	MaxTime    = 10 * time.Second // from start to end, whatever the child does
	MaxMemory  = 256 << 20        // bytes that it may take beyond what the Go runtime begins with
	MaxFiles   = 8                // open ones
)

// Command is the hidden command with which a program starts itself to read one.
const Command = "pdf-extract"
