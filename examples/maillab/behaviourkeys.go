package maillab

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// set puts one "key: value" line of a server's section into b.
func (b *Behaviour) set(key, value string) error {
	f, ok := behaviourKeys[key]
	if !ok {
		return fmt.Errorf("unknown key %q: want one of %s", key, strings.Join(sortedKeys(behaviourKeys), ", "))
	}
	if err := f(b, value); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// behaviourKeys is how each key of a server's section is read. It is never
// changed.
var behaviourKeys = map[string]func(*Behaviour, string) error{
	"names":        words(func(b *Behaviour) *[]string { return &b.Names }),
	"listen":       words(func(b *Behaviour) *[]string { return &b.Listen }),
	"domains":      words(func(b *Behaviour) *[]string { return &b.Domains }),
	"mailboxes":    words(func(b *Behaviour) *[]string { return &b.Mailboxes }),
	"banner":       text(func(b *Behaviour) *string { return &b.Banner }),
	"inject":       text(func(b *Behaviour) *string { return &b.Inject }),
	"banner-delay": period(func(b *Behaviour) *time.Duration { return &b.BannerDelay }),
	"banner-drip":  period(func(b *Behaviour) *time.Duration { return &b.BannerDrip }),
	"greylist":     period(func(b *Behaviour) *time.Duration { return &b.Greylist }),
	"round-trip":   period(func(b *Behaviour) *time.Duration { return &b.RoundTrip }),
	"endless":      flag(func(b *Behaviour) *bool { return &b.Endless }),
	"starttls":     flag(func(b *Behaviour) *bool { return &b.StartTLS }),
	"implicit-tls": flag(func(b *Behaviour) *bool { return &b.ImplicitTLS }),
	"tls-required": flag(func(b *Behaviour) *bool { return &b.TLSRequired }),
	"open-relay":   flag(func(b *Behaviour) *bool { return &b.OpenRelay }),
	"hang":         stage(func(b *Behaviour) *Stage { return &b.Hang }),
	"close":        stage(func(b *Behaviour) *Stage { return &b.Close }),
	"reset":        stage(func(b *Behaviour) *Stage { return &b.Reset }),
	"tls-min":      tlsVersion(func(b *Behaviour) *uint16 { return &b.TLSMin }),
	"tls-max":      tlsVersion(func(b *Behaviour) *uint16 { return &b.TLSMax }),
	"extensions":   setExtensions,

	"auth":          words(func(b *Behaviour) *[]string { return &b.Mechanisms }),
	"folders":       words(func(b *Behaviour) *[]string { return &b.Folders }),
	"without":       words(func(b *Behaviour) *[]string { return &b.Without }),
	"auth-in-clear": flag(func(b *Behaviour) *bool { return &b.AuthInClear }),
	"auth-required": flag(func(b *Behaviour) *bool { return &b.AuthRequired }),
	"takes":         flag(func(b *Behaviour) *bool { return &b.Takes }),
	"account":       setAccount,
	"deliver":       setDelivery,
	"add-header":    addHeader,
	"quota":         setQuota,
	"lockout":       count(func(b *Behaviour) *int { return &b.Lockout }),

	"reply":        setReply,
	"rcpt":         setRcpt,
	"rcpt-delay":   setRcptDelay,
	"transactions": count(func(b *Behaviour) *int { return &b.Transactions }),
	"connections":  count(func(b *Behaviour) *int { return &b.Connections }),
	"certificate": func(b *Behaviour, v string) error {
		return pick(&b.Cert, CertKind(v), certKinds()...)
	},
	"second-certificate": func(b *Behaviour, v string) error {
		return pick(&b.Second, CertKind(v), certKinds()...)
	},
	"key": func(b *Behaviour, v string) error { return pick(&b.Key, KeyKind(v), KeyECDSA, KeyRSA) },
}

func sortedKeys[V any](m map[string]V) []string {
	var ks []string
	for k := range m {
		ks = append(ks, k)
	}
	slices.Sort(ks)
	return ks
}

// pick sets dst to v when v is one of the words allowed.
func pick[T ~string](dst *T, v T, allowed ...T) error {
	if !slices.Contains(allowed, v) {
		return fmt.Errorf("%q is not one of %q", v, allowed)
	}
	*dst = v
	return nil
}

func words(field func(*Behaviour) *[]string) func(*Behaviour, string) error {
	return func(b *Behaviour, v string) error {
		*field(b) = strings.Fields(v)
		return nil
	}
}

// unquote reads a text: as it stands, or as a Go string where it begins with a
// quotation mark, so that control octets can be written.
func unquote(v string) (string, error) {
	if !strings.HasPrefix(v, `"`) {
		return v, nil
	}
	s, err := strconv.Unquote(v)
	if err != nil {
		return "", fmt.Errorf("%s is no Go string: close the quotation mark and escape what is inside", v)
	}
	return s, nil
}

func text(field func(*Behaviour) *string) func(*Behaviour, string) error {
	return func(b *Behaviour, v string) (err error) {
		*field(b), err = unquote(v)
		return err
	}
}

func period(field func(*Behaviour) *time.Duration) func(*Behaviour, string) error {
	return func(b *Behaviour, v string) error {
		d, err := time.ParseDuration(v)
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is no length of time above zero: write 500ms or 5m", v)
		}
		*field(b) = d
		return nil
	}
}

func flag(field func(*Behaviour) *bool) func(*Behaviour, string) error {
	return func(b *Behaviour, v string) error {
		if v != "on" && v != "off" {
			return fmt.Errorf("%q is neither on nor off", v)
		}
		*field(b) = v == "on"
		return nil
	}
}

func stage(field func(*Behaviour) *Stage) func(*Behaviour, string) error {
	return func(b *Behaviour, v string) error {
		return pick(field(b), Stage(v), stages()...)
	}
}

func tlsVersion(field func(*Behaviour) *uint16) func(*Behaviour, string) error {
	versions := map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}
	return func(b *Behaviour, v string) error {
		n, ok := versions[v]
		if !ok {
			return fmt.Errorf("%q is no version: want one of %s", v, strings.Join(sortedKeys(versions), ", "))
		}
		*field(b) = n
		return nil
	}
}

// setExtensions reads a list with commas, since a keyword may have parameters.
func setExtensions(b *Behaviour, v string) error {
	b.Extensions = nil
	for e := range strings.SplitSeq(v, ",") {
		if e = strings.TrimSpace(e); e != "" && e != "none" {
			b.Extensions = append(b.Extensions, e)
		}
	}
	return nil
}

// setReply reads "COMMAND reply".
func setReply(b *Behaviour, v string) error {
	verb, rest, _ := strings.Cut(v, " ")
	if !slices.Contains(repliable(), verb) {
		return fmt.Errorf("%q is no command: want one of %q before the reply", verb, repliable())
	}
	s, err := unquote(rest)
	b.Replies[verb] = s
	return err
}

func repliable() []string {
	return []string{
		"EHLO", "HELO", "STARTTLS", "MAIL", "RCPT", "RSET", "NOOP", "QUIT", "AUTH", "DATA", ".",
		"CAPABILITY", "LOGIN", "AUTHENTICATE", "SELECT", "EXAMINE", "STATUS", "GETQUOTAROOT", "SEARCH", "FETCH", "STORE", "EXPUNGE", "IDLE", "LOGOUT",
		"CAPA", "STLS", "USER", "PASS", "STAT", "LIST", "UIDL", "TOP", "RETR", "DELE",
	}
}

// setRcpt reads "local-part reply".
func setRcpt(b *Behaviour, v string) error {
	local, rest, ok := strings.Cut(v, " ")
	if !ok {
		return fmt.Errorf("%q has no reply: write a local part, a space and the reply", v)
	}
	s, err := unquote(rest)
	b.Rcpt[strings.ToLower(local)] = s
	return err
}

// setRcptDelay reads "local-part 3s".
func setRcptDelay(b *Behaviour, v string) error {
	local, rest, _ := strings.Cut(v, " ")
	var d time.Duration
	err := period(func(*Behaviour) *time.Duration { return &d })(b, rest)
	b.RcptDelay[strings.ToLower(local)] = d
	return err
}
