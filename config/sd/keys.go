package sd

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"mx_exporter/config"
)

// document is the kind of file that this is, with every key.
func document() config.Document {
	return config.NewDocument(map[string]config.Rule{
		"contact":     text("A page that says who crawls, told to each site in User-Agent.", "none", "http or https", checkURL),
		"dns":         {Meaning: "How names are resolved."},
		"dns.servers": text("The resolvers, as address or address:port.", "those of resolv.conf", "IP addresses", checkResolver),
		"dns.timeout": upTo("How long one resolver may take for one query.", config.MaxDNSTimeout),

		"sites":                         {Meaning: "The websites that are crawled, by name.", Most: MaxSites},
		"sites.<name>.url":              text("Where a crawl begins.", "none: it has to be given", "http or https, without a user name", checkURL),
		"sites.<name>.interval":         between("How often the site is crawled.", MinSiteInterval, MaxInterval),
		"sites.<name>.hand_on":          {Meaning: "Which of the domains found become targets.", Bounds: "`all`, `own` (the site's own) or `others`"},
		"sites.<name>.addresses":        {Meaning: "Make the addresses found targets too; the exporter's module has to allow them (recipients.allow)."},
		"sites.<name>.expect_addresses": text("The addresses that ought to stand on the site; those that are missing and those beside them are counted.", "none: nothing is compared", "local part, @, domain", checkAddress),
		"sites.<name>.domains":          text("Other registrable domains that links and redirects may lead to.", "none", "domain names", checkDomain),
		"sites.<name>.allow_networks":   {Meaning: "Networks that may be connected to although they are not public.", Unset: "public addresses only"},
		"sites.<name>.pages":            number("How many pages are read.", 1, MaxPages),
		"sites.<name>.depth":            number("How many links away from the first page.", 1, MaxDepth),
		"sites.<name>.time":             between("How long a crawl may take.", 0, MaxTime),
		"sites.<name>.delay":            upTo("What passes between two requests to one host; robots.txt can only make it longer.", MaxDelay),

		"domains":                 {Meaning: "Sets of domains, by name, that are expanded to their mail servers.", Most: MaxSets},
		"domains.<name>.list":     {Meaning: "Domains.", Unset: "none", Most: MaxListed, Bounds: "domain names", Check: each(checkDomain)},
		"domains.<name>.file":     {Meaning: "A file with a domain on each line, read anew at each refresh.", Unset: "none", Bounds: fmt.Sprintf("at most %d domains", MaxDomains)},
		"domains.<name>.sites":    {Meaning: "Sites whose domains belong to the set, as hand_on chooses them.", Unset: "none"},
		"domains.<name>.interval": between("How often the domains are looked up.", MinInterval, MaxInterval),

		"servers":                {Meaning: "The mail servers of sets of domains, each once, by name.", Most: MaxSets},
		"servers.<name>.domains": {Meaning: "The sets whose servers these are.", Unset: "none: at least one has to be given"},
	})
}

func text(meaning, unset, bounds string, check func(string) error) config.Rule {
	return config.Rule{Meaning: meaning, Unset: unset, Bounds: bounds, Check: each(check)}
}

// each holds a text, or each text of a list, against its syntax.
func each(check func(string) error) func(any) error {
	return func(v any) error {
		s, ok := v.(string)
		if !ok || s == "" {
			return nil
		}
		return check(s)
	}
}

func number(meaning string, least, most int) config.Rule {
	bounds, check := config.Number(least, most)
	return config.Rule{Meaning: meaning, Bounds: bounds, Check: check}
}

func upTo(meaning string, most config.Duration) config.Rule {
	bounds, check := config.UpTo(most)
	return config.Rule{Meaning: meaning, Bounds: bounds, Check: check}
}

// between bounds a length of time; a least of zero means that some has to pass.
func between(meaning string, least, most config.Duration) config.Rule {
	bounds := fmt.Sprintf("%s to %s", least, most)
	if least == 0 {
		bounds = fmt.Sprintf("more than 0s, at most %s", most)
	}
	return config.Rule{Meaning: meaning, Bounds: bounds, Check: func(v any) error {
		if d, ok := v.(config.Duration); ok && (d < least || d > most || d <= 0) {
			return fmt.Errorf("%s is out of bounds: %s", d, bounds)
		}
		return nil
	}}
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return errors.New("this is no URL: write one such as https://www.example.org")
	case u.User != nil:
		return errors.New("the URL has a user name in it, and nothing here logs in: leave it out")
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return errors.New("the URL has a character in it that has to be percent-encoded")
	}
	return nil
}

func checkResolver(s string) error {
	if _, err := netip.ParseAddr(s); err == nil {
		return nil
	}
	if a, err := netip.ParseAddrPort(s); err == nil && a.Port() != 0 {
		return nil
	}
	return errors.New("this is no IP address, with or without a port: write 127.0.0.1:53 or [::1]:53")
}

func checkDomain(s string) error {
	labels := strings.Split(s, ".")
	bad := len(s) > config.MaxDomain || len(labels) < 2
	for _, l := range labels {
		bad = bad || l == "" || len(l) > config.MaxLabel || l[0] == '-' || l[len(l)-1] == '-' ||
			strings.ContainsFunc(l, func(r rune) bool {
				return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
			})
	}
	if bad {
		return errors.New("this is no domain name: write one such as example.org, an international one in A-labels")
	}
	return nil
}

func checkAddress(s string) error {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || len(s) > config.MaxAddress || strings.ContainsAny(local, " \t<>") || checkDomain(domain) != nil {
		return errors.New("this is no address: write one such as info@example.org")
	}
	return nil
}

// HandOns lists the choices.
func HandOns() []HandOn { return []HandOn{All, Own, Others} }

// UnmarshalText takes one of [HandOns].
func (h *HandOn) UnmarshalText(b []byte) error {
	if !slices.Contains(HandOns(), HandOn(b)) {
		return fmt.Errorf("%.32q is not one of all, own, others", b)
	}
	*h = HandOn(b)
	return nil
}
