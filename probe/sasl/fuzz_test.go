package sasl

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// FuzzChallenges: whatever a server asks, the login ends after few challenges, by
// an error of the closed list, which holds no secret; and SCRAM is over only for
// a server that knows the password, which a fuzzer does not.
func FuzzChallenges(f *testing.F) {
	for _, v := range vectors {
		f.Add(byte(0), v.challenge, v.serverFinal, "")
		f.Add(byte(1), v.challenge, v.serverFinal, "")
		f.Add(byte(1), strings.Replace(v.challenge, "i=4096", "i=4095", 1), "", "")
	}
	f.Add(byte(2), "", "", "")
	f.Add(byte(3), "Username:", "Password:", "")
	f.Add(byte(3), "User Name\x00", "Password\x00", "x")
	f.Add(byte(4), `{"status":"invalid_token"}`, "", "")
	f.Add(byte(5), `{"status":"401"}`, "{}", "")
	all := []error{ErrChallenge, ErrNonce, ErrIterations, ErrSignature, ErrRejected}
	f.Fuzz(func(t *testing.T, which byte, one, two, three string) {
		m := makers()[int(which)%len(makers())]
		if strings.HasPrefix(m.name, "SCRAM") && costly(one) {
			return
		}
		c, err := m.client(login{m.name, "u", "canary", "mx.test", 25})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := c.(*scramClient); ok {
			c = vectors["RFC 5802 section 5"].client(t)
		} else if _, _, err := c.Start(); err != nil {
			t.Fatal(err)
		}
		for i, challenge := range []string{one, two, three} {
			if _, err = c.Next([]byte(challenge)); err != nil {
				break
			}
			if i == 2 {
				t.Error("three challenges were answered")
			}
		}
		if err != nil && (!slices.ContainsFunc(all, func(e error) bool { return errors.Is(err, e) }) || strings.Contains(err.Error(), "canary")) {
			t.Errorf("%v", err)
		}
	})
}

// costly finds counts that are right and take long.
func costly(first string) bool {
	_, count, ok := strings.Cut(first, "i=")
	return ok && len(strings.TrimLeft(count, "+0")) > 4 && !strings.HasPrefix(count, "4096")
}
