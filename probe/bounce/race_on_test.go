//go:build race

package bounce_test

// slow is how much longer things take under the race detector.
const slow = 20
