package smtp

import (
	"mx_exporter/probe/cert"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/talk"
)

// Dialogue is what one conversation showed, up to where it ended.
type Dialogue struct {
	Stages     []Stage       `json:"stages"`                              // each stage reached, in order
	FirstByte  *fact.Elapsed `json:"banner_first_byte_seconds,omitempty"` // connect's end to the banner's first octet
	HELO       bool          `json:"helo,omitempty"`                      // EHLO was refused and HELO accepted
	Extensions []Extension   `json:"extensions,omitempty"`                // of the last EHLO
	// ClearExtensions are those announced before STARTTLS. Nothing was done by
	// them except STARTTLS itself; they are here to be compared.
	ClearExtensions []Extension `json:"extensions_before_tls,omitempty"`

	TLSOffered     bool          `json:"tls_offered"`     // STARTTLS announced, or TLS implicit
	TLSEstablished bool          `json:"tls_established"` // the handshake ended well
	TLS            *cert.Facts   `json:"tls,omitempty"`
	TLSAlert       *int          `json:"tls_alert,omitempty"` // alert number the server sent when the handshake failed (RFC 8446 section 6)
	Auth           *AuthResult   `json:"auth,omitempty"`      // nil: nobody to log in as
	Recipients     []Recipient   `json:"recipients,omitempty"`
	Unknown        *Recipient    `json:"unknown_recipient,omitempty"` // what the server said to a recipient that cannot exist; nil: not asked; without a reply where none came
	Relay          []Recipient   `json:"relay,omitempty"`             // what the server said to recipients that are none of its business
	Delivery       *Delivery     `json:"delivery,omitempty"`          // nil: no message was given to us, as always with [Run]
	Transcript     []Line        `json:"transcript,omitempty"`
	Failure        *fact.Failure `json:"failure,omitempty"` // nil when every stage asked for went well
	QuitClean      bool          `json:"quit_clean"`        // 221 came back
	Received       int           `json:"received_bytes"`    // octets that the server sent, TLS taken off
}

// Stage is one timed step and what the server said in it.
type Stage struct {
	Stage fact.Stage   `json:"stage"`
	Took  fact.Elapsed `json:"seconds"`
	Reply *reply.Reply `json:"reply,omitempty"` // nil where no complete reply came
	Class reply.Class  `json:"class,omitempty"`
}

// Extension is one line of an EHLO reply (RFC 5321 section 4.1.1.1). Keyword is
// upper case; it becomes a label only when [Known] has it.
type Extension struct {
	Keyword string `json:"keyword"`
	Params  string `json:"params,omitempty"`
}

// Recipient is the server's answer to one RCPT.
type Recipient struct {
	Address string      `json:"address"`
	Reply   reply.Reply `json:"reply"`
	Class   reply.Class `json:"class"`
}

// Line is one line of the transcript. Secrets are never put in.
type Line = talk.Line

// Side is who said a line.
type Side = talk.Side

// The sides. Note is ours and says what happened between lines.
const (
	Client = talk.Client
	Server = talk.Server
	Note   = talk.Note
)

// Limits of the transcript, in octets of text: one line, and all.
const (
	MaxTranscriptLine = talk.MaxLine
	MaxTranscript     = talk.MaxTranscript
)
