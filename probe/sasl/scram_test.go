package sasl

import (
	"errors"
	"strings"
	"testing"

	"github.com/xdg-go/scram"
)

// vector is a whole login as a standard prints it.
type vector struct {
	hash               scram.HashGeneratorFcn
	name, nonce        string
	first, challenge   string
	proof, serverFinal string
}

var vectors = map[string]vector{
	"RFC 5802 section 5": {
		scram.SHA1, ScramSHA1, "fyko+d2lbbFgONRv9qkxdawL",
		"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
		"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
		"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
		"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
	},
	"RFC 7677 section 3": {
		scram.SHA256, ScramSHA256, "rOprNGfwEbeRWgbNEkqO",
		"n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
		"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
		"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
	},
}

// client is one whose nonce is known.
func (v vector) client(t testing.TB) *scramClient {
	t.Helper()
	c, err := v.hash.NewClient("user", "pencil", "")
	if err != nil {
		t.Fatal(err)
	}
	s := &scramClient{name: v.name, talk: c.WithNonceGenerator(func() string { return v.nonce }).NewConversation()}
	if _, first, err := s.Start(); err != nil || string(first) != v.first {
		t.Fatalf("begins with %q, %v, want %q", first, err, v.first)
	}
	return s
}

func TestScramAsTheStandardsPrintIt(t *testing.T) {
	for name, v := range vectors {
		t.Run(name, func(t *testing.T) {
			c := v.client(t)
			if c.Finish() == nil {
				t.Error("over before it began")
			}
			proof, err := c.Next([]byte(v.challenge))
			if err != nil || string(proof) != v.proof {
				t.Fatalf("%q, %v, want %q", proof, err, v.proof)
			}
			if !errors.Is(c.Finish(), ErrSignature) {
				t.Error("a server that has proved nothing is believed")
			}
			last, err := c.Next([]byte(v.serverFinal))
			if err != nil || last == nil || len(last) != 0 || c.Finish() != nil {
				t.Errorf("%q, %v, %v", last, err, c.Finish())
			}
			if _, err := c.Next(nil); !errors.Is(err, ErrChallenge) {
				t.Errorf("a third challenge: %v", err)
			}
		})
	}
}

func TestScramRefusesAServersFirstMessage(t *testing.T) {
	v := vectors["RFC 7677 section 3"]
	const nonce = "rOprNGfwEbeRWgbNEkqO"
	for name, c := range map[string]struct {
		first string
		want  error
	}{
		"one iteration":                  {"r=" + nonce + "x,s=QSXC,i=1", ErrIterations},
		"no iteration":                   {"r=" + nonce + "x,s=QSXC,i=0", ErrIterations},
		"minus one":                      {"r=" + nonce + "x,s=QSXC,i=-1", ErrIterations},
		"one too few":                    {"r=" + nonce + "x,s=QSXC,i=4095", ErrIterations},
		"one too many":                   {"r=" + nonce + "x,s=QSXC,i=600001", ErrIterations},
		"a bomb":                         {"r=" + nonce + "x,s=QSXC,i=2147483647", ErrIterations},
		"beyond every number":            {"r=" + nonce + "x,s=QSXC,i=99999999999999999999999", ErrIterations},
		"no number":                      {"r=" + nonce + "x,s=QSXC,i=many", ErrChallenge},
		"our nonce and nothing":          {"r=" + nonce + ",s=QSXC,i=4096", ErrNonce},
		"another nonce":                  {"r=x" + nonce + ",s=QSXC,i=4096", ErrNonce},
		"no nonce":                       {"r=,s=QSXC,i=4096", ErrNonce},
		"no salt":                        {"r=" + nonce + "x,s=,i=4096", ErrChallenge},
		"a salt not in Base64":           {"r=" + nonce + "x,s=???,i=4096", ErrChallenge},
		"an extension that it must know": {"m=x,r=" + nonce + "x,s=QSXC,i=4096", ErrChallenge},
		"another order":                  {"s=QSXC,r=" + nonce + "x,i=4096", ErrChallenge},
		"empty":                          {"", ErrChallenge},
		"a refusal":                      {"e=unknown-user", ErrRejected},
	} {
		t.Run(name, func(t *testing.T) {
			s := v.client(t)
			answer, err := s.Next([]byte(c.first))
			if !errors.Is(err, c.want) || answer != nil {
				t.Errorf("%q, %v, want %v", answer, err, c.want)
			}
			if s.Finish() == nil {
				t.Error("the login counts as over")
			}
		})
	}
}

func TestScramRefusesAServersLastMessage(t *testing.T) {
	v := vectors["RFC 7677 section 3"]
	for name, c := range map[string]struct {
		final string
		want  error
	}{
		"somebody else's signature": {"v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", ErrSignature},
		"an empty signature":        {"v=", ErrSignature},
		"not in Base64":             {"v=???", ErrSignature},
		"empty":                     {"", ErrChallenge},
		"the first message again":   {v.challenge, ErrChallenge},
		"wrong password":            {"e=invalid-proof", ErrRejected},
		"a word of nobody's":        {"e=<script>canary", ErrRejected},
	} {
		t.Run(name, func(t *testing.T) {
			s := v.client(t)
			if _, err := s.Next([]byte(v.challenge)); err != nil {
				t.Fatal(err)
			}
			_, err := s.Next([]byte(c.final))
			if !errors.Is(err, c.want) || s.Finish() == nil {
				t.Errorf("%v, want %v; over: %v", err, c.want, s.Finish())
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("the server's words are in %q", err)
			}
		})
	}
}

// The library's own server is a peer that we did not write.
func TestScramAgainstAServer(t *testing.T) {
	for _, known := range []string{"p,=ä", "another"} {
		t.Run(known, func(t *testing.T) {
			server := scramServer(t, known)
			c, err := Choose(t.Context(), []string{ScramSHA256}, Credentials{Username: "u=,v", Password: password("p,=ä")}, "", 0)
			if err != nil {
				t.Fatal(err)
			}
			_, response, err := c.Start()
			for err == nil && !server.Done() {
				challenge, refused := server.Step(string(response))
				if refused != nil {
					err = refused
					break
				}
				response, err = c.Next([]byte(challenge))
			}
			if good := known == "p,=ä"; good != (err == nil && c.Finish() == nil) || good != server.Valid() {
				t.Errorf("%v, %v, the server says %v", err, c.Finish(), server.Valid())
			}
		})
	}
}

func scramServer(t *testing.T, pass string) *scram.ServerConversation {
	t.Helper()
	keeper, err := scram.SHA256.NewClient("u=,v", pass, "")
	if err != nil {
		t.Fatal(err)
	}
	stored, err := keeper.GetStoredCredentialsWithError(scram.KeyFactors{Salt: "salt", Iters: MinIterations})
	if err != nil {
		t.Fatal(err)
	}
	s, err := scram.SHA256.NewServer(func(string) (scram.StoredCredentials, error) { return stored, nil })
	if err != nil {
		t.Fatal(err)
	}
	return s.NewConversation()
}
