//go:build !linux

package pdf

func confinedChild(string) func() int { return nil }
