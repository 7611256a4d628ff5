//go:build !race

package bounce_test

// slow is how much longer things take than on an idle machine.
const slow = 3
