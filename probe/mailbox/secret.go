package mailbox

import (
	"context"
	"encoding/base64"
	"strings"

	"mx_exporter/probe/sasl"
)

// secrets are what must not be seen although a server says it: some repeat in
// their answers what they were sent.
type secrets []string

// leastSecret is how long a secret is that can be told from other text.
const leastSecret = 4

func (s *secrets) keep(secret string) {
	if len(secret) >= leastSecret {
		*s = append(*s, secret, base64.StdEncoding.EncodeToString([]byte(secret)))
	}
}

// hide takes them out of a text.
func (s secrets) hide(text string) string {
	for _, secret := range s {
		text = strings.ReplaceAll(text, secret, hidden)
	}
	return text
}

// credentials are the caller's, with an ear for the secret: it is kept as long as
// the conversation lasts.
func (c *conversation) credentials() sasl.Credentials {
	own := *c.o.Login
	if password := own.Password; password != nil {
		own.Password = func() (string, error) {
			s, err := password()
			c.hush.keep(s)
			return s, err
		}
	}
	if token := own.Token; token != nil {
		own.Token = func(ctx context.Context) (string, error) {
			s, err := token(ctx)
			c.hush.keep(s)
			return s, err
		}
	}
	return own
}
