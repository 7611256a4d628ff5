//go:build real

package realservers

import (
	"testing"
	"time"
)

const greyDelay = 5 * time.Second

func fullMailboxBounces(t *testing.T, l *mailboxLab) {}
