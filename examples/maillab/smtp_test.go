package maillab

import (
	"crypto/tls"
	"net/smtp" //nolint:depguard // a client that somebody else wrote, to judge the fake by
	"strings"
	"testing"
	"time"
)

func TestGoSMTPClientIsServed(t *testing.T) {
	l := lab(t, oneServer(""))
	w := dialWire(t, l)
	c, err := smtp.NewClient(w.Conn, "mx1.one.test")
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []error{
		c.Hello("monitor.lab.test"),
		c.StartTLS(&tls.Config{ServerName: "mx1.one.test", RootCAs: l.Roots(), MinVersion: tls.VersionTLS12}),
		c.Mail("postmaster@monitor.lab.test"),
		c.Rcpt("postmaster@one.test"),
		c.Noop(),
		c.Reset(),
		c.Quit(),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	wantViolations(t, l)
	ses := l.Server("mx1.one.test").Sessions()
	if len(ses) != 1 || !ses[0].TLS || !ses[0].Quit || ses[0].SNI != "mx1.one.test" || ses[0].Address != "192.0.2.25:25" {
		t.Errorf("sessions %+v", ses)
	}
	if got := strings.Join(ses[0].Commands, "|"); got != "EHLO monitor.lab.test|STARTTLS|EHLO monitor.lab.test|"+
		"MAIL FROM:<postmaster@monitor.lab.test> BODY=8BITMIME|RCPT TO:<postmaster@one.test>|NOOP|RSET|QUIT" {
		t.Errorf("commands %s", got)
	}
}

func TestOneDialogueOfEachBehaviour(t *testing.T) {
	const hello = "S: 220 mx1.one.test ESMTP\nC: EHLO c.test\nS: 250-mx1.one.test greets c.test\\r\\n\n"
	const mail = hello + "C: MAIL FROM:<>\nS: 250 2.1.0\n"
	for _, c := range []struct{ name, lines, script string }{
		{"recipients", "", mail + `
			C: RCPT TO:<postmaster@one.test>
			S: 250 2.1.5
			C: RCPT TO:<Postmaster>
			S: 250 2.1.5
			C: RCPT TO:<nobody@one.test>
			S: 550 5.1.1 User unknown
			C: RCPT TO:<rcpt-452-4.2.2@one.test>
			S: 452 4.2.2
			C: RCPT TO:<rcpt-551@one.test>
			S: 551 As
			C: RCPT TO:<info@elsewhere.test>
			S: 554 5.7.1 Relay access denied
			C: QUIT
			S: 221
			S: EOF`},
		{"catch-all", "mailboxes: *\nrcpt: boss 552 5.2.2 full", mail + `
			C: RCPT TO:<anybody@one.test>
			S: 250
			C: RCPT TO:<boss@one.test>
			S: 552 5.2.2 full`},
		{"open relay", "open-relay: on", mail + "C: RCPT TO:<info@elsewhere.test>\nS: 250"},
		{"extensions", "extensions: SIZE 5, HELP\nstarttls: off", `
			S: 220
			C: EHLO [192.0.2.1]
			S: 250-mx1.one.test greets [192.0.2.1]\r\n250-SIZE 5\r\n250 HELP\r\n`},
		{"no extensions", "extensions: none\nstarttls: off", "S: 220\nC: EHLO c.test\nS: 250 mx1.one.test\\r\\n"},
		{"HELO", "reply: EHLO 502 5.5.1 no", "S: 220\nC: EHLO c.test\nS: 502 5.5.1 no\nC: HELO c.test\nS: 250 mx1.one.test\\r\\n\nC: MAIL FROM:<>\nS: 250"},
		{"421", "banner: 421 4.3.2 busy", "S: 421 4.3.2 busy\\r\\n\nS: EOF"},
		{"554", "banner: 554 5.7.1 go", "S: 554 5.7.1 go\\r\\n\nC: QUIT\nS: 221\nS: EOF"},
		{"multi-line banner", `banner: "220-a\r\n220 b\r\n"`, "S: 220-a\\r\\n220 b\\r\\n\nC: EHLO c.test\nS: 250"},
		{"STARTTLS refused", "reply: STARTTLS 454 4.7.0 no", hello + "C: STARTTLS\nS: 454 4.7.0 no"},
		{"TLS required", "tls-required: on", hello + "C: MAIL FROM:<>\nS: 530 5.7.0"},
		{"close at MAIL", "close: mail", hello + "C: MAIL FROM:<>\nS: EOF"},
		{"close at QUIT", "close: quit", hello + "C: QUIT\nS: EOF"},
		{"reset at RCPT", "reset: rcpt", mail + "C: RCPT TO:<postmaster@one.test>\nS: EOF"},
		{"VRFY", "", hello + "C: VRFY postmaster\nS: 502"},
		{"pipelining", "", mail + `
			C: RCPT TO:<postmaster@one.test>\r\nRCPT TO:<x@one.test>\r\nQUIT
			S: 250
			S: 550
			S: 221
			S: EOF`},
		{"pipelined RCPT after a refused MAIL", "reply: MAIL 451 4.7.1 later", hello + `
			C: MAIL FROM:<>\r\nRCPT TO:<postmaster@one.test>\r\nQUIT
			S: 451
			S: 503
			S: 221`},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := lab(t, oneServer(c.lines))
			dialWire(t, l).talk(c.script)
			wantViolations(t, l)
		})
	}
}

func TestClientsThatBreakTheRulesAreToldSo(t *testing.T) {
	const hello = "S: 220\nC: EHLO c.test\nS: 250\n"
	for _, c := range []struct{ name, lines, script, want string }{
		{"bare LF", "", "S: 220\nC: EHLO c.test\\nNOOP\nS: 521 5.5.2\nS: EOF", "LF without CR"},
		{"NUL", "", "S: 220\nC: EHLO c\\0.test\nS: 500", "CR or NUL"},
		{"bare CR", "", "S: 220\nC: EHLO c.test\\rNOOP\nS: 500", "CR or NUL"},
		{"long line", "", "S: 220\nC: NOOP " + strings.Repeat("x", 510) + "\nS: 500 5.5.2 Line too long", "more than 512"},
		{"DATA", "", hello + "C: DATA\nS: 521\nS: EOF", "said DATA"},
		{"BDAT", "", hello + "C: BDAT 1 LAST\nS: 521\nS: EOF", "said BDAT"},
		{"unknown command", "", hello + "C: HELO2\nS: 500", "unknown command"},
		{"empty command", "", hello + "C: \nS: 500", "unknown command"},
		{"no name", "", "S: 220\nC: EHLO\nS: 501", "neither a domain"},
		{"bad name", "", "S: 220\nC: EHLO a_b\nS: 501", "neither a domain"},
		{"MAIL first", "", "S: 220\nC: MAIL FROM:<>\nS: 503", "MAIL before EHLO"},
		{"MAIL twice", "", hello + "C: MAIL FROM:<>\nS: 250\nC: MAIL FROM:<>\nS: 503", "MAIL inside"},
		{"RCPT first", "extensions: none", hello + "C: RCPT TO:<postmaster@one.test>\nS: 503", "RCPT before MAIL"},
		{"space behind the colon", "", hello + "C: MAIL FROM: <a@b.test>\nS: 501", "< is wanted"},
		{"no brackets", "", hello + "C: MAIL FROM:a@b.test\nS: 501", "< is wanted"},
		{"no end", "", hello + "C: MAIL FROM:<a@b.test\nS: 501", "> is wanted"},
		{"no mailbox", "", hello + "C: MAIL FROM:<a b@c.test>\nS: 501", "no mailbox"},
		{"not ASCII", "", hello + "C: MAIL FROM:<ä@c.test>\nS: 501", "no mailbox"},
		{"null recipient", "", hello + "C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<>\nS: 501", "null address"},
		{"parameter", "extensions: PIPELINING", hello + "C: MAIL FROM:<> SIZE=5\nS: 555", `"SIZE=5"`},
		{"parameter's grammar", "", hello + "C: MAIL FROM:<>  SIZE=5\nS: 501", "no list of parameters"},
		{"QUIT with more", "", hello + "C: QUIT now\nS: 501", "an argument with QUIT"},
		{"STARTTLS with more", "", hello + "C: STARTTLS now\nS: 501", "an argument with STARTTLS"},
		{"STARTTLS unasked", "starttls: off", hello + "C: STARTTLS\nS: 502", "not offered"},
		{"STARTTLS and more", "", hello + "C: STARTTLS\\r\\nNOOP\nS: 503", "before the reply to STARTTLS"},
		{"pipelining unasked", "extensions: none", hello + "C: MAIL FROM:<>\\r\\nRCPT TO:<postmaster@one.test>\nS: 503", "before the reply to MAIL"},
		{"on after a refusal", "banner: 554 no", "S: 554\nC: EHLO c.test\nS: 503", "after the greeting refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := lab(t, oneServer(c.lines))
			dialWire(t, l).talk(c.script)
			wantViolations(t, l, c.want)
		})
	}
}

func TestLeavingWithoutQuitIsReported(t *testing.T) {
	l := lab(t, oneServer(""))
	w := dialWire(t, l)
	w.talk("S: 220\nC: EHLO c.test\nS: 250")
	w.hangUp()
	wantViolations(t, l, "left without QUIT")
}

// Row S4: nothing may be said before the greeting is complete, but a client that
// gives up may say QUIT.
func TestEarlyTalkersAreReported(t *testing.T) {
	for name, c := range map[string]struct{ lines, says, want string }{
		"before":         {"banner-delay: 1m", "EHLO c.test\r\n", "spoke before the greeting was complete"},
		"in between":     {"banner-drip: 1m", "EHLO c.test\r\n", "spoke before the greeting was complete"},
		"while it hangs": {"hang: banner", "EHLO c.test\r\n", "spoke before the greeting"},
		"gives up":       {"banner-delay: 1m", "QUIT\r\n", ""},
		"gives up late":  {"banner-drip: 1m", "QUIT\r\n", ""},
		"gives up on it": {"hang: banner", "QUIT\r\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := lab(t, oneServer(c.lines))
			w := dialWire(t, l)
			w.say(c.says)
			w.hangUp()
			if c.want == "" {
				wantViolations(t, l)
			} else {
				wantViolations(t, l, c.want)
			}
			if quit := l.Server("mx1.one.test").Sessions()[0].Quit; quit != (c.want == "") {
				t.Errorf("QUIT seen: %v", quit)
			}
		})
	}
}

// Row S3: the greeting comes octet by octet.
func TestDripAndEndlessGreetings(t *testing.T) {
	l := lab(t, oneServer("banner: 220 x\nbanner-drip: 2ms"))
	began := time.Now()
	w := dialWire(t, l)
	w.talk("S: 220 x\\r\\n")
	if took := time.Since(began); took < 12*time.Millisecond {
		t.Errorf("seven octets with six pauses of 2 ms took %v", took)
	}
	l = lab(t, oneServer(`banner: "220-x\r\n"`+"\nendless: on"))
	w = dialWire(t, l)
	for range 10_000 {
		if line, err := w.r.ReadString('\n'); line != "220-x\r\n" {
			t.Fatalf("%q, %v", line, err)
		}
	}
}

func TestConnectionsBeyondTheLimitGet421(t *testing.T) {
	l := lab(t, oneServer("connections: 1"))
	first := dialWire(t, l)
	first.talk("S: 220")
	dialWire(t, l).talk("S: 421 4.3.2\nS: EOF")
	first.talk("C: EHLO c.test\nS: 250\nC: QUIT\nS: 221")
	dialWire(t, l).talk("S: 220")
	wantViolations(t, l)
}

func TestGreylistingEndsWithTime(t *testing.T) {
	l := lab(t, oneServer("greylist: 5m"))
	try := func(sender, want string) {
		t.Helper()
		dialWire(t, l).talk("S: 220\nC: EHLO c.test\nS: 250\nC: MAIL FROM:<" + sender + ">\nS: 250\n" +
			"C: RCPT TO:<postmaster@one.test>\nS: " + want + "\nC: QUIT\nS: 221")
	}
	try("a@b.test", "451 4.7.1")
	try("a@b.test", "451 4.7.1")
	l.Advance(5 * time.Minute)
	try("a@b.test", "250")
	try("c@b.test", "451 4.7.1")
	wantViolations(t, l)
}

func TestRoundTripIsWaitedOncePerFlight(t *testing.T) {
	l := lab(t, oneServer("round-trip: 100ms"))
	w := dialWire(t, l)
	w.talk("S: 220\nC: EHLO c.test\nS: 250")
	began := time.Now()
	w.talk(`C: MAIL FROM:<>\r\nRCPT TO:<postmaster@one.test>\r\nQUIT` + "\nS: 250\nS: 250\nS: 221")
	if took := time.Since(began); took < 100*time.Millisecond || took >= 300*time.Millisecond {
		t.Errorf("a flight of three took %v, want about 100ms", took)
	}
}

func TestServersStopAndStartAgain(t *testing.T) {
	l := lab(t, oneServer(""))
	s := l.Server("mx1.one.test")
	w := dialWire(t, l)
	w.talk("S: 220\nC: EHLO c.test\nS: 250")
	for range 2 {
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	if !w.ends() {
		t.Error("a stopped server holds its connections")
	}
	if err := dialing(t, l.Net, "192.0.2.25:25"); err == nil {
		t.Error("a stopped server accepts")
	}
	for range 2 {
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
	}
	dialWire(t, l).talk("S: 220")
	wantViolations(t, l)
}

func FuzzPath(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePath("FROM:", s)
		if err != nil {
			if p.address != "" || p.params != nil {
				t.Errorf("an error and a result: %v, %+v", err, p)
			}
			return
		}
		again := strings.Join(append([]string{"FROM:<" + p.address + ">"}, p.params...), " ")
		if !strings.EqualFold(again, s) || strings.ContainsAny(s, "\r\n\x00") {
			t.Errorf("%q was read as %q", s, again)
		}
	})
}
