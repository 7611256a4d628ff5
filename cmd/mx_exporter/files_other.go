//go:build !unix

package main

// raiseFileLimit is what a process may be trusted with where there is no limit to
// ask for, as on Windows.
func raiseFileLimit() uint64 { return 16 << 10 }
