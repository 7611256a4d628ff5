package main

import (
	"io"
	"os"

	"golang.org/x/sys/unix"

	"mx_exporter/probe/report"
)

// terminal is how to write for what stdout is: with colours and broken lines on
// a terminal, plain and unbroken into a file or a pipe. NO_COLOR, when it is set
// to anything, takes the colours away (no-color.org).
func terminal(stdout io.Writer) report.Options {
	f, ok := stdout.(*os.File)
	if !ok {
		return report.Options{}
	}
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return report.Options{}
	}
	return report.Options{
		Width:  int(size.Col),
		Colour: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
	}
}
