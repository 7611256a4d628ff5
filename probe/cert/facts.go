package cert

import (
	"crypto/x509"
	"time"
)

// Facts is what a TLS handshake showed, whether or not it would be trusted.
type Facts struct {
	Version        string        `json:"version"` // "TLS 1.3"
	Cipher         string        `json:"cipher"`  // IANA name, "TLS_AES_128_GCM_SHA256"
	Curve          string        `json:"curve,omitempty"`
	Chain          []Certificate `json:"chain"`           // as presented, leaf first, at most MaxChain
	Truncated      bool          `json:"truncated"`       // the server sent more than was looked at
	EarliestExpiry time.Time     `json:"earliest_expiry"` // first NotAfter in the chain presented
	PKIX           Verification  `json:"pkix"`

	raw []*x509.Certificate // the chain as parsed, for DANE and for other names
}

// Certificate is one certificate of a chain, for people. Nothing in it becomes
// a label.
type Certificate struct {
	Subject     string    `json:"subject"`
	Issuer      string    `json:"issuer"`
	Names       []string  `json:"names,omitempty"` // DNS names and addresses, at most MaxNames
	NotBefore   time.Time `json:"not_before"`
	NotAfter    time.Time `json:"not_after"`
	KeyType     string    `json:"key_type"`  // RSA, ECDSA, Ed25519
	KeyBits     int       `json:"key_bits"`  // modulus or curve size in bits
	Signature   string    `json:"signature"` // "SHA256-RSA"
	Fingerprint string    `json:"sha256"`    // lower-case hex of the DER
}

// Verification is the verdict of one method on one chain.
type Verification struct {
	OK     bool   `json:"ok"`
	Reason Reason `json:"reason,omitempty"` // why not
	Detail string `json:"detail,omitempty"` // for people
}

// The kinds of key between which servers have a choice to offer.
const (
	KeyRSA   string = "RSA"
	KeyECDSA string = "ECDSA"
)

// OfDates reports that the chain fails by its dates, which is worth no more than
// the clock that it was held against.
func (v Verification) OfDates() bool { return v.Reason == Expired || v.Reason == NotYetValid }

// Reason says why a chain does not verify. It is a label-safe word.
type Reason string

// The reasons, in the order in which they are looked for.
const (
	Expired        Reason = "expired"
	NotYetValid    Reason = "not_yet_valid"
	SelfSigned     Reason = "self_signed"
	UnknownIssuer  Reason = "unknown_issuer" // no path to a root that we trust; often a missing intermediate
	NameMismatch   Reason = "name_mismatch"
	WrongUse       Reason = "wrong_use"      // not a server certificate
	WeakSignature  Reason = "weak_signature" // SHA-1 or MD5
	OtherViolation Reason = "other"
)
