package sasl

import (
	"slices"
	"strings"
)

// The mechanisms that we can use, as a server announces them, in the order in
// which they are preferred. The first four prove a password, the others a token.
const (
	ScramSHA256 string = "SCRAM-SHA-256" // RFC 7677
	ScramSHA1   string = "SCRAM-SHA-1"   // RFC 5802
	Plain       string = "PLAIN"         // RFC 4616
	Login       string = "LOGIN"         // draft-murchison-sasl-login, expired and everywhere
	OAuthBearer string = "OAUTHBEARER"   // RFC 7628
	XOAuth2     string = "XOAUTH2"       // https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
)

// Other stands for every mechanism that [Mechanisms] does not name.
const Other string = "other"

// Mechanisms lists every word that [Label] gives: those that we can use, those
// of the IANA registry "SASL Mechanisms" that mail servers announce, and Other.
func Mechanisms() []string {
	return []string{
		ScramSHA256, ScramSHA1, Plain, Login, OAuthBearer, XOAuth2,
		"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-512-PLUS",
		"CRAM-MD5", "DIGEST-MD5", "EXTERNAL", "ANONYMOUS", "GSSAPI", "GSS-SPNEGO", "GS2-KRB5", "KERBEROS_V4", "NTLM", "OTP",
		Other,
	}
}

// Label is a mechanism's name as a word of a closed list, whatever its case.
func Label(mechanism string) string {
	name := strings.ToUpper(mechanism)
	if slices.Contains(Mechanisms(), name) {
		return name
	}
	return Other
}

// Labels is what a server offers as words of the closed list, each once, in the
// order of the list.
func Labels(offered []string) []string {
	has := make(map[string]bool, len(offered))
	for _, o := range offered {
		has[Label(o)] = true
	}
	var labels []string
	for _, m := range Mechanisms() {
		if has[m] {
			labels = append(labels, m)
		}
	}
	return labels
}
