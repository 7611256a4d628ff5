package spf

import (
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	blitiri "blitiri.com.ar/go/spf"

	"mx_exporter/probe/fact"
)

// files are the suites: that of RFC 7208, and those of two implementations.
var files = []string{"rfc7208-tests.yml", "blitirispf-tests.yml", "pyspf-tests.yml"}

// each runs f for every mail of every suite.
func each(t *testing.T, f func(t *testing.T, z zone, tr trial, id string)) {
	for _, file := range files {
		for _, s := range suite(t, file) {
			for _, name := range slices.Sorted(maps.Keys(s.Tests)) {
				id := strings.TrimSuffix(file, "-tests.yml") + "/" + s.Description + "/" + name
				t.Run(id, func(t *testing.T) { f(t, newZone(s), s.Tests[name], id) })
			}
		}
	}
}

// domainOf is the domain that a mail is judged by.
func domainOf(tr trial) string {
	if i := strings.LastIndexByte(tr.MailFrom, '@'); i >= 0 {
		return tr.MailFrom[i+1:]
	}
	return tr.HELO
}

// evaluationDiffers explains each mail of which we say something else than the
// suite.
var evaluationDiffers = map[string]string{
	"rfc7208/A mechanism syntax/a-colon-domain":                   slashes,
	"rfc7208/A mechanism syntax/a-colon-domain-ip4mapped":         slashes,
	"rfc7208/MX mechanism syntax/mx-colon-domain":                 slashes,
	"rfc7208/MX mechanism syntax/mx-colon-domain-ip4mapped":       slashes,
	"rfc7208/Macro expansion rules/p-macro-multiple":              "the library reads %{p} as unknown, which section 7.3 allows where the name was not validated; the macro is not to be used",
	"blitirispf/Resolution limits/resolution-with-10-lookups":     oneLabel,
	"blitirispf/Lookup limit boundary/lookup-limit-at-10":         oneLabel,
	"blitirispf/Lookup limit boundary/lookup-limit-at-10-matches": oneLabel,
	"blitirispf/Void lookup limit/void-limit-at-2":                oneLabel,
	"blitirispf/MX resolution limits/mx-resolution-10-terms":      oneLabel,
	"blitirispf/Macro expansion details/macro-empty-parts":        "the library drops empty parts of a macro's value",
	"pyspf//default-modifier":                                     defaultModifier,
	"pyspf//default-modifier-harsh":                               defaultModifier,
}

// The explanations that several mails share.
const (
	slashes         = "the library takes a slash in a domain for the beginning of a prefix length; no name in use has one"
	oneLabel        = "the record names domains of one label, which section 7.1 forbids, and for which the suite of RFC 7208 wants permerror (a-only-toplabel)"
	defaultModifier = "default= is from the drafts before RFC 4408; RFC 7208 has it ignored, as any unknown modifier"
)

func TestReceiversConcludeAsTheSuiteSays(t *testing.T) {
	met := map[string]bool{}
	each(t, func(t *testing.T, z zone, tr trial, id string) {
		got, err := Evaluate(t.Context(), z, netip.MustParseAddr(tr.Host), tr.MailFrom, tr.HELO)
		right := slices.Contains(tr.wants(), got)
		if why := evaluationDiffers[id]; why != "" {
			met[id] = true
			if right {
				t.Errorf("agrees by now, and the table says: %s", why)
			}
			return
		}
		if !right {
			t.Errorf("got %s (%v), want %v", got, err, tr.wants())
		}
	})
	unmet(t, evaluationDiffers, met)
}

func unmet(t *testing.T, table map[string]string, met map[string]bool) {
	t.Helper()
	for id := range table {
		if !met[id] {
			t.Errorf("no test is named %q", id)
		}
	}
}

// lintDiffers explains each record of which the check says something else than
// a receiver says for the one mail of the test.
var lintDiffers = map[string]string{
	"rfc7208/Processing limits/include-at-limit":                  "the mail passes at the tenth look-up; for a sender that does not match there the record takes eleven",
	"blitirispf/Resolution limits/resolution-with-10-lookups":     oneLabel,
	"blitirispf/Lookup limit boundary/lookup-limit-at-10":         oneLabel,
	"blitirispf/Lookup limit boundary/lookup-limit-at-10-matches": oneLabel,
	"blitirispf/Void lookup limit/void-limit-at-2":                oneLabel,
	"blitirispf/MX resolution limits/mx-resolution-10-terms":      oneLabel,
}

func TestCheckAgreesWithTheSuite(t *testing.T) {
	met := map[string]bool{}
	each(t, func(t *testing.T, z zone, tr trial, id string) {
		r := Check(t.Context(), z, domainOf(tr), Options{})
		var want []fact.Status
		for _, o := range tr.wants() {
			want = append(want, statusFor(o))
		}
		right := slices.Contains(want, r.Status)
		if why := lintDiffers[id]; why != "" {
			met[id] = true
			if right {
				t.Errorf("agrees by now, and the table says: %s", why)
			}
			return
		}
		if !right {
			t.Errorf("%s: status %s, and the receiver says %v; record %q, problems %q", r.Domain, r.Status, tr.wants(), r.Record, said(r.Problems))
		}
	})
	unmet(t, lintDiffers, met)
}

// statusFor is what a check should say of a record for which a receiver comes to
// an outcome.
func statusFor(o Outcome) fact.Status {
	switch o {
	case None:
		return fact.None
	case TempError:
		return fact.Error
	case PermError:
		return fact.Fail
	}
	return fact.Pass
}

// libraryDiffers explains each record of which the check says something else
// than the library says for a sender that matches nothing.
var libraryDiffers = map[string]string{
	"rfc7208/A mechanism syntax/e11.example.com":  slashes,
	"rfc7208/MX mechanism syntax/e11.example.com": slashes,
}

func TestLimitsAgreeWithTheLibrary(t *testing.T) {
	stranger := net.ParseIP("203.0.113.254")
	met := map[string]bool{}
	records, permanent := 0, 0
	for _, file := range files {
		for _, s := range suite(t, file) {
			z := newZone(s)
			for _, domain := range slices.Sorted(maps.Keys(z)) {
				r := Check(t.Context(), z, domain, Options{})
				if r.Status == fact.None {
					continue
				}
				res, err := blitiri.CheckHostWithSender(stranger, domain, "postmaster@"+domain,
					blitiri.WithContext(t.Context()), blitiri.WithResolver(&resolver{x: z}))
				records++
				if res == blitiri.PermError {
					permanent++
				}
				id := strings.TrimSuffix(file, "-tests.yml") + "/" + s.Description + "/" + domain
				agrees := (res == blitiri.PermError) == (r.Status == fact.Fail)
				if !agrees && wrong(r.Problems) && res != blitiri.PermError {
					continue // a mistake that the library lets pass; see TestCheckAgreesWithTheSuite
				}
				why := libraryDiffers[id]
				met[id] = true
				if agrees == (why != "") {
					t.Errorf("%s: status %s, the library says %s (%v), the table says %q; record %q, problems %q", id, r.Status, res, err, why, r.Record, said(r.Problems))
				}
			}
		}
	}
	if records < 200 || permanent < 50 {
		t.Errorf("%d records with %d permerrors: has the suite been found?", records, permanent)
	}
	unmet(t, libraryDiffers, met)
}
