package config

// Shares says whether the module's conversations with mail servers may be shared
// with those of other domains. What asks a server more than whether it takes mail
// for one domain, or needs a second conversation, has each for itself.
func (m *Module) Shares() bool { return m.Sharing && m.notShared() == "" }

// notShared names what in a module makes share_connections do nothing.
func (m *Module) notShared() string {
	switch {
	case m.Prober != ProberMX:
		return "prober: " + string(m.Prober) + ", which looks at one host"
	case m.SMTP.OpenRelay:
		return "smtp.open_relay"
	case m.SMTP.BothCertificates:
		return "smtp.both_certificates"
	case m.Recipients.Random:
		return "recipients.random"
	}
	return ""
}

// sharing warns where share_connections does nothing.
func (k *checker) sharing(path string, m *Module) {
	if why := m.notShared(); m.Sharing && why != "" && !m.Prober.ForUsers() {
		k.warn(k.place(path), "has no effect with %s", why)
	}
}
