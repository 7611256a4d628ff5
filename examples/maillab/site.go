package maillab

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SiteBehaviour is what one web server does. [DefaultSite] serves its body as
// plain text, over TLS with a good certificate, at the one path that policies of
// MTA-STS stand at.
type SiteBehaviour struct {
	Listen  []string // addresses and ports of the lab
	Plain   bool     // HTTP without TLS
	Cert    CertKind
	Key     KeyKind
	Delay   time.Duration // before the response
	Raw     string        // the whole response, in place of all below
	Status  int
	Headers [][2]string // name and value, in order; Content-Type replaces its own
	Body    string
	Repeat  int // how often the body stands in the response
}

// DefaultSite is a web server that does all well and has nothing to say.
func DefaultSite() SiteBehaviour {
	return SiteBehaviour{Cert: CertGood, Key: KeyECDSA, Status: http.StatusOK, Repeat: 1}
}

// SiteSpec is a web server's name and what it does.
type SiteSpec struct {
	Name      string
	Behaviour SiteBehaviour
}

// set puts one "key: value" line of a web server's section into b.
func (b *SiteBehaviour) set(key, value string) error {
	f, ok := siteKeys[key]
	if !ok {
		return fmt.Errorf("unknown key %q: want one of %s", key, strings.Join(sortedKeys(siteKeys), ", "))
	}
	if err := f(b, value); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// siteKeys is how each key of a web server's section is read. It is never
// changed.
var siteKeys = map[string]func(*SiteBehaviour, string) error{
	"listen": func(b *SiteBehaviour, v string) error {
		b.Listen = strings.Fields(v)
		return nil
	},
	"plain": func(b *SiteBehaviour, v string) error {
		if v != "on" && v != "off" {
			return fmt.Errorf("%q is neither on nor off", v)
		}
		b.Plain = v == "on"
		return nil
	},
	"certificate": func(b *SiteBehaviour, v string) error { return pick(&b.Cert, CertKind(v), certKinds()...) },
	"key":         func(b *SiteBehaviour, v string) error { return pick(&b.Key, KeyKind(v), KeyECDSA, KeyRSA) },
	"delay": func(b *SiteBehaviour, v string) error {
		d, err := time.ParseDuration(v)
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is no length of time above zero: write 500ms or 5m", v)
		}
		b.Delay = d
		return nil
	},
	"raw": func(b *SiteBehaviour, v string) (err error) {
		b.Raw, err = unquote(v)
		return err
	},
	"status": setStatus,
	"header": setHeader,
	"redirect": func(b *SiteBehaviour, v string) error {
		b.Status = http.StatusMovedPermanently
		b.Headers = append(b.Headers, [2]string{"Location", v})
		return nil
	},
	"line": func(b *SiteBehaviour, v string) error {
		b.Body += v + "\r\n"
		return nil
	},
	"body": func(b *SiteBehaviour, v string) error {
		s, err := unquote(v)
		b.Body += s
		return err
	},
	"repeat": func(b *SiteBehaviour, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return fmt.Errorf("%q is no number above zero", v)
		}
		b.Repeat = n
		return nil
	},
}

func setStatus(b *SiteBehaviour, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 200 || n > 599 {
		return fmt.Errorf("%q is no status from 200 to 599", v)
	}
	b.Status = n
	return nil
}

// setHeader reads "Name: value".
func setHeader(b *SiteBehaviour, v string) error {
	name, value, ok := strings.Cut(v, ":")
	if !ok || name == "" || strings.ContainsAny(name, " \t") {
		return fmt.Errorf("%q is not of the form Name: value", v)
	}
	b.Headers = append(b.Headers, [2]string{name, strings.TrimSpace(value)})
	return nil
}

func (sp *SiteSpec) complete() error {
	b := &sp.Behaviour
	if len(b.Listen) == 0 {
		return fmt.Errorf("https %s listens nowhere: add a line listen: 192.0.2.25:443", sp.Name)
	}
	for _, a := range b.Listen {
		if _, err := labAddress(a); err != nil {
			return fmt.Errorf("https %s: %w", sp.Name, err)
		}
	}
	if b.Raw != "" && (b.Body != "" || len(b.Headers) > 0 || b.Status != http.StatusOK) {
		return fmt.Errorf("https %s: raw is the whole response; take its other lines away", sp.Name)
	}
	return nil
}

// head is the status line and the headers of the response.
func (b *SiteBehaviour) head() string {
	var s strings.Builder
	fmt.Fprintf(&s, "HTTP/1.1 %d %s\r\n", b.Status, http.StatusText(b.Status))
	typed := slices.ContainsFunc(b.Headers, func(h [2]string) bool { return strings.EqualFold(h[0], "Content-Type") })
	if !typed {
		s.WriteString("Content-Type: text/plain\r\n")
	}
	for _, h := range b.Headers {
		fmt.Fprintf(&s, "%s: %s\r\n", h[0], h[1])
	}
	if b.Status != http.StatusNoContent {
		fmt.Fprintf(&s, "Content-Length: %d\r\n", len(b.Body)*b.Repeat)
	}
	s.WriteString("Connection: close\r\n\r\n")
	return s.String()
}
