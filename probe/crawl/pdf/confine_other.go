//go:build !linux

package pdf

import "os/exec"

// Confinement says what bounds a child on this system, for the log and for
// people.
const Confinement = "memory bounded by the Go runtime alone, which a hostile file can exceed; killed after 10 s"

// confine has no kernel to ask for bounds in the same words everywhere. What is
// left: the runtime's own bounds of memory and stack, an empty environment, and a
// parent that kills this process after [MaxTime].
func confine() error { return nil }

func isolate(*exec.Cmd) {}
