package token

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
	"time"
)

// Header is the field that carries the token of a message.
const Header = "X-MX-Exporter-Token"

// version is the first part of every token that this program makes.
const version = "v1"

const (
	randomBytes = 16
	randomChars = 26 // of base32
	macChars    = 52
	maxInstance = 40
	maxMillis   = 15 // digits: until the year 33658
)

// MaxLength is the length in octets that no token exceeds.
const MaxLength = len(version) + maxInstance + maxMillis + randomChars + macChars + 4

// code is base32 in lower case and without padding.
var code = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Token is one mark. The zero value is none.
type Token struct {
	Instance string    // whose it is, as [Instance] gives it
	Sent     time.Time // to the millisecond, UTC
	Random   string    // 26 characters: what tells it from all others
	mac      string
}

// String is the token as it stands in a header.
func (t Token) String() string { return t.payload() + "." + t.mac }

// ID is a short name for logs and pages, which proves nothing to anybody.
func (t Token) ID() string { return t.Random[:min(len(t.Random), 8)] }

// payload is what the MAC is over.
func (t Token) payload() string {
	return version + "." + t.Instance + "." + strconv.FormatInt(t.Sent.UnixMilli(), 10) + "." + t.Random
}

// Prefix is how every token of an instance begins, for a search.
func Prefix(instance string) string { return version + "." + Instance(instance) + "." }

// Instance makes a name fit to stand in a token: letters, digits and hyphens, in
// lower case, at most 40. Two names may come to the same only where they differ in
// other characters.
func Instance(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, name)
	if name = strings.Trim(name[:min(len(name), maxInstance)], "-"); name == "" {
		return "mx-exporter"
	}
	return name
}

// Signer makes and knows the tokens of one round trip.
type Signer struct {
	key      Key
	instance string
	trip     string
}

// NewSigner is for the round trip of that name, as the instance.
func NewSigner(key Key, instance, trip string) *Signer {
	return &Signer{key: key, instance: Instance(instance), trip: trip}
}

// Instance is the instance as it stands in tokens.
func (s *Signer) Instance() string { return s.instance }

// New makes a token for a message that is sent at that time.
func (s *Signer) New(sent time.Time) Token {
	var random [randomBytes]byte
	_, _ = rand.Read(random[:]) // never fails: the process ends first
	t := Token{Instance: s.instance, Sent: sent.UTC().Truncate(time.Millisecond), Random: code.EncodeToString(random[:])}
	t.mac = code.EncodeToString(s.sum(t))
	return t
}

// Verify reports that the token was made by a signer of the same key, instance
// and round trip. It takes the same time for every wrong token.
func (s *Signer) Verify(t Token) bool {
	mac, err := code.DecodeString(t.mac)
	return err == nil && t.Instance == s.instance && hmac.Equal(mac, s.sum(t))
}

func (s *Signer) sum(t Token) []byte {
	h := hmac.New(sha256.New, s.key.bytes)
	// The payload has no zero octet, so no two pairs come to the same octets.
	h.Write([]byte(t.payload() + "\x00" + s.trip))
	return h.Sum(nil)
}

// Parse reads a token that stands alone. It says nothing about whether the token
// is genuine.
func Parse(text string) (Token, bool) {
	parts := strings.Split(strings.ToLower(strings.TrimSpace(text[:min(len(text), 2*MaxLength)])), ".")
	if len(parts) != 5 || parts[0] != version || parts[1] == "" || Instance(parts[1]) != parts[1] {
		return Token{}, false
	}
	ms, err := strconv.ParseUint(parts[2], 10, 63)
	if err != nil || len(parts[2]) > maxMillis || strconv.FormatUint(ms, 10) != parts[2] {
		return Token{}, false
	}
	if !coded(parts[3], randomChars) || !coded(parts[4], macChars) {
		return Token{}, false
	}
	return Token{Instance: parts[1], Sent: time.UnixMilli(int64(ms)).UTC(), Random: parts[3], mac: parts[4]}, true
}

// coded reports base32 of that length, without the last bits that mean nothing.
func coded(s string, n int) bool {
	b, err := code.DecodeString(s)
	return err == nil && len(s) == n && code.EncodeToString(b) == s
}

// maxFound bounds the tokens that are taken out of one text.
const maxFound = 20

// Find gives the distinct tokens that a text quotes, in their order, at most 20:
// a bounce quotes the same one several times over. The text is read as octets,
// without decoding; whoever looks into a base64 part decodes it first.
func Find(text []byte) []Token {
	var found []Token
	seen := map[string]bool{}
	for len(found) < maxFound {
		at := indexFold(text)
		if at < 0 {
			break
		}
		rest := text[at:]
		end := 0
		for end < len(rest) && end <= MaxLength && ours(rest[end]) {
			end++
		}
		if t, ok := Parse(strings.TrimRight(string(rest[:end]), ".-")); ok && !seen[t.String()] {
			seen[t.String()] = true
			found = append(found, t)
		}
		text = rest[len(version)+1:]
	}
	return found
}

// indexFold finds where a token may begin.
func indexFold(text []byte) int {
	lower, upper := bytes.Index(text, []byte("v1.")), bytes.Index(text, []byte("V1."))
	if lower < 0 || upper >= 0 && upper < lower {
		return upper
	}
	return lower
}

func ours(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-'
}
