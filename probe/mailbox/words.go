package mailbox

import (
	"slices"
	"strings"

	"mx_exporter/probe/sasl"
)

// Known reports whether a capability, in upper case, is in the closed set that
// may become a label: the IANA registries "IMAP Capabilities"
// (https://www.iana.org/assignments/imap-capabilities) and "POP3 Extension
// Mechanism" (https://www.iana.org/assignments/pop3-extension-mechanism), less
// mechanisms of SASL, which [Dialogue] has apart, and without the values that
// some words carry.
func Known(p Protocol, word string) bool {
	if p == POP3 {
		return slices.Contains(pop3Words(), word)
	}
	return slices.Contains(imapWords(), word)
}

func pop3Words() []string {
	return []string{
		"TOP", "USER", "SASL", "RESP-CODES", "LOGIN-DELAY", "PIPELINING", "EXPIRE", "UIDL", "IMPLEMENTATION", // RFC 2449
		"STLS",           // RFC 2595
		"AUTH-RESP-CODE", // RFC 3206
		"UTF8", "LANG",   // RFC 6856
	}
}

func imapWords() []string {
	return []string{
		"IMAP4REV1", "IMAP4REV2", "IMAP4", "STARTTLS", "LOGINDISABLED",
		"ACL", "ANNOTATE-EXPERIMENT-1", "APPENDLIMIT", "BINARY", "CATENATE", "CHILDREN", "COMPRESS=DEFLATE", "CONDSTORE",
		"CONTEXT=SEARCH", "CONTEXT=SORT", "CONVERT", "CREATE-SPECIAL-USE", "ENABLE", "ESEARCH", "ESORT", "FILTERS",
		"I18NLEVEL=1", "I18NLEVEL=2", "ID", "IDLE", "INPROGRESS", "JMAPACCESS", "LANGUAGE", "LIST-EXTENDED", "LIST-METADATA",
		"LIST-MYRIGHTS", "LIST-STATUS", "LITERAL+", "LITERAL-", "LOGIN-REFERRALS", "MAILBOX-REFERRALS", "MESSAGELIMIT",
		"METADATA", "METADATA-SERVER", "MOVE", "MULTIAPPEND", "MULTISEARCH", "NAMESPACE", "NOTIFY", "OBJECTID", "PARTIAL",
		"PREVIEW", "QRESYNC", "QUOTA", "QUOTASET", "REPLACE", "SASL-IR", "SAVEDATE", "SAVELIMIT", "SEARCH=FUZZY", "SEARCHRES",
		"SORT", "SORT=DISPLAY", "SPECIAL-USE", "STATUS=SIZE", "THREAD=ORDEREDSUBJECT", "THREAD=REFERENCES", "UIDBATCHES",
		"UIDONLY", "UIDPLUS", "UNAUTHENTICATE", "UNSELECT", "URL-PARTIAL", "URLAUTH", "URLAUTH=BINARY", "UTF8=ACCEPT",
		"UTF8=ONLY", "WITHIN",
	}
}

// capabilities is a server's list.
type capabilities struct {
	words []string // in upper case, each once, known or not
	sasl  []string // mechanisms
	heard bool     // the server gave a list at all
}

func (c capabilities) has(word string) bool { return slices.Contains(c.words, word) }

// add takes one word; values of POP3 come apart from it.
func (c *capabilities) add(word string) {
	word = strings.ToUpper(word)
	if mechanism, ok := strings.CutPrefix(word, "AUTH="); ok {
		c.mechanism(mechanism)
		return
	}
	if !slices.Contains(c.words, word) && len(c.words) < maxWords {
		c.words = append(c.words, word)
	}
}

func (c *capabilities) mechanism(name string) {
	if name = strings.ToUpper(name); name != "" && !slices.Contains(c.sasl, name) && len(c.sasl) < maxWords {
		c.sasl = append(c.sasl, name)
	}
}

// maxWords bounds what is kept of a list: each new word is compared with all.
const maxWords = 200

// known are those words that may become labels.
func (c capabilities) known(p Protocol) []string {
	return slices.DeleteFunc(slices.Clone(c.words), func(w string) bool { return !Known(p, w) })
}

// open says whether a server that is spoken to in clear takes a password all the
// same, which it should not (RFC 9051 section 11.3, RFC 8314 section 4.1): by a
// mechanism that shows it, or by the protocol's own command.
func (c capabilities) open(p Protocol) bool {
	if slices.Contains(c.sasl, sasl.Plain) || slices.Contains(c.sasl, sasl.Login) {
		return true
	}
	if p == POP3 {
		return c.has("USER")
	}
	return !c.has("LOGINDISABLED")
}

// methodUser is POP3's own way to log in; that of IMAP shares its name with a
// mechanism.
const methodUser = "USER"

// Methods lists every word that [Login] has as its mechanism: those of SASL, of
// which LOGIN also stands for IMAP's command of this name, and USER for USER and
// PASS of POP3.
func Methods() []string { return append(sasl.Mechanisms(), methodUser) }
