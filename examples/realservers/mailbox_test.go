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
		{"round trips by the five ways", fiveWays},
		{"a junked message says junk", junkSaysJunk},
		{"a discarded message is lost", discardedIsLost},
		{"a greylisted message arrives later", greylistedArrivesLater},
		{"a held message is late", heldIsLate},
		{"bounces of three mail servers are read", bouncesAreRead},
		{"what filters do is seen", filtersAreSeen},
		{"each server of a domain has its turn", eachServerHasItsTurn},
		{"a refused login waits", refusedLoginWaits},
		{"a hundred round trips leave nothing", hundredLeaveNothing},
		{"a killed exporter counts once", killedCountsOnce},
		{"a hung server delays nobody", hungServerDelaysNobody},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, l)
		})
	}
}
