package token

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func signer(t *testing.T, secret, instance, trip string) *Signer {
	t.Helper()
	k, err := NewKey([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return NewSigner(k, instance, trip)
}

const secret = "a key of more than sixteen octets"

func TestTokenIsReadAsItWasWritten(t *testing.T) {
	s := signer(t, secret, "Monitor.Example.Net", "office")
	sent := time.Date(2026, 11, 21, 13, 0, 0, 123456789, time.UTC)
	made := s.New(sent)
	if len(made.String()) > MaxLength {
		t.Errorf("%d octets, more than %d", len(made.String()), MaxLength)
	}
	if !strings.HasPrefix(made.String(), "v1.monitor-example-net.1795266000123.") || !strings.HasPrefix(made.String(), Prefix("monitor.example.net")) {
		t.Errorf("token %s", made)
	}
	for _, written := range []string{made.String(), " " + made.String() + "\r\n", strings.ToUpper(made.String())} {
		read, ok := Parse(written)
		if !ok || read != made || !s.Verify(read) {
			t.Errorf("%q was read as %v, %v", written, read, ok)
		}
		if !read.Sent.Equal(sent.Truncate(time.Millisecond)) {
			t.Errorf("sent at %v, want %v", read.Sent, sent)
		}
	}
	if again := s.New(sent); again.Random == made.Random {
		t.Error("two tokens of one moment are the same")
	}
}

// I6, I14: a token of another round trip, instance or key is not ours, and
// neither is one in which a single character was changed.
func TestForeignTokensAreNotOurs(t *testing.T) {
	ours := signer(t, secret, "a", "office")
	for name, other := range map[string]*Signer{
		"another round trip": signer(t, secret, "a", "branch"),
		"another instance":   signer(t, secret, "b", "office"),
		"another key":        signer(t, secret+"!", "a", "office"),
	} {
		if ours.Verify(other.New(time.Now())) {
			t.Errorf("%s: believed", name)
		}
	}
	made := ours.New(time.Now())
	text := made.String()
	for i := range text {
		for _, c := range "a2x" {
			changed := text[:i] + string(c) + text[i+1:]
			if changed == text {
				continue
			}
			if forged, ok := Parse(changed); ok && ours.Verify(forged) {
				t.Fatalf("%s was believed, and %s was made", changed, text)
			}
		}
	}
	if ours.Verify(Token{}) {
		t.Error("the token that is none was believed")
	}
}

// X13: a token of another version is not ours to judge, and its message is left
// alone.
func TestWhatIsNoTokenIsNotRead(t *testing.T) {
	good := signer(t, secret, "a", "office").New(time.Now()).String()
	parts := strings.Split(good, ".")
	join := func(i int, s string) string {
		p := append([]string(nil), parts...)
		p[i] = s
		return strings.Join(p, ".")
	}
	for _, text := range []string{
		"", "v1", "v1....", good + ".x", join(0, "v2"), join(1, ""), join(1, "a_b"), join(2, "-1"), join(2, "007"),
		join(2, "99999999999999999999"), join(3, "short"), join(4, parts[4][:51]), join(3, strings.Repeat("1", randomChars)),
		strings.Repeat("a", 1<<20),
	} {
		if got, ok := Parse(text); ok {
			t.Errorf("%.60q was read as %v", text, got)
		}
	}
}

// I14: a bounce quotes the token in its header, its message id and its subject,
// between anything.
func TestTokensAreFoundInWhatABounceQuotes(t *testing.T) {
	s := signer(t, secret, "a", "office")
	one, two := s.New(time.Now()), s.New(time.Now())
	text := fmt.Sprintf("Message-ID: <%s@monitor.example.net>\r\nX-MX-Exporter-Token: %s\r\n> Subject: mx v1.2.3 (%s). Bye v1.", one, one, strings.ToUpper(two.String()))
	found := Find([]byte(text))
	if len(found) != 2 || found[0] != one || found[1] != two {
		t.Errorf("found %v", found)
	}
	var many strings.Builder
	for range 2 * maxFound {
		many.WriteString(s.New(time.Now()).String() + "\n")
	}
	if n := len(Find([]byte(many.String()))); n != maxFound {
		t.Errorf("%d tokens of a text with many, want %d", n, maxFound)
	}
}

func TestKeyOfThePasswordIsTheSameAfterARestart(t *testing.T) {
	first, err := Derive("correct horse", "Monitor.example")
	if err != nil {
		t.Fatal(err)
	}
	second, err := Derive("correct horse", "monitor-example")
	if err != nil {
		t.Fatal(err)
	}
	made := NewSigner(first, "monitor.example", "office").New(time.Now())
	if !NewSigner(second, "monitor.example", "office").Verify(made) {
		t.Error("the process that was restarted does not know its own token")
	}
	other, err := Derive("another", "monitor.example")
	if err != nil {
		t.Fatal(err)
	}
	if NewSigner(other, "monitor.example", "office").Verify(made) || NewSigner(RandomKey(), "monitor.example", "office").Verify(made) {
		t.Error("another password gives the same key")
	}
}

func TestKeyIsNeverShort(t *testing.T) {
	if _, err := NewKey([]byte("short")); !errors.Is(err, ErrShortKey) {
		t.Errorf("error %v", err)
	}
}

func TestKeyDoesNotPrint(t *testing.T) {
	k, err := NewKey([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, k); got != "<key>" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

func TestInstanceFitsIntoAToken(t *testing.T) {
	for in, want := range map[string]string{
		"mail.example.org": "mail-example-org", "": "mx-exporter", "...": "mx-exporter", "Ä": "mx-exporter", "A1": "a1",
		strings.Repeat("x", 99): strings.Repeat("x", maxInstance),
	} {
		if got := Instance(in); got != want {
			t.Errorf("Instance(%q) = %q, want %q", in, got, want)
		}
		if got := Instance(want); got != want {
			t.Errorf("Instance(%q) = %q: not the same again", want, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	k, _ := NewKey([]byte(secret))
	s := NewSigner(k, "a", "office")
	f.Add(s.New(time.UnixMilli(1)).String())
	f.Add("v1.a.1.x.y")
	f.Add("V1.v1.v1.")
	f.Fuzz(func(t *testing.T, text string) {
		if read, ok := Parse(text); ok {
			if again, ok := Parse(read.String()); !ok || again != read {
				t.Errorf("%q was read as %v, and that as %v", text, read, again)
			}
		}
		for _, found := range Find([]byte(text)) {
			if _, ok := Parse(found.String()); !ok {
				t.Errorf("%v was found in %q and cannot be read", found, text)
			}
		}
	})
}
