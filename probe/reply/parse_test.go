package reply

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestPastedTextIsReadAsTheReplyInIt(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     Reply
	}{
		{"the reply itself", "550 5.1.1 User unknown", Reply{Code: 550, Enhanced: "5.1.1", Lines: []string{"5.1.1 User unknown"}}},
		{"quoted, with space around it", "  \"451 try later\"\n", Reply{Code: 451, Lines: []string{"try later"}}},
		{"a bare code", "421", Reply{Code: 421, Lines: []string{""}}},
		{"several lines", "550-5.7.1 no\r\n550 5.7.1 never\r\n", Reply{Code: 550, Enhanced: "5.7.1", Lines: []string{"5.7.1 no", "5.7.1 never"}}},
		{"folded by a mail program", "550 5.1.1 The account\n   does not exist", Reply{Code: 550, Enhanced: "5.1.1", Lines: []string{"5.1.1 The account does not exist"}}},
		{"run together by a report", "550-5.7.26 Unauthenticated 550-5.7.26 email 550 5.7.26 refused", Reply{Code: 550, Enhanced: "5.7.26", Lines: []string{"5.7.26 Unauthenticated", "5.7.26 email", "5.7.26 refused"}}},
		{"a Diagnostic-Code", "smtp; 550 5.2.2 Mailbox full", Reply{Code: 550, Enhanced: "5.2.2", Lines: []string{"5.2.2 Mailbox full"}}},
		{"a Postfix log line", "status=bounced (host mx[192.0.2.1]:25 said: 550 no such user (in reply to RCPT TO command))", Reply{Code: 550, Lines: []string{"no such user (in reply to RCPT TO command))"}}},
		{"an Exim bounce", "SMTP error from remote mail server after RCPT TO:<a@example.org>:\nhost mx.example.org [192.0.2.1]: 553 Relaying disallowed", Reply{Code: 553, Lines: []string{"Relaying disallowed"}}},
		{"a line inside a bounce", "The following addresses failed:\n554 5.6.0 bad message", Reply{Code: 554, Enhanced: "5.6.0", Lines: []string{"5.6.0 bad message"}}},
		{"an enhanced code alone", "5.1.10 not found", Reply{Code: 550, Enhanced: "5.1.10", Lines: []string{"5.1.10 not found"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := ParseText(tt.in)
			if !ok || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%+v, %v\nwant %+v", got, ok, tt.want)
			}
		})
	}
}

func TestTextWithoutACodeIsNoReply(t *testing.T) {
	for _, in := range []string{"", "hello", "999 what", "12345 things", "5501", "the port 25 is closed"} {
		if r, ok := ParseText(in); ok {
			t.Errorf("%q is read as %+v", in, r)
		}
	}
}

func TestRenderedReplyIsReadBack(t *testing.T) {
	for _, r := range []Reply{
		{Code: 250, Lines: []string{"mx.example.org", "PIPELINING", "STARTTLS"}},
		{Code: 550, Enhanced: "5.1.1", Lines: []string{"5.1.1 User unknown"}},
		{Code: 220, Lines: []string{""}},
	} {
		if got, ok := ParseText(r.String()); !ok || !reflect.DeepEqual(got, r) {
			t.Errorf("%q is read as %+v, want %+v", r.String(), got, r)
		}
	}
}

func FuzzParseText(f *testing.F) {
	for _, s := range []string{"550 5.1.1 User unknown", "550-a 550 b", "smtp; 421", "5.1.1 x", "said: 550 \xff\x00", "550-"} {
		f.Add(s)
	}
	for _, k := range corpus(f) {
		f.Add(k.text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, ok := ParseText(s)
		if !ok {
			return
		}
		if r.Code < 200 || r.Code > 599 || len(r.Lines) == 0 {
			t.Errorf("%q is read as %+v", s, r)
		}
		if n := len(strings.Join(r.Lines, "")); n > DefaultLimits().ReplyBytes+len("550 ") {
			t.Errorf("kept %d octets", n)
		}
		if c := Classify("", r); !slices.Contains(Classes(), c) {
			t.Errorf("%q has class %q", s, c)
		}
	})
}
