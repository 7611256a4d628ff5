package dkim

import (
	"encoding/base64"
	"strings"

	"mx_exporter/probe/tagvalue"
)

// Type is the kind of a key.
type Type string

// The types that verifiers know.
const (
	RSA     Type = "rsa"     // RFC 6376; meant where none is written
	Ed25519 Type = "ed25519" // RFC 8463
)

// The kinds of mistake beside those of [tagvalue].
const (
	BadVersion  tagvalue.Kind = "bad_version"  // v is not DKIM1, or does not stand first
	NoKey       tagvalue.Kind = "no_key"       // there is no p
	BadBase64   tagvalue.Kind = "bad_base64"   // p is no base64
	BadKey      tagvalue.Kind = "bad_key"      // p holds no key of its type
	UnknownType tagvalue.Kind = "unknown_type" // k is not rsa or ed25519
	BadHash     tagvalue.Kind = "bad_hash"     // h leaves out sha256, which is all that verifiers take (RFC 8301)
	BadService  tagvalue.Kind = "bad_service"  // s leaves out mail
	UnknownTag  tagvalue.Kind = "unknown_tag"  // ignored by everybody
	UnknownFlag tagvalue.Kind = "unknown_flag" // in t; ignored by everybody
	Unescaped   tagvalue.Kind = "unescaped"    // a backslash that a zone editor left behind
)

// fatal reports whether verifiers cannot use a key with such a mistake.
func fatal(k tagvalue.Kind) bool {
	switch k {
	case tagvalue.EmptyPart, UnknownTag, UnknownFlag:
		return false
	}
	return true
}

// Key is a key record, as far as it can be read.
type Key struct {
	Type     Type
	Bits     int      // of an RSA modulus; 256 for Ed25519; 0 where there is no key
	Data     []byte   // p
	Revoked  bool     // p is empty
	Testing  bool     // t=y: receivers are asked to treat the mail as unsigned
	Strict   bool     // t=s: not for subdomains
	Hashes   []string // h; empty: all
	Services []string // s; empty: all
	Notes    string   // n; foreign text
}

// String writes the record in its plainest form. Reading that gives the same
// key.
func (k *Key) String() string {
	list := tagvalue.List{{Name: "v", Value: "DKIM1"}}
	add := func(name, value string) {
		if value != "" {
			list = append(list, tagvalue.Tag{Name: name, Value: value})
		}
	}
	if k.Type != RSA {
		add("k", string(k.Type))
	}
	add("h", strings.Join(k.Hashes, ":"))
	add("s", strings.Join(k.Services, ":"))
	add("t", k.flags())
	add("n", k.Notes)
	return append(list, tagvalue.Tag{Name: "p", Value: base64.StdEncoding.EncodeToString(k.Data)}).String()
}

func (k *Key) flags() string {
	var flags []string
	if k.Testing {
		flags = append(flags, "y")
	}
	if k.Strict {
		flags = append(flags, "s")
	}
	return strings.Join(flags, ":")
}
