package sasl

import (
	"errors"
	"strings"
	"testing"

	upstream "github.com/emersion/go-sasl"
)

func chosen(t testing.TB, mechanism string, c Credentials) Client {
	t.Helper()
	client, err := Choose(t.Context(), []string{mechanism}, c, "mx.test", 465)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// converse lets a client and a server of go-sasl talk to the end.
func converse(c Client, s upstream.Server) error {
	_, response, err := c.Start()
	for err == nil {
		var challenge []byte
		var done bool
		if challenge, done, err = s.Next(response); done || err != nil {
			return errors.Join(err, c.Finish())
		}
		response, err = c.Next(challenge)
	}
	return err
}

func TestPlainAgainstAServer(t *testing.T) {
	var got []string
	s := upstream.NewPlainServer(func(id, user, pass string) error {
		got = []string{id, user, pass}
		return nil
	})
	if err := converse(chosen(t, Plain, Credentials{Username: "u@x", Password: password("p ä")}), s); err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, "|") != "|u@x|p ä" {
		t.Errorf("the server got %q", got)
	}
}

func TestPlainHasNoChallenges(t *testing.T) {
	c := chosen(t, Plain, Credentials{Username: "u", Password: password("canary")})
	if answer, err := c.Next(nil); !errors.Is(err, ErrChallenge) || answer != nil {
		t.Errorf("%q, %v", answer, err)
	}
}

// loginServer is the server's side of LOGIN, which no library has.
type loginServer struct {
	prompts []string
	got     []string
}

func (l *loginServer) Next(response []byte) ([]byte, bool, error) {
	if response != nil {
		l.got = append(l.got, string(response))
	}
	if len(l.got) == len(l.prompts) {
		return nil, true, nil
	}
	return []byte(l.prompts[len(l.got)]), false, nil
}

func TestLoginAnswersPrompts(t *testing.T) {
	for name, c := range map[string]struct {
		prompts []string
		want    error
		got     string
	}{
		"usual":                   {[]string{"Username:", "Password:"}, nil, "u canary"},
		"of the draft":            {[]string{"User Name\x00", "Password\x00"}, nil, "u canary"},
		"lower case":              {[]string{"username", "password:"}, nil, "u canary"},
		"password first":          {[]string{"Password:", "Username:"}, ErrChallenge, ""},
		"password twice":          {[]string{"Username:", "Password:", "Password:"}, ErrChallenge, "u canary"},
		"something else":          {[]string{"Username:", "One-time code:"}, ErrChallenge, "u"},
		"nothing":                 {[]string{""}, ErrChallenge, ""},
		"let in by the name only": {[]string{"Username:"}, ErrSignature, "u"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &loginServer{prompts: c.prompts}
			err := converse(chosen(t, Login, Credentials{Username: "u", Password: password("canary")}), s)
			if !errors.Is(err, c.want) || strings.Join(s.got, " ") != c.got {
				t.Errorf("%v, the server got %q; want %v, %q", err, s.got, c.want, c.got)
			}
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("the password is in %q", err)
			}
		})
	}
}

func TestBearerAgainstAServer(t *testing.T) {
	for name, refusal := range map[string]*upstream.OAuthBearerError{
		"accepted": nil,
		"refused":  {Status: "invalid_token", Schemes: "bearer"},
	} {
		t.Run(name, func(t *testing.T) {
			var got upstream.OAuthBearerOptions
			s := upstream.NewOAuthBearerServer(func(o upstream.OAuthBearerOptions) *upstream.OAuthBearerError {
				got = o
				return refusal
			})
			err := converse(chosen(t, OAuthBearer, Credentials{Username: "a=b,c@x", Token: token("ya29.tok-en_~+/=")}), s)
			if want := (upstream.OAuthBearerOptions{Username: "a=3Db=2Cc@x", Token: "ya29.tok-en_~+/=", Host: "mx.test", Port: 465}); got != want {
				t.Errorf("the server got %+v, want %+v", got, want)
			}
			if (refusal != nil) != errors.Is(err, ErrRejected) || refusal == nil && err != nil {
				t.Errorf("%v", err)
			}
			if refusal != nil && !strings.Contains(err.Error(), `"invalid_token"`) {
				t.Errorf("%q does not say why", err)
			}
		})
	}
}

func TestXOAuth2AsGoogleDescribesIt(t *testing.T) {
	c := chosen(t, XOAuth2, Credentials{Username: "someuser@example.com", Token: token("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")})
	_, first, err := c.Start()
	want := "user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\x01\x01"
	if err != nil || string(first) != want {
		t.Errorf("%q, %v", first, err)
	}
	answer, err := c.Next([]byte(`{"status":"401","schemes":"bearer mac","scope":"https://mail.google.com/"}`))
	if err != nil || answer == nil || len(answer) != 0 {
		t.Errorf("the answer to a refusal is %q, %v, want an empty one", answer, err)
	}
	if !errors.Is(c.Finish(), ErrRejected) {
		t.Errorf("a server that refused and then let us in is believed: %v", c.Finish())
	}
	if _, err := c.Next([]byte(`{}`)); !errors.Is(err, ErrChallenge) {
		t.Errorf("a second challenge: %v", err)
	}
}

func TestBearerChallengeThatIsNoRefusal(t *testing.T) {
	for _, mechanism := range []string{OAuthBearer, XOAuth2} {
		c := chosen(t, mechanism, Credentials{Username: "u", Token: token("canary")})
		if answer, err := c.Next([]byte("Password:")); !errors.Is(err, ErrChallenge) || answer != nil {
			t.Errorf("%s: %q, %v", mechanism, answer, err)
		}
	}
}
