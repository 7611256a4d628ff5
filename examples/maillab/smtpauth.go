package maillab

import (
	"encoding/base64"
	"slices"
	"strings"
)

// auth answers AUTH (RFC 4954).
func (s *session) auth(arg string) {
	name, initial, hasInitial := strings.Cut(arg, " ")
	name = strings.ToUpper(name)
	if s.misbehave(StageAuth) {
		return
	}
	s.srv.guardSecret(s.rec, s.encrypted)
	switch {
	case !s.offersAuth(name):
		s.violate("sent AUTH %s, which was not offered", name)
		s.reply("504 5.5.4 Mechanism not offered")
	case s.authenticated:
		s.outOfOrder("AUTH a second time")
	case s.mail:
		s.outOfOrder("AUTH inside of a transaction")
	default:
		s.mechanism(name, initial, hasInitial)
	}
}

// offersAuth reports whether the last EHLO offered a mechanism.
func (s *session) offersAuth(name string) bool {
	return s.extended && slices.ContainsFunc(s.extensions(), func(e string) bool {
		words := strings.Fields(strings.ToUpper(e))
		return words[0] == "AUTH" && slices.Contains(words[1:], name)
	})
}

func (s *session) mechanism(name, initial string, hasInitial bool) {
	var account, secret string
	var ok bool
	switch name {
	case "PLAIN":
		var text string
		if text, ok = s.response("", initial, hasInitial); ok {
			account, secret, ok = plain(text)
		}
	case "LOGIN":
		if account, ok = s.response("Username:", initial, hasInitial); ok {
			secret, ok = s.response("Password:", "", false)
		}
	case "XOAUTH2", "OAUTHBEARER":
		var text string
		if text, ok = s.response("", initial, hasInitial); ok {
			account, secret, ok = bearer(text)
		}
	}
	if s.done {
		return
	}
	if !ok {
		s.reply("501 5.5.2 Cannot decode the response")
		return
	}
	if r, set := s.b.Replies["AUTH"]; set {
		s.reply(r)
		return
	}
	good, locked := s.srv.login(account, secret)
	switch {
	case locked:
		s.reply("454 4.7.0 Too many failed logins, come back later")
	case !good:
		s.reply("535 5.7.8 Authentication credentials invalid")
	default:
		s.authenticated = true
		s.reply("235 2.7.0 Authentication successful")
	}
}

// response gives the client's answer to a challenge, which is the initial
// response where there is one.
func (s *session) response(challenge, initial string, hasInitial bool) (string, bool) {
	text := initial
	if !hasInitial {
		s.reply("334 " + base64.StdEncoding.EncodeToString([]byte(challenge)))
		line, ok := s.readLine()
		if !ok {
			s.done = true
			return "", false
		}
		text = line
	}
	if text == "=" { // an empty initial response (RFC 4954 section 4)
		return "", true
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		if text != "*" {
			s.violate("answered a challenge with what is not base64")
		}
		return "", false
	}
	return string(b), true
}

// plain reads a message of PLAIN (RFC 4616 section 2).
func plain(text string) (account, secret string, ok bool) {
	parts := strings.Split(text, "\x00")
	if len(parts) != 3 {
		return "", "", false
	}
	return parts[1], parts[2], true
}

// bearer reads the first message of XOAUTH2 and of OAUTHBEARER (RFC 7628 section
// 3.1), which both name the user and hold "auth=Bearer TOKEN".
func bearer(text string) (account, token string, ok bool) {
	for part := range strings.SplitSeq(text, "\x01") {
		if v, found := strings.CutPrefix(part, "auth=Bearer "); found {
			token, ok = v, true
		}
		if v, found := strings.CutPrefix(part, "user="); found {
			account = v
		}
		if v, found := strings.CutPrefix(part, "n,a="); found {
			account = strings.TrimSuffix(v, ",")
		}
	}
	return account, token, ok && account != ""
}
