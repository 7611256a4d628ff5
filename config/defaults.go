package config

import (
	"crypto/tls"

	promconfig "github.com/prometheus/common/config"
)

// Builtin gives the configuration that holds when there is no file: one module
// for each prober, of the prober's name.
func Builtin() *Config {
	c := &Config{Modules: make(map[string]Module)}
	for _, p := range Probers() {
		m := DefaultModule(p)
		m.Name = string(p)
		c.Modules[m.Name] = m
	}
	return c
}

// DefaultModule gives the module of a file that says nothing but the prober. It
// has no name.
func DefaultModule(p Prober) Module {
	m := Module{
		Prober:    p,
		Timeout:   DefaultTimeout,
		Reuse:     DefaultReuse,
		Success:   SuccessDeliverable,
		DNS:       defaultDNS(),
		Addresses: AllAddresses,
		SMTP:      defaultSMTP(),
		DNSBL:     DNSBL{TXT: true},

		Greylisting: GreylistingOK,
		Checks:      defaultChecks(p),
		Limits:      DefaultLimits(),
	}
	if p == ProberMX {
		m.Recipients.Check = []string{"postmaster"} // RFC 5321 section 4.5.1: every domain has one
	}
	m.protect(defaultConnTLS(p))
	return m
}

// protect sets how connections are protected, and what follows from that.
func (m *Module) protect(t ConnTLS) {
	m.TLS = t
	switch m.Prober {
	case ProberSubmission:
		m.SMTP.Port = DefaultServicePort(m.Prober, t)
		m.SMTP.StartTLS = t.startTLS()
		m.SMTP.MailFrom = noSender
	case ProberIMAP, ProberPOP3:
		m.Mailbox = defaultMailbox(m.Prober, t)
	case ProberMX, ProberSMTP:
	}
}

// startTLS is what submission makes of STARTTLS: inside of TLS there is none.
func (c ConnTLS) startTLS() StartTLS {
	if c == ConnStartTLS {
		return StartTLSRequired
	}
	return StartTLSNever
}

func defaultDNS() DNS { return DNS{Transport: UDP, Timeout: DefaultDNSTimeout, Tries: DefaultDNSTries} }

func defaultSMTP() SMTP {
	return SMTP{
		Port:     DefaultPort,
		StartTLS: StartTLSWhenOffered,
		TLS:      promconfig.TLSConfig{MinVersion: promconfig.TLSVersion(tls.VersionTLS12)},
		Timeouts: Timeouts{
			Connect: DefaultConnect,
			Banner:  DefaultBanner,
			Command: DefaultCommand,
			TLS:     DefaultTLS,
			Quit:    DefaultQuit,
		},
	}
}

// DefaultLimits gives the limits of a module that sets none.
func DefaultLimits() Limits {
	return Limits{
		MXHosts:          DefaultMXHosts,
		AddressesPerHost: DefaultAddressesPerHost,
		Addresses:        DefaultAddresses,
		ReplyLine:        DefaultReplyLine,
		ReplyLines:       DefaultReplyLines,
		ReplyBytes:       DefaultReplyBytes,
		ConnectionBytes:  DefaultConnectionBytes,
	}
}

// setDefaults fills in a module before the file's own words are read over it.
// What holds for a module depends on its prober; a module that redefines a
// built-in one without naming a prober keeps the built-in one's.
func (m *Module) setDefaults(e named) {
	p := ProberMX
	if b, ok := Builtin().Modules[e.name]; ok {
		p = b.Prober
	}
	var w Prober
	if w.UnmarshalText([]byte(e.said("prober"))) == nil {
		p = w
	}
	*m = DefaultModule(p)
	m.Name = e.name
	var t ConnTLS
	if p.ForUsers() && t.UnmarshalText([]byte(e.said("tls"))) == nil {
		m.protect(t)
	}
}
