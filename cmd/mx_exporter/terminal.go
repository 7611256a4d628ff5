package main

import (
	"io"
	"os"

	"mx_exporter/cmd/terminal"
	"mx_exporter/probe/report"
)

// shownOn is how to write for what stdout is: with colours and broken lines on a
// terminal, plain and unbroken into a file or a pipe. NO_COLOR, when it is set to
// anything, takes the colours away (no-color.org).
func shownOn(stdout io.Writer) report.Options {
	width := terminal.Width(stdout)
	return report.Options{
		Width:  width,
		Colour: width > 0 && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
	}
}
