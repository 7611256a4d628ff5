package reply

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mx_exporter/probe/fact"
)

func TestEveryPhraseFitsTheReplyItStandsFor(t *testing.T) {
	for _, p := range phrases() {
		r, ok := ParseText(p.stands)
		if !ok {
			t.Fatalf("%q is no reply", p.stands)
		}
		if !regexp.MustCompile(p.pattern).MatchString(plain(r)) {
			t.Errorf("%s does not fit %q", p.pattern, plain(r))
		}
		if got := Classify("", r); got != p.class {
			t.Errorf("%q is %s, want %s", p.stands, got, p.class)
		}
	}
}

func TestEnhancedCodeDecidesBeforeCodeAndText(t *testing.T) {
	for _, tt := range []struct {
		name  string
		stage fact.Stage
		text  string
		want  Class
	}{
		{"firm code against text", fact.Rcpt, "550 5.1.1 spam and relaying denied", MailboxNotFound},
		{"soft code without telling text", fact.Rcpt, "550 5.7.1 no", AccessDenied},
		{"soft code refined by text", fact.Rcpt, "550 5.7.1 we do not relay", RelayDenied},
		{"unregistered detail by its subject", fact.Rcpt, "550 5.2.99 no", MailboxUnavailable},
		{"unregistered subject by the basic code", fact.Rcpt, "550 5.9.9 no", MailboxUnavailable},
		{"x.0.0 by the basic code", fact.Rcpt, "452 4.0.0 no", SystemFull},
		{"code of the wrong class is ignored", fact.Rcpt, "450 5.1.1 no", MailboxUnavailable},
		{"4.2.1 is not yet disabled", fact.Rcpt, "450 4.2.1 no", MailboxUnavailable},
		{"5.2.1 is disabled", fact.Rcpt, "550 5.2.1 no", MailboxDisabled},
		{"5.1.0 of the sender", fact.Mail, "550 5.1.0 no", SenderRejected},
		{"5.1.0 of a recipient", fact.Rcpt, "550 5.1.0 no", MailboxNotFound},
		{"an address named after a reason", fact.Rcpt, "550 5.7.1 <spam@virus.example> quota@full.example no", AccessDenied},
		{"Exchange's words under 5.7.1 stay a denial", fact.Rcpt, "550 5.7.1 Recipient address rejected: Access denied", AccessDenied},
		{"Exchange limits", "", "550 5.7.649 no", BlockedUs},
		{"beyond Exchange limits", "", "550 5.7.650 no", Policy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := classOf(t, tt.stage, tt.text); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func classOf(t *testing.T, stage fact.Stage, text string) Class {
	t.Helper()
	r, ok := ParseText(text)
	if !ok {
		t.Fatalf("%q is no reply", text)
	}
	return Classify(stage, r)
}

func TestBareCodeMeansWhatItsStageSays(t *testing.T) {
	for _, tt := range []struct {
		code string
		want map[fact.Stage]Class
	}{
		{"421", map[fact.Stage]Class{fact.Banner: SystemError, fact.Rcpt: SystemError, fact.Quit: SystemError}},
		{"450", map[fact.Stage]Class{fact.Rcpt: MailboxUnavailable, fact.Mail: OtherTemporary, "": OtherTemporary}},
		{"451", map[fact.Stage]Class{fact.Mail: SystemError}},
		{"452", map[fact.Stage]Class{fact.Mail: SystemFull}},
		{"454", map[fact.Stage]Class{fact.StartTLS: SystemError, fact.Auth: SystemError}},
		{"499", map[fact.Stage]Class{fact.Mail: OtherTemporary}},
		{"500", map[fact.Stage]Class{fact.EHLO: ProtocolError}},
		{"521", map[fact.Stage]Class{fact.Banner: AccessDenied}},
		{"530", map[fact.Stage]Class{fact.Mail: AuthRequired}},
		{"535", map[fact.Stage]Class{fact.Auth: AuthRequired}},
		{"538", map[fact.Stage]Class{fact.Auth: TLSRequired}},
		{"550", map[fact.Stage]Class{fact.Banner: AccessDenied, fact.EHLO: AccessDenied, fact.Mail: SenderRejected, fact.Rcpt: MailboxUnavailable, "": OtherPermanent}},
		{"551", map[fact.Stage]Class{fact.Rcpt: RelayDenied}},
		{"552", map[fact.Stage]Class{fact.Rcpt: MailboxFull}},
		{"553", map[fact.Stage]Class{fact.Mail: SenderRejected, fact.Rcpt: MailboxUnavailable}},
		{"554", map[fact.Stage]Class{fact.Banner: AccessDenied, fact.Mail: OtherPermanent, fact.Auth: AuthRequired}},
		{"556", map[fact.Stage]Class{fact.Rcpt: HostUnknown}},
		{"599", map[fact.Stage]Class{fact.Rcpt: OtherPermanent}},
	} {
		for stage, want := range tt.want {
			if got := classOf(t, stage, tt.code); got != want {
				t.Errorf("%s at %q is %s, want %s", tt.code, stage, got, want)
			}
		}
	}
}

func TestEveryRegisteredCodeHasAClassAndASource(t *testing.T) {
	for at, m := range registry {
		e := Enhanced{5, at[0], at[1]}
		if m.name == "" || m.source == "" || !e.Known() {
			t.Errorf("%s: %+v", e, m)
		}
		if m.class == "" && at != [2]int{0, 0} {
			t.Errorf("%s has no class", e)
		}
		for _, digit := range []string{"4", "5"} {
			got := classOf(t, fact.Rcpt, digit+"99 "+digit+e.String()[1:])
			if !slices.Contains(Classes(), got) || m.firm && got != m.class {
				t.Errorf("%s.%s is %s, want %s", digit, e, got, m.class)
			}
		}
	}
}

func TestOnlyDocumentedCodesAreKnown(t *testing.T) { // S12: no new series by a server's whim
	for s, want := range map[string]bool{
		"5.1.1": true, "4.7.1": true, "5.7.606": true, "4.7.500": true, "2.0.0": true, "5.0.0": true,
		"5.1.99": false, "5.9.1": false, "5.7.999": false, "4.7.606": true, "5.7.850": false,
	} {
		e, ok := ParseEnhanced(s)
		if !ok || e.Known() != want || e.String() != s {
			t.Errorf("%s: %v, known %v, want %v", s, ok, e.Known(), want)
		}
	}
	for _, s := range []string{"", "5.1", "3.1.1", "5.1.1 ", "5.01.1", "5.1.1.1", "x"} {
		if e, ok := ParseEnhanced(s); ok {
			t.Errorf("%q is read as %s", s, e)
		}
	}
}

func TestMeaningNamesItsSource(t *testing.T) {
	for s, want := range map[string]string{
		"5.2.2":   "mailbox full (RFC 3463)",
		"5.7.606": "banned sending address (" + learn + ")",
		"5.2.99":  "mailbox status (RFC 3463)",
		"5.9.9":   "",
	} {
		if e, _ := ParseEnhanced(s); e.Meaning() != want {
			t.Errorf("%s: %q, want %q", s, e.Meaning(), want)
		}
	}
}

// The class comes from a closed list whatever the text is, and positive replies
// have no other than accepted (S11, S12).
func TestTextNeverLeavesTheList(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		text := make([]byte, random.IntN(300))
		for i := range text {
			text[i] = byte(random.IntN(256))
		}
		r := Reply{Code: 200 + random.IntN(400), Lines: strings.Split(string(text), "\n")}
		c := Classify(fact.Stages()[random.IntN(len(fact.Stages()))], r)
		if !slices.Contains(Classes(), c) || r.Positive() != (c == Accepted) {
			t.Fatalf("%+v is %q", r, c)
		}
	}
}

func TestPlainTextIsBounded(t *testing.T) {
	r := Reply{Code: 550, Lines: []string{strings.Repeat("<", 3000), strings.Repeat("SPAM", 3000), strings.Repeat("a b ", 3000)}}
	if got := plain(r); len(got) > 3*maxText {
		t.Errorf("%d octets", len(got))
	}
	if got := plain(Reply{Lines: []string{"5.1.1 <a@b>: <c> User Unknown <d", "x@y  Twice"}}); got != ": user unknown d twice" {
		t.Errorf("%q", got)
	}
}
