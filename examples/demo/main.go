// Command demo runs the exporter together with a mail internet inside one
// process, on loopback: nothing to install, no root, no packet that leaves the
// machine.
//
// It prints one line for each domain of the mail lab: the verdict that is owed,
// what is wrong there, and the URL to ask. What answers is the real exporter;
// the lab stands in for the network, the resolver and the mail servers.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Exit codes.
const (
	exitOK    = 0
	exitFault = 1
	exitUsage = 2
)

// defaultListen is the exporter's port, for this machine alone.
const defaultListen = "127.0.0.1:10925"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the whole program as a function of its arguments. It returns the exit
// code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", defaultListen, "address and port to serve on")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		return exitUsage
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "demo: %q is not understood; the only option is --listen\n", flags.Arg(0))
		return exitUsage
	}
	if err := serve(ctx, *listen, stdout); err != nil {
		fmt.Fprintf(stderr, "demo: %v\n", err)
		return exitFault
	}
	return exitOK
}

// serve runs the demo until ctx is over.
func serve(ctx context.Context, listen string, stdout io.Writer) error {
	d, err := open(ctx, listen)
	if err != nil {
		return err
	}
	if err := table(stdout, d.url(), d.lab.Scenarios); err != nil {
		return errors.Join(err, d.close())
	}
	return errors.Join(d.serve(ctx), d.close())
}
