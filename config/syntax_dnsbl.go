package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// looksLikeAccess is the length from which a label of letters and digits is
// taken for an access key: Spamhaus's have 26 characters and Abusix's 32, the
// labels of public zones at most about 15.
const looksLikeAccess = 24

// checkZone takes the zone of a list that anybody may read here. One that seems
// to hold a key is refused before anything repeats it.
func checkZone(s string) error {
	for l := range strings.SplitSeq(s, ".") {
		if len(l) >= looksLikeAccess && !contains(l, letters+digits) {
			return errors.New("a label of this zone looks like an access key: put the zone into a file and name that with zone_file")
		}
	}
	return checkZoneName(s)
}

// checkZoneName takes a domain name that leaves room for the 32 nibbles of an
// IPv6 address before it (RFC 5782 section 2.4). Its errors do not repeat the
// name, for a key may be in it all the same.
func checkZoneName(s string) error {
	if len(s) > MaxZone {
		return fmt.Errorf("the zone has %d bytes: at most %d leave room for an address before it", len(s), MaxZone)
	}
	if checkDomain(s) != nil || !strings.Contains(s, ".") {
		return errors.New("is not the name of a zone: write it as zen.spamhaus.org, in letters, digits and inner hyphens, without a dot at the end")
	}
	return nil
}

// checkWord takes a list's name or a code's meaning, which stand in labels as
// they are.
func checkWord(s string) error {
	if s == "" || len(s) > MaxWord || contains(s, letters+digits+"_-") {
		return fmt.Errorf("%s is not one word: 1 to %d letters, digits, _ and - are allowed", quote(s), MaxWord)
	}
	return nil
}

// checkSending takes an entry of dnsbl.senders.
func checkSending(s string) error {
	if s == fromSPF {
		return nil
	}
	a, err := netip.ParseAddr(s)
	switch {
	case err != nil:
		return fmt.Errorf("%s is neither an address nor spf: write each address, or spf for those of the domain's SPF record", quote(s))
	case a.Zone() != "":
		return fmt.Errorf("%s has a zone: nobody else knows the address by it", quote(s))
	case a.Is4In6():
		return fmt.Errorf("%s is IPv4 inside IPv6: write %s", quote(s), a.Unmap())
	case !a.IsGlobalUnicast(), a.IsPrivate(), carrierNAT.Contains(a):
		return fmt.Errorf("%s is not a public address: no list knows it, and no SPF record allows it; write the one that others see mail come from", quote(s))
	}
	return nil
}

// carrierNAT is the space that providers use inside (RFC 6598).
var carrierNAT = netip.MustParsePrefix("100.64.0.0/10")

// checkURL takes a page for people, which may stand behind a link.
func checkURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case len(s) > MaxURL:
		return fmt.Errorf("the address has %d bytes: at most %d are allowed", len(s), MaxURL)
	case err != nil, u.Scheme != "https" && u.Scheme != "http", u.Host == "", contains(u.Host, letters+digits+"-.:[]"):
		return errors.New("is not the address of a page: write https://example.org/page")
	case u.User != nil:
		return errors.New("has a user name in it: it is shown to everybody")
	}
	return nil
}

// checkSelector takes a DKIM selector (RFC 6376 section 3.1); underscores, which
// the RFC has not, are in use.
func checkSelector(s string) error {
	if len(s) > MaxSelector {
		return fmt.Errorf("the selector has %d bytes: at most %d are allowed", len(s), MaxSelector)
	}
	for l := range strings.SplitSeq(s, ".") {
		switch {
		case l == "_domainkey":
			return fmt.Errorf("%s has _domainkey in it: write what stands before that", quote(s))
		case l == "" || len(l) > MaxLabel || contains(l, letters+digits+"-_") || l[0] == '-' || l[len(l)-1] == '-':
			return fmt.Errorf("%s is not a selector: labels of at most %d letters, digits, _ and inner hyphens are allowed", quote(s), MaxLabel)
		}
	}
	return nil
}
