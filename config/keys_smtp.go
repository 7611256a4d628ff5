package config

import "fmt"

var smtpKeys = map[string]key{
	inModule + "smtp.port": {
		meaning: "The TCP port of the mail servers.",
		unset:   "25; with prober `submission` 587, or 465 with `tls: implicit`",
		rule:    number(1, MaxPort),
	},
	inModule + "smtp.ehlo_name": {
		meaning: "The name given in EHLO: one that resolves to this machine, and back.",
		unset:   "this machine's name",
		rule:    text("a domain name, or an address as `[192.0.2.1]`", checkEHLO),
	},
	inModule + "smtp.mail_from": {
		meaning: "The sender given in MAIL; `<>` is the null sender, `none` ends the dialogue before MAIL.",
		unset:   "`postmaster@` the EHLO name, or `none` where that has no dot and with prober `submission`",
		rule:    text(fmt.Sprintf("an address of at most %d bytes", MaxAddress), checkSender),
	},
	inModule + "smtp.starttls": {
		meaning: "What is made of STARTTLS: `required` counts a server without it as failed, `never` stays in clear.",
		unset:   "`when_offered`; with prober `submission` as `tls` of the module says",
	},
	inModule + "smtp.timeouts": {
		meaning: "How long one stage of the dialogue may take.",
	},
	inModule + "smtp.timeouts.connect": {
		meaning: "The TCP connection.",
		rule:    within(MaxConnect),
	},
	inModule + "smtp.timeouts.banner": {
		meaning: "The greeting, whole.",
		rule:    within(MaxBanner),
	},
	inModule + "smtp.timeouts.command": {
		meaning: "EHLO, STARTTLS, MAIL and each RCPT, with the reply.",
		rule:    within(MaxCommand),
	},
	inModule + "smtp.timeouts.tls": {
		meaning: "The TLS handshake.",
		rule:    within(MaxTLS),
	},
	inModule + "smtp.timeouts.quit": {
		meaning: "QUIT, with the reply.",
		rule:    within(MaxQuit),
	},
	inModule + "smtp.pipelining": {
		meaning: "Send MAIL, RCPT and QUIT in one flight where the server offers PIPELINING.",
	},
	inModule + "smtp.open_relay": {
		meaning: "Also ask whether the server would relay for strangers: by RCPT for a mailbox at `example.com`, plain and behind a source route. Forms that a server may take for a mailbox of its own (`user%domain`, `\"user@domain\"@its-own`, `domain!user`) are not tried: until a message is sent, which never happens, their acceptance proves nothing.",
	},
	inModule + "smtp.both_certificates": {
		meaning: "Where a conversation went well, ask in a second one for the certificate of the other kind of key, RSA or ECDSA; by TLS 1.2, and one after the other.",
	},
	inModule + "limits.mx_hosts": {
		meaning: "The MX hosts looked at, the best ones first.",
		rule:    number(1, MaxMXHosts),
	},
	inModule + "limits.addresses_per_host": {
		meaning: "The addresses of one host, of both families in turn.",
		rule:    number(1, MaxAddressesPerHost),
	},
	inModule + "limits.addresses": {
		meaning: "The addresses over all hosts.",
		rule:    number(1, MaxAddresses),
	},
	inModule + "limits.reply_line_bytes": {
		meaning: "The length of one reply line with its end.",
		rule:    number(MinReplyLine, MaxReplyLine),
	},
	inModule + "limits.reply_lines": {
		meaning: "The lines of one reply.",
		rule:    number(1, MaxReplyLines),
	},
	inModule + "limits.reply_bytes": {
		meaning: "The length of one reply, at least that of one line.",
		rule:    number(MinReplyBytes, MaxReplyBytes),
	},
	inModule + "limits.connection_bytes": {
		meaning: "All that is read from one connection, at least the length of one reply.",
		rule:    number(MinConnectionBytes, MaxConnectionBytes),
	},
}
