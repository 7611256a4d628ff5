package config

// tlsKeys are the keys of Prometheus's tls_config; when says when its files are
// read again.
func tlsKeys(section, when string) map[string]key {
	return map[string]key{
		section: {
			meaning: "The TLS settings, as in Prometheus's `tls_config`.",
		},
		section + ".ca": {
			meaning: "The certificate authorities to verify against, as PEM.",
			unset:   "the system's",
		},
		section + ".cert": {
			meaning: "The client certificate, as PEM.",
			unset:   "none",
		},
		section + ".key": {
			meaning: "The client certificate's key, as PEM; never shown.",
			unset:   "none",
		},
		section + ".ca_file": {
			meaning: "A file of certificate authorities, in place of `ca`.",
			unset:   "none",
			rule:    text("read when the file is loaded", checkPath),
		},
		section + ".cert_file": {
			meaning: "A file with the client certificate, read again " + when + ".",
			unset:   "none",
			rule:    text("read when the file is loaded", checkPath),
		},
		section + ".key_file": {
			meaning: "A file with the client certificate's key, read again " + when + ".",
			unset:   "none",
			rule:    text("read when the file is loaded", checkPath),
		},
		section + ".server_name": {
			meaning: "The name asked for and verified in place of the host's own.",
			unset:   "the host's name",
			rule:    text("a host name or an address", checkHost),
		},
		section + ".insecure_skip_verify": {
			meaning: "Leave a certificate's faults out of the findings; they end no dialogue, but nobody logs in over such a connection, and the metrics tell them all the same.",
		},
		section + ".min_version": {
			meaning: "The oldest version of TLS that is accepted.",
		},
		section + ".max_version": {
			meaning: "The newest version of TLS that is offered.",
			unset:   "the newest there is",
		},
	}
}
