package reply_test

import (
	"fmt"
	"strings"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
)

func ExampleReader() {
	conn := strings.NewReader("250-mx.example.org\r\n250-SIZE 52428800\r\n250 STARTTLS\r\n")
	r := reply.NewReader(conn, reply.DefaultLimits())
	got, err := r.Read()
	fmt.Println(got.Code, got.Lines, err)
	// Output: 250 [mx.example.org SIZE 52428800 STARTTLS] <nil>
}

func ExampleReader_Partial() {
	r := reply.NewReader(strings.NewReader("250-mx.example.org\r\n550 no\r\n"), reply.Limits{})
	_, err := r.Read()
	fmt.Println(err)
	fmt.Printf("%q\n", r.Partial())
	// Output:
	// reply_code_mismatch: line 2 has code 550, and the lines before it have 250
	// ["250-mx.example.org" "550 no"]
}

func ExampleClassify() {
	for _, text := range []string{
		"450 4.2.0 <a@example.org>: Recipient address rejected: Greylisted",
		"550 5.4.1 [a@example.org]: Recipient address rejected: Access denied",
		"554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
	} {
		r, _ := reply.ParseText(text)
		c := reply.Classify(fact.Rcpt, r)
		fmt.Println(c, c.Ours(), r.Temporary())
	}
	// Output:
	// greylisted true true
	// mailbox_not_found false false
	// blocked_us true false
}

func ExampleParseText() {
	r, ok := reply.ParseText(`status=bounced (host mx.example.org[192.0.2.1]:25 said: 552 5.2.2 Mailbox full)`)
	fmt.Println(r.Code, r.Enhanced, ok)
	d := reply.Classify("", r).Doc()
	fmt.Println(d.Meaning)
	fmt.Println(d.Retry())
	// Output:
	// 552 5.2.2 true
	// The mailbox exists and has no room left.
	// try again in a day
}

func ExampleEnhanced_Meaning() {
	e, _ := reply.ParseEnhanced("5.7.25")
	fmt.Println(e.Meaning())
	// Output: reverse DNS validation failed (RFC 7372)
}
