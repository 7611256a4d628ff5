package probe

import (
	"crypto/tls"
	"fmt"
	"time"

	promconfig "github.com/prometheus/common/config"

	"mx_exporter/config"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
)

// trust is what a module's tls part comes to: how to shake hands, and against
// which roots a chain is judged.
type trust struct {
	config   *tls.Config
	verifier *cert.Verifier
	until    time.Time
}

const (
	// trustLife is how long files named in a tls part are used before they are
	// read again, so that a renewed ca_file needs no reload.
	trustLife = time.Minute
	// verdictsKept bounds the certificate verdicts remembered for one tls part.
	verdictsKept = 10_000
)

// trust gives what a tls part comes to. Its error says which file cannot be
// read.
func (e *Env) trust(c promconfig.TLSConfig) (*trust, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	key := trustKey(c)
	now := time.Now()
	if t := e.trusts[key]; t != nil && now.Before(t.until) {
		return t, nil
	}
	made, err := promconfig.NewTLSConfig(&c)
	if err != nil {
		return nil, err
	}
	if made.RootCAs == nil {
		made.RootCAs = e.Roots
	}
	t := &trust{made, cert.NewVerifier(made.RootCAs, verdictsKept), now.Add(trustLife)}
	e.trusts[key] = t
	return t, nil
}

// tlsSettings is the tls part that a module's conversations go by.
func tlsSettings(m config.Module) promconfig.TLSConfig {
	if inMailbox(m.Prober) {
		return m.Mailbox.TLS.Prometheus()
	}
	return m.SMTP.TLS
}

// trustKey tells one tls part from another.
func trustKey(c promconfig.TLSConfig) string {
	return fmt.Sprintf("%q", []string{
		c.CA, c.Cert, string(c.Key), c.CAFile, c.CertFile, c.KeyFile, c.ServerName,
		fmt.Sprint(c.MinVersion, c.MaxVersion, c.InsecureSkipVerify),
	})
}

func dnsOptions(c config.DNS) (dnsq.Options, error) {
	o := dnsq.Options{
		Servers: c.Servers, TLSName: c.TLSServerName,
		Timeout: time.Duration(c.Timeout), Tries: c.Tries, TrustAD: c.TrustAD,
	}
	switch c.Transport {
	case config.UDP:
		o.Transport = dnsq.UDP
	case config.TCP:
		o.Transport = dnsq.TCP
	case config.TLS:
		o.Transport = dnsq.TLS
	}
	if c.CAFile == "" {
		return o, nil
	}
	t, err := promconfig.NewTLSConfig(&promconfig.TLSConfig{CAFile: c.CAFile})
	if err != nil {
		return o, err
	}
	o.Roots = t.RootCAs
	return o, nil
}

func startTLS(s config.StartTLS) smtp.StartTLS {
	switch s {
	case config.StartTLSRequired:
		return smtp.Required
	case config.StartTLSNever:
		return smtp.Never
	case config.StartTLSWhenOffered:
	}
	return smtp.WhenOffered
}

func replyLimits(l config.Limits) reply.Limits {
	return reply.Limits{
		LineBytes: l.ReplyLine, Lines: l.ReplyLines,
		ReplyBytes: l.ReplyBytes, TotalBytes: l.ConnectionBytes,
	}
}
