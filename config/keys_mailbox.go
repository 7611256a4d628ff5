package config

import "fmt"

var mailboxKeys = map[string]key{
	inModule + "server": {
		meaning: "The one server that the module talks to: a target may then be left out, and another one is refused. Not for prober `mx`.",
		unset:   "that of the target",
		rule:    text("host, host:port, address or [IPv6]:port", checkEndpoint),
	},
	inModule + "tls": {
		meaning: "How a connection for users is protected: `implicit` from its first byte, `starttls` by an upgrade that is required, `never` not at all. Only for probers `submission`, `imap` and `pop3`.",
		unset:   "`starttls` with prober `submission`, `implicit` with `imap` and `pop3`",
	},
	inModule + "mailbox": {meaning: "How a server of IMAP or POP3 is spoken to; for probers `imap` and `pop3`."},
	inModule + "mailbox.port": {
		meaning: "The TCP port, where neither `server` nor an SRV record names one.",
		unset:   "with `tls: implicit` 993 or 995, else 143 or 110",
		rule:    number(1, MaxPort),
	},
	inModule + "mailbox.timeouts": {meaning: "How long one stage may take."},
	inModule + "mailbox.timeouts.connect": {
		meaning: "The TCP connection.",
		unset:   written(DefaultConnect),
		rule:    within(MaxConnect),
	},
	inModule + "mailbox.timeouts.banner": {
		meaning: "The greeting, whole.",
		unset:   written(DefaultBanner),
		rule:    within(MaxBanner),
	},
	inModule + "mailbox.timeouts.command": {
		meaning: "Each command, the login among them, with what comes back.",
		unset:   written(DefaultCommand),
		rule:    within(MaxCommand),
	},
	inModule + "mailbox.timeouts.tls": {
		meaning: "The TLS handshake.",
		unset:   written(DefaultTLS),
		rule:    within(MaxTLS),
	},
	inModule + "mailbox.timeouts.quit": {
		meaning: "The farewell, with what comes back.",
		unset:   written(DefaultQuit),
		rule:    within(MaxQuit),
	},
}

func written(d Duration) string { return "`" + d.String() + "`" }

// credentialKeys are the keys of a login, which modules and both ends of a round
// trip have alike.
func credentialKeys(section string) map[string]key {
	readAtUse := text("read when the file is loaded, and again at use", checkPath)
	return map[string]key{
		section + "username": {
			meaning: "Who logs in, over TLS with a certificate that verifies and not otherwise.",
			unset:   "nobody",
			rule:    text(fmt.Sprintf("at most %d bytes, no control character", MaxUsername), checkUsername),
		},
		section + "password": {
			meaning: "The password; `password_file` is better. Never shown.",
			unset:   "none",
		},
		section + "password_file": {
			meaning: "A file that holds the password.",
			unset:   "none",
			rule:    readAtUse,
		},
		section + "token_file": {
			meaning: "A file that holds an OAuth 2.0 access token, kept fresh by another program.",
			unset:   "none",
			rule:    readAtUse,
		},
		section + "oauth2": {meaning: "Where access tokens are fetched."},
		section + "oauth2.token_url": {
			meaning: "The authorization server's token endpoint.",
			unset:   "none",
			rule:    text("https, or http to an address of this machine", checkTokenURL),
		},
		section + "oauth2.client_id": {
			meaning: "The client that asks.",
			unset:   "none",
			rule:    text(fmt.Sprintf("at most %d bytes, no control character", MaxUsername), checkUsername),
		},
		section + "oauth2.client_secret_file": {
			meaning: "A file that holds the client's secret.",
			unset:   "none: a public client",
			rule:    readAtUse,
		},
		section + "oauth2.refresh_token_file": {
			meaning: "A file that holds a refresh token.",
			unset:   "none: the client's own credentials are used",
			rule:    readAtUse,
		},
		section + "oauth2.scopes": {
			meaning: "What the token shall be good for.",
			unset:   "the server's own choice",
			most:    MaxScopes,
			rule:    entry(fmt.Sprintf("at most %d, of at most %d visible characters", MaxScopes, MaxScope), checkScope),
		},
	}
}
