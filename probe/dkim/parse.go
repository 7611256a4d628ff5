package dkim

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mx_exporter/probe/tagvalue"
	"mx_exporter/probe/txt"
)

// Parse reads a key record (RFC 6376 section 3.6.1) and gives what can be read
// and every mistake.
func Parse(text string) (*Key, []tagvalue.Problem) {
	p := parser{key: &Key{Type: RSA}}
	tags, problems := tagvalue.Parse(text)
	p.problems = problems
	if i := strings.IndexByte(text, '\\'); i >= 0 {
		p.problem(Unescaped, i+1, "", "a backslash stands here; in most zone editors \";\" is written without one")
	}
	first := map[string]bool{}
	for i, t := range tags {
		if !first[t.Name] { // what comes twice has been told
			first[t.Name] = true
			p.tag(i, t)
		}
	}
	if !first["p"] {
		p.problem(NoKey, 0, "p", "it has no \"p\" and so no key")
	}
	if t, ok := tags.Find("p"); ok && !p.key.Revoked {
		p.material(t, text)
	}
	return p.key, p.problems
}

type parser struct {
	key      *Key
	problems []tagvalue.Problem
}

func (p *parser) problem(k tagvalue.Kind, column int, tag, format string, args ...any) {
	p.problems = append(p.problems, tagvalue.Problem{Kind: k, Column: column, Tag: tag, Text: fmt.Sprintf(format, args...)})
}

// tag reads one tag but for the key itself, which needs to know its type.
func (p *parser) tag(i int, t tagvalue.Tag) {
	k := p.key
	switch t.Name {
	case "v":
		if i > 0 || t.Value != "DKIM1" {
			p.problem(BadVersion, t.Column, "v", "%s: the version is \"v=DKIM1\" and stands first", txt.Quote("v="+t.Value))
		}
	case "k":
		k.Type = Type(strings.ToLower(t.Value))
		if k.Type != RSA && k.Type != Ed25519 {
			p.problem(UnknownType, t.ValueColumn, "k", "%s is no type of key; want rsa or ed25519", txt.Quote(t.Value))
		}
	case "h":
		k.Hashes = words(t.Value)
		if !slices.Contains(k.Hashes, "sha256") && len(k.Hashes) > 0 {
			p.problem(BadHash, t.ValueColumn, "h", "%s leaves out sha256, which is the only hash that verifiers take", txt.Quote(t.Value))
		}
	case "s":
		k.Services = words(t.Value)
		if !slices.Contains(k.Services, "*") && !slices.Contains(k.Services, "email") && len(k.Services) > 0 {
			p.problem(BadService, t.ValueColumn, "s", "%s leaves out mail; want \"*\" or \"email\"", txt.Quote(t.Value))
		}
	case "t":
		p.flags(t)
	case "n":
		k.Notes = t.Value
	case "p":
		k.Revoked = t.Value == ""
	default:
		p.problem(UnknownTag, t.Column, t.Name, "%s is a tag that nobody knows", txt.Quote(t.Name))
	}
}

// flags reads t.
func (p *parser) flags(t tagvalue.Tag) {
	for _, f := range words(t.Value) {
		switch f {
		case "y":
			p.key.Testing = true
		case "s":
			p.key.Strict = true
		default:
			p.problem(UnknownFlag, t.ValueColumn, "t", "%s is a flag that nobody knows", txt.Quote(f))
		}
	}
}

// words reads a list with colons. White space beside them means nothing.
func words(s string) (list []string) {
	for w := range strings.SplitSeq(s, ":") {
		if w = strings.ToLower(strings.Trim(w, " \t\r\n")); w != "" && !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

// material reads the key itself.
func (p *parser) material(t tagvalue.Tag, text string) {
	var b strings.Builder
	var columns []int // of each octet without white space
	for i := range len(t.Value) {
		if !strings.ContainsRune(" \t\r\n", rune(t.Value[i])) {
			b.WriteByte(t.Value[i])
			columns = append(columns, t.ValueColumn+i)
		}
	}
	data, err := base64.StdEncoding.DecodeString(b.String())
	if err != nil {
		col := len(text) + 1
		var at base64.CorruptInputError
		if errors.As(err, &at) && int(at) < len(columns) {
			col = columns[at]
		}
		p.problem(BadBase64, col, "p", "the key is no base64 from here on; part of it may be missing")
		return
	}
	p.key.Data = data
	switch p.key.Type {
	case RSA:
		p.rsa(t, data)
	case Ed25519:
		if len(data) != ed25519.PublicKeySize {
			p.problem(BadKey, t.ValueColumn, "p", "an Ed25519 key has %d octets, and this one %d", ed25519.PublicKeySize, len(data))
			return
		}
		p.key.Bits = 8 * len(data)
	}
}

// rsa reads the key in either of the two forms that are in use: with its type
// around it, as everybody publishes it, and bare, as RFC 6376 section 3.6.1 says
// to the letter (erratum 3017).
func (p *parser) rsa(t tagvalue.Tag, data []byte) {
	key, err := x509.ParsePKCS1PublicKey(data)
	if err != nil {
		other, perr := x509.ParsePKIXPublicKey(data)
		ok := false
		if key, ok = other.(*rsa.PublicKey); perr != nil || !ok {
			p.problem(BadKey, t.ValueColumn, "p", "it holds no RSA key; part of it may be missing")
			return
		}
	}
	p.key.Bits = key.N.BitLen()
}
