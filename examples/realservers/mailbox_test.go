//go:build real

package realservers

import "testing"

// TestMailboxes shares two mail systems among all that follows, each of which has
// mailboxes of its own and runs beside the others.
func TestMailboxes(t *testing.T) {
	l := newMailboxLab(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *mailboxLab)
	}{
		{"logins go well where they may", loginsGoWell},
		{"a quota is seen", quotaIsSeen},
		{"a wrong password is refused and then waits", wrongPasswordWaits},
		{"nobody logs in where the certificate does not verify", noLoginWithoutACertificate},
		{"servers are found by their SRV records", serversFoundBySRV},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, l)
		})
	}
}
