package mailbox

import (
	"mx_exporter/probe/cert"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/talk"
)

// Dialogue is what one conversation showed, up to where it ended. It has neither
// secrets nor the content of messages in it.
type Dialogue struct {
	Stages    []Stage       `json:"stages"`                              // each stage reached, in order
	FirstByte *fact.Elapsed `json:"banner_first_byte_seconds,omitempty"` // the banner's beginning to its first octet
	// Capabilities are those words of the server's last list that [Known] has, in
	// upper case; Mechanisms are its mechanisms of SASL, as sasl.Mechanisms has
	// them, with "other" for what it has not. Both may become labels.
	Capabilities []string `json:"capabilities,omitempty"`
	Mechanisms   []string `json:"mechanisms,omitempty"`

	// LoginInClear says that the server would have taken a password before STARTTLS.
	LoginInClear bool `json:"login_in_clear,omitempty"`

	TLSOffered     bool        `json:"tls_offered"`     // STARTTLS or STLS announced, or TLS implicit
	TLSEstablished bool        `json:"tls_established"` // the handshake ended well
	TLS            *cert.Facts `json:"tls,omitempty"`
	TLSAlert       *int        `json:"tls_alert,omitempty"` // alert number the server sent when the handshake failed (RFC 8446 section 6)

	Login    *Login `json:"login,omitempty"`    // nil where none was tried
	Quota    *Quota `json:"quota,omitempty"`    // nil where the server told none
	Messages *int64 `json:"messages,omitempty"` // in the inbox
	Unseen   *int64 `json:"unseen,omitempty"`   // of them, IMAP only

	Transcript []talk.Line   `json:"transcript,omitempty"`
	Failure    *fact.Failure `json:"failure,omitempty"` // nil when every stage asked for went well
	QuitClean  bool          `json:"quit_clean"`        // the farewell was answered
	Received   int           `json:"received_bytes"`    // octets that the server sent, TLS taken off
}

// Stage is one timed step.
type Stage struct {
	Stage fact.Stage   `json:"stage"`
	Took  fact.Elapsed `json:"seconds"`
}

// Login is one try to log in.
type Login struct {
	OK        bool   `json:"ok"`
	Mechanism string `json:"mechanism"` // one of [Methods]
	// ReplyCode is the server's response code, of the closed list [Codes]; empty
	// where it gave none.
	ReplyCode string `json:"reply_code,omitempty"`
}

// Quota is how full a mailbox is (RFC 9208). A field is nil where the server did
// not tell it. Of several roots it is that which is fullest.
type Quota struct {
	UsedBytes     *int64 `json:"used_bytes,omitempty"`
	LimitBytes    *int64 `json:"limit_bytes,omitempty"`
	UsedMessages  *int64 `json:"used_messages,omitempty"`
	LimitMessages *int64 `json:"limit_messages,omitempty"`
}
