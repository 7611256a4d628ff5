package maillab

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
)

// stripped replaces each attachment of a message with a notice, as mail filters
// do.
func stripped(text []byte) ([]byte, error) {
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		return text, nil //nolint:nilerr // a message without parts has no attachment
	}
	head, _, _ := bytes.Cut(text, []byte("\r\n\r\n"))
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.SetBoundary(params["boundary"]); err != nil {
		return nil, err
	}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := copyPart(w, p); err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return fmt.Appendf(nil, "%s\r\n\r\n%s", head, body.Bytes()), err
}

func copyPart(w *multipart.Writer, p *multipart.Part) error {
	header, body := p.Header, io.Reader(p)
	if p.FileName() != "" {
		header = textproto.MIMEHeader{"Content-Type": {"text/plain; charset=us-ascii"}}
		body = strings.NewReader("The attachment was removed.\r\n")
	}
	out, err := w.CreatePart(header)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, body)
	return err
}

// bounceOf is the report of a delivery that failed (RFC 3464).
func bounceOf(reporter, sender, rcpt, reply string, original []byte) []byte {
	head, _, _ := bytes.Cut(original, []byte("\r\n\r\n"))
	status := "5.0.0"
	if f := strings.Fields(reply); len(f) > 1 && strings.Count(f[1], ".") == 2 {
		status = f[1]
	}
	const boundary = "lab-report"
	return crlf(fmt.Sprintf(`From: Mail Delivery System <mailer-daemon@%[1]s>
To: %[2]s
Date: %[3]s
Message-ID: <bounce-%[4]d@%[1]s>
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="%[5]s"

--%[5]s
Content-Type: text/plain; charset=us-ascii

Your message to <%[6]s> could not be delivered: %[7]s

--%[5]s
Content-Type: message/delivery-status

Reporting-MTA: dns; %[1]s

Final-Recipient: rfc822; %[6]s
Action: failed
Status: %[8]s
Diagnostic-Code: smtp; %[7]s

--%[5]s
Content-Type: text/rfc822-headers

%[9]s
--%[5]s--
`, reporter, sender, time.Now().UTC().Format(time.RFC1123Z), time.Now().UnixNano(), boundary, rcpt, reply, status, head))
}

// crlf ends every line in CRLF.
func crlf(text string) []byte {
	return []byte(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n"))
}
