package sasl

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

func password(s string) func() (string, error) {
	return func() (string, error) { return s, nil }
}

func token(s string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return s, nil }
}

func TestTheBestMechanismThatFitsIsChosen(t *testing.T) {
	byPassword := Credentials{Username: "u", Password: password("p")}
	byToken := Credentials{Username: "u", Token: token("t")}
	for _, c := range []struct {
		name    string
		offered string
		with    Credentials
		want    string // empty: none
	}{
		{"SCRAM with SHA-256 before all", "PLAIN LOGIN SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2", byPassword, ScramSHA256},
		{"SCRAM with SHA-1 before PLAIN", "PLAIN SCRAM-SHA-1", byPassword, ScramSHA1},
		{"PLAIN before LOGIN", "LOGIN PLAIN CRAM-MD5", byPassword, Plain},
		{"LOGIN where there is nothing else", "LOGIN NTLM", byPassword, Login},
		{"lower case", "plain", byPassword, Plain},
		{"the standard for tokens first", "XOAUTH2 OAUTHBEARER PLAIN", byToken, OAuthBearer},
		{"a token by XOAUTH2", "PLAIN XOAUTH2", byToken, XOAuth2},
		{"a token is no password", "PLAIN LOGIN SCRAM-SHA-256", byToken, ""},
		{"a password is no token", "XOAUTH2 OAUTHBEARER", byPassword, ""},
		{"channel binding alone", "SCRAM-SHA-256-PLUS", byPassword, ""},
		{"only what nobody should use", "CRAM-MD5 DIGEST-MD5 GSSAPI", byPassword, ""},
		{"nothing", "", byPassword, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, err := Choose(t.Context(), strings.Fields(c.offered), c.with, "mx.test", 587)
			if c.want == "" {
				if !errors.Is(err, ErrNoMechanism) {
					t.Errorf("%v, want %v", err, ErrNoMechanism)
				}
				return
			}
			if err != nil || client.Name() != c.want {
				t.Fatalf("%v, %v, want %s", client, err, c.want)
			}
			if name, _, err := client.Start(); err != nil || name != c.want {
				t.Errorf("begins as %s, %v", name, err)
			}
		})
	}
}

// A secret that is not needed is not asked for: it may cost a request, and what
// was never read cannot get lost.
func TestTheSecretIsAskedForOnlyWhenAMechanismFits(t *testing.T) {
	asked := 0
	c := Credentials{Username: "u", Password: func() (string, error) { asked++; return "p", nil }}
	if _, err := Choose(t.Context(), []string{"XOAUTH2"}, c, "", 0); !errors.Is(err, ErrNoMechanism) || asked != 0 {
		t.Errorf("asked %d times, %v", asked, err)
	}
	if _, err := Choose(t.Context(), []string{"PLAIN"}, c, "", 0); err != nil || asked != 1 {
		t.Errorf("asked %d times, %v", asked, err)
	}
}

func TestNoMechanismNamesOnlyWhatIsKnown(t *testing.T) {
	_, err := Choose(t.Context(), []string{"X-<script>", "cram-md5"}, Credentials{Username: "u", Password: password("p")}, "", 0)
	want := "no mechanism fits: the server offers CRAM-MD5 other, want one of SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestCredentialsThatCannotBeUsed(t *testing.T) {
	gone := errors.New("open secret.txt: no such file")
	for name, c := range map[string]struct {
		with Credentials
		want error
	}{
		"nothing":             {Credentials{Username: "u"}, ErrCredentials},
		"both":                {Credentials{Username: "u", Password: password("p"), Token: token("t")}, ErrCredentials},
		"no name":             {Credentials{Password: password("p")}, ErrCredentials},
		"NUL in the name":     {Credentials{Username: "u\x00v", Password: password("p")}, ErrCredentials},
		"^A in the name":      {Credentials{Username: "u\x01auth=", Token: token("t")}, ErrCredentials},
		"no password":         {Credentials{Username: "u", Password: password("")}, ErrCredentials},
		"line break":          {Credentials{Username: "u", Password: password("canary\n")}, ErrCredentials},
		"NUL in the password": {Credentials{Username: "u", Password: password("canary\x00x")}, ErrCredentials},
		"huge password":       {Credentials{Username: "u", Password: password(strings.Repeat("canary", MaxSecret))}, ErrCredentials},
		"no token":            {Credentials{Username: "u", Token: token("")}, ErrCredentials},
		"token with a space":  {Credentials{Username: "u", Token: token("canary x")}, ErrCredentials},
		"token with ^A":       {Credentials{Username: "u", Token: token("canary\x01")}, ErrCredentials},
		"huge token":          {Credentials{Username: "u", Token: token(strings.Repeat("canary", MaxSecret))}, ErrCredentials},
		"no file":             {Credentials{Username: "u", Password: func() (string, error) { return "canary", gone }}, ErrSecret},
		"no token server":     {Credentials{Username: "u", Token: func(context.Context) (string, error) { return "canary", gone }}, ErrSecret},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Choose(t.Context(), Mechanisms(), c.with, "", 0)
			if !errors.Is(err, c.want) || !Ours(err) {
				t.Errorf("%v, want %v, and ours", err, c.want)
			}
			if errors.Is(c.want, ErrSecret) && !errors.Is(err, gone) {
				t.Errorf("%v hides why", err)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("the secret is in %q", err)
			}
		})
	}
}

// A password that SCRAM cannot prepare may still be somebody's password.
func TestWhatSASLprepForbidsGoesByPlain(t *testing.T) {
	c := Credentials{Username: "u", Password: password("a\u0221b")} // unassigned in Unicode 3.2
	client, err := Choose(t.Context(), []string{ScramSHA256, Plain}, c, "", 0)
	if err != nil || client.Name() != Plain {
		t.Errorf("%v, %v, want PLAIN", client, err)
	}
	if _, err = Choose(t.Context(), []string{ScramSHA256}, c, "", 0); !errors.Is(err, ErrCredentials) {
		t.Errorf("%v, want %v", err, ErrCredentials)
	}
}

func TestLabelsAreOfTheClosedList(t *testing.T) {
	got := Labels([]string{"xoauth2", "X-EVIL\n", "PLAIN", "plain", "ntlm", "ANOTHER"})
	if want := []string{Plain, XOAuth2, "NTLM", Other}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if Labels(nil) != nil {
		t.Error("labels of nothing")
	}
	for _, m := range Mechanisms() {
		if m != Other && Label(m) != m {
			t.Errorf("%s becomes %s", m, Label(m))
		}
	}
	for _, m := range makers() {
		if !slices.Contains(Mechanisms(), m.name) {
			t.Errorf("%s can be used and is not in the list", m.name)
		}
	}
}
