package letter

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"mx_exporter/probe/roundtrip/token"
)

// The names of the files.
const (
	FileName  = "round-trip.csv"
	eicarName = "eicar.txt"
)

// attached is the rest of the header of a part that is a file.
func attached(name string) string {
	return "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"" + name + "\"\r\n"
}

// lineOctets is what 76 characters of base64 hold (RFC 2045 section 6.8).
const lineOctets = 57

func encode(b *bytes.Buffer, content []byte) {
	for len(content) > 0 {
		n := min(len(content), lineOctets)
		b.WriteString(base64.StdEncoding.EncodeToString(content[:n]) + "\r\n")
		content = content[n:]
	}
}

// Content is the harmless file that goes with a token: a table of numbers, of that
// many octets. It differs from message to message, so that no store of files
// seen before answers for it.
func Content(t token.Token, size int) []byte {
	var b bytes.Buffer
	b.Grow(size + 80)
	b.WriteString("line,value\r\n")
	for i := 1; b.Len() < size; i++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", t.Random, i))
		fmt.Fprintf(&b, "%d,%x\r\n", i, sum[:16])
	}
	return b.Bytes()[:max(size, 0)]
}

// Digest is the SHA-256 of a file in hexadecimal.
func Digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// The test file, each octet masked, so that a scanner that reads this program
// does not find it.
const (
	eicarMask byte = 0x2a
	eicarHex       = "721f650b7a0f6a6b7a711e767a70721f1e027a74031d6969031d570e6f63696b7807" +
		"797e6b646e6b786e076b647e637c63787f79077e6f797e076c63666f0b0e62016200"
)

// EICAR is the test file as eicar.org defines it: 68 octets of ASCII. Only a
// message that is being sent holds it.
func EICAR() []byte {
	b, _ := hex.DecodeString(eicarHex) // a constant, which a test reads
	for i := range b {
		b[i] ^= eicarMask
	}
	return b
}
