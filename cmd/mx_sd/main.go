// Command mx_sd finds what mx_exporter ought to watch: it crawls websites for mail
// addresses, expands lists of domains to the mail servers behind them, and serves
// both to Prometheus as HTTP service discovery.
//
// It is a program of its own so that reading websites and PDFs, which anybody may
// have written, is no part of the exporter.
package main

import (
	"context"
	"crypto/x509"
	"io"
	"os"
	"os/signal"
	"syscall"

	"mx_exporter/probe/crawl/pdf"
	"mx_exporter/probe/dial"
)

// Exit codes.
const (
	exitOK     = 0
	exitFault  = 1 // could not start, or nothing could be read
	exitBroken = 2 // done, and something that was found is broken
	exitUsage  = 3 // asked in a way that is not understood
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal ends things in order. After it the signals are let go, so
	// that a second one ends the process at once, by the signal itself.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program as a function of its arguments. It returns the exit
// code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	// Before anything else is made: this process may be the one that reads a PDF.
	if len(args) == 1 && args[0] == pdf.Command {
		return pdf.Child(stdin, stdout, stderr)
	}
	return newProgram(stdin, stdout, stderr, world{}).run(ctx, args)
}

// world is what the program touches outside of itself. The zero value is the real
// one.
type world struct {
	dial    dial.Func      // for websites; nil: the network
	dns     dial.Func      // for resolvers; nil: the network
	program string         // reads PDFs; empty: this program
	roots   *x509.CertPool // to verify websites with; nil: the system's
}

// reader finds the program that reads PDFs.
func (w world) reader() (pdf.Reader, error) {
	if w.program != "" {
		return pdf.Reader{Program: w.program}, nil
	}
	self, err := os.Executable()
	return pdf.Reader{Program: self}, err
}

// program is what every command works with.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	world          world
}

func newProgram(stdin io.Reader, stdout, stderr io.Writer, w world) *program {
	return &program{stdin: stdin, stdout: stdout, stderr: stderr, world: w}
}

func (p *program) run(ctx context.Context, args []string) int {
	c := newCLI(p.stdout, p.stderr)
	command, code, done := c.parse(args, p.stderr)
	if done {
		return code
	}
	switch command {
	case c.crawl.name:
		return p.crawl(ctx, c.crawl)
	case c.expand.name:
		return p.expand(ctx, c.expand)
	case c.serve.name:
		return p.serve(ctx, c.serve)
	}
	return p.configCheck(c.config)
}
