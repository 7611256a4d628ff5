package mailbox

import (
	"context"

	"mx_exporter/probe/sasl"
	"mx_exporter/probe/talk"
)

// hidden stands for secrets in the transcript.
const hidden = talk.Hidden

// credentials are the caller's, with an ear for the secret: it is kept as long as
// the conversation lasts.
func (c *conversation) credentials() sasl.Credentials {
	own := *c.o.Login
	if password := own.Password; password != nil {
		own.Password = func() (string, error) {
			s, err := password()
			c.hush.Add(s)
			return s, err
		}
	}
	if token := own.Token; token != nil {
		own.Token = func(ctx context.Context) (string, error) {
			s, err := token(ctx)
			c.hush.Add(s)
			return s, err
		}
	}
	return own
}
