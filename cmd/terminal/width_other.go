//go:build !unix

package terminal

import "io"

// Width is 0 where this program does not know how to ask: all that is shown is
// then plain lines.
func Width(io.Writer) int { return 0 }
