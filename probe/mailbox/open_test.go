package mailbox

import "testing"

// RFC 9051 section 11.3: before TLS no password is to be taken.
func TestServerThatTakesPasswordsInClearIsTold(t *testing.T) {
	for _, tt := range []struct {
		p     Protocol
		words []string
		sasl  []string
		open  bool
	}{
		{IMAP, []string{"IMAP4REV1", "STARTTLS", "LOGINDISABLED"}, nil, false},
		{IMAP, []string{"IMAP4REV1", "STARTTLS"}, nil, true},
		{IMAP, []string{"IMAP4REV1", "STARTTLS", "LOGINDISABLED"}, []string{"SCRAM-SHA-256"}, false},
		{IMAP, []string{"IMAP4REV1", "STARTTLS", "LOGINDISABLED"}, []string{"PLAIN"}, true},
		{POP3, []string{"STLS"}, nil, false},
		{POP3, []string{"STLS", "USER"}, nil, true},
		{POP3, []string{"STLS"}, []string{"LOGIN"}, true},
	} {
		c := capabilities{words: tt.words, sasl: tt.sasl}
		if got := c.open(tt.p); got != tt.open {
			t.Errorf("%s %v %v: %v", tt.p, tt.words, tt.sasl, got)
		}
	}
}
