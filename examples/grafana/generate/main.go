// Command generate writes the Grafana dashboards that ship with the exporter.
//
// A dashboard as Grafana saves it is a thousand lines of JSON, in which nobody
// sees a wrong label or two panels on one place. Here it is some screens of Go:
// panels are placed one after the other, so that they cannot overlap, and each
// has its unit and its description or does not compile. The tests hold every
// query to the metrics that there are; examples/realservers/alerts asks each of
// them of a real Prometheus, and examples/realservers/discovery those on mx_sd.
//
// From the top of the repository:
//
//	go run ./examples/grafana/generate examples/grafana
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() { os.Exit(run(os.Args[1:], os.Stderr)) }

// run is the whole program as a function of its arguments. It returns the exit
// code.
func run(args []string, stderr io.Writer) int {
	if len(args) != 1 {
		fmt.Fprintln(stderr, "generate: give the folder to write the dashboards into, such as examples/grafana")
		return 2
	}
	for name, d := range dashboards() {
		b, err := encode(d)
		if err == nil {
			err = os.WriteFile(filepath.Join(args[0], name), b, 0o644)
		}
		if err != nil {
			fmt.Fprintf(stderr, "generate: %v\n", err)
			return 1
		}
	}
	return 0
}

// dashboards is what ships, by the name of its file.
func dashboards() map[string]dashboard {
	return map[string]dashboard{
		"fleet.json":      fleet(),
		"domain.json":     domain(),
		"blocklists.json": blocklists(),
		"exporter.json":   exporter(),
		"discovery.json":  discovery(),
		"roundtrips.json": roundTrips(),
	}
}

func encode(d dashboard) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // PromQL has < and >
	e.SetIndent("", "  ")
	err := e.Encode(d)
	return b.Bytes(), err
}
