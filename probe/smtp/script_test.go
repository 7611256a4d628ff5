package smtp_test

import (
	"crypto/tls"
	"net"
	"testing"

	"mx_exporter/probe/cert/certtest"
	"mx_exporter/probe/talk/talktest"
)

// stage is one identity for all scripts: making keys is slow.
type stage struct {
	ca   *certtest.CA
	cert tls.Certificate
}

func newStage(t testing.TB) stage {
	ca := certtest.NewCA(t)
	return stage{ca: ca, cert: ca.Issue(t, []string{"mx.example.test"})}
}

// play lets the server mx.example.test play a script.
func (s stage) play(t testing.TB, script talktest.Script) (client net.Conn, done <-chan struct{}) {
	return talktest.Play(t, script, s.cert)
}
