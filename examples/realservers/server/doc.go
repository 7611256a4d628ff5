// Package server runs programs from Debian for the length of a test.
//
// Each program gets a folder, a configuration and a loopback address of its
// own, is waited for until it answers, and is stopped when the test ends. What
// it wrote is shown when the test failed, cut to what can be read. Nothing is
// ever bound to an address outside of 127.0.0.0/8 and ::1.
//
// The programs that cannot be installed side by side are run from the folder
// that install.sh unpacked them into. All of it is for Linux.
package server
