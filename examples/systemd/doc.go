// Package systemd holds the units of both programs. It has no code; its tests hold
// the units to what they promise. With the build tag "dist", systemd-analyze has
// its say too.
package systemd
