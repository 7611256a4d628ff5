package smtp

import (
	"context"
	"encoding/json"
	"net"
	"slices"
	"strings"
	"testing"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/sasl"
)

// near is a deaf connection on this machine, so that a login in clear is allowed.
type near struct{ deaf }

func (*near) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 587} }

// FuzzLogin: whatever a server says to a login and to a message, the conversation
// ends within its bounds, by words of the closed lists; a message is taken only
// by a 250, and the secret stands nowhere.
func FuzzLogin(f *testing.F) {
	const hello, mail = "220 mx\r\n250-mx\r\n250 AUTH PLAIN LOGIN OAUTHBEARER XOAUTH2\r\n", "250 ok\r\n250 ok\r\n354 go\r\n"
	for _, said := range []string{
		hello + "235 ok\r\n" + mail + "250 queued as x\r\n221 bye\r\n",
		hello + "235 ok\r\n" + mail + "452 full\r\n221 bye\r\n",
		hello + "235 ok\r\n" + mail,
		hello + "334 \r\n501 no\r\n221 bye\r\n",
		hello + "334 eyJzdGF0dXMiOiI0MDEifQ==\r\n535 5.7.8 no\r\n221 bye\r\n",
		strings.Replace(hello, "PLAIN ", "", 1) + "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n235 ok\r\n" + mail + "250 ok\r\n",
		"220 mx\r\n250-mx\r\n250-AUTH=LOGIN\r\n250 AUTH SCRAM-SHA-256\r\n334 cj14LHM9eCxpPTQwOTY=\r\n501 no\r\n",
	} {
		f.Add([]byte(said), false, byte(0))
		f.Add([]byte(said), true, byte(255))
	}
	const secret = "canary.never-in-a.corpus"
	f.Fuzz(func(t *testing.T, server []byte, token bool, piece byte) {
		c := sasl.Credentials{Username: "u", Password: func() (string, error) { return secret, nil }}
		if token {
			c = sasl.Credentials{Username: "u", Token: func(context.Context) (string, error) { return secret, nil }}
		}
		conn := &near{deaf{say: server, piece: int(piece) + 1}}
		d := Deliver(t.Context(), conn, Options{Name: "probe.test", StartTLS: Never, Auth: &Auth{Credentials: c, Loopback: true}},
			Message{To: "b@example.test", Content: []byte("Subject: x\r\n\r\n.\r\n")})
		b, err := json.Marshal(d)
		if err != nil || strings.Contains(string(b), secret) {
			t.Errorf("the secret is in %s, %v", b, err)
		}
		if d.Auth != nil && d.Auth.Refusal != "" && (d.Auth.OK || !slices.Contains(Refusals(), d.Auth.Refusal)) {
			t.Errorf("auth %+v", d.Auth)
		}
		if d.Failure != nil && !slices.Contains(fact.Reasons(), d.Failure.Reason) {
			t.Errorf("reason %q is not of the closed list", d.Failure.Reason)
		}
		checkDelivery(t, d, conn.wrote)
	})
}

func checkDelivery(t *testing.T, d *Dialogue, wrote int) {
	t.Helper()
	if !slices.Contains(Outcomes(), d.Delivery.Outcome) || (d.Delivery.Outcome == Taken) != (d.Failure == nil) {
		t.Errorf("delivery %+v, failure %v", d.Delivery, d.Failure)
	}
	if unknown := d.Failure != nil && d.Failure.Reason == fact.DataUnknown; unknown != (d.Delivery.Outcome == Unknown) {
		t.Errorf("delivery %+v, failure %v", d.Delivery, d.Failure)
	}
	for _, s := range d.Stages {
		if s.Reply != nil && !slices.Contains(reply.Classes(), s.Class) {
			t.Errorf("class %q is not of the closed list", s.Class)
		}
	}
	if wrote > 16<<10 {
		t.Errorf("%d octets were sent", wrote)
	}
}
