package mailaddr

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// summary is what a link gives, one word an address.
func summary(href string) string {
	var all []string
	for _, f := range Mailto(href) {
		if f.Fault != nil {
			all = append(all, fmt.Sprintf("%s!%s@%d", f.Written, f.Fault.Reason, f.Fault.At))
			continue
		}
		all = append(all, f.Address.String())
	}
	return strings.Join(all, " | ")
}

func TestMailtoReadsWhatABrowserWouldWriteTo(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"one address", "mailto:info@example.org", "info@example.org"},
		{"the scheme in capitals", "MailTo:info@example.org", "info@example.org"},
		{"space and line ends, which a browser drops", " \n mail\nto:info@\texample.org ", "info@example.org"},
		{"several", "mailto:a@example.org,b@example.org", "a@example.org | b@example.org"},
		{"several with a space", "mailto:a@example.org,%20b@example.org", "a@example.org | b@example.org"},
		{"percent-encoded", "mailto:%69nfo%40example.org", "info@example.org"},
		{"percent-encoded UTF-8", "mailto:info@b%C3%BCcher.example", "info@xn--bcher-kva.example"},
		{"an encoded comma belongs to a quoted local part", "mailto:%22not%2Cme%22@example.org", `"not,me"@example.org`},
		{"a plus sign is one", "mailto:unsubscribe+x%2By@example.org", "unsubscribe+x+y@example.org"},
		{"an encoded percent sign", "mailto:gorby%25kremvax@example.org", "gorby%kremvax@example.org"},
		{"an encoded question mark", "mailto:unlikely%3Faddress@example.org?blat=foop", "unlikely?address@example.org"},
		{"to as a field", "mailto:?to=info@example.org", "info@example.org"},
		{"to as a field, encoded", "mailto:?subject=x&T%6F=info%40example.org", "info@example.org"},
		{"to before and as a field", "mailto:a@example.org?to=b@example.org,c@example.org", "a@example.org | b@example.org | c@example.org"},
		{"a fragment", "mailto:info@example.org#top", "info@example.org"},
		{"W6: every other field is dropped", "mailto:a@example.org?bcc=trap@example.net&cc=x@example.net&subject=%0d%0aRCPT%20TO:<b@example.org>", "a@example.org"},
		{"W6: a line end never gets through", "mailto:a@example.org%0d%0aRCPT%20TO:b@example.org", "a@example.org\r\nRCPT TO:b@example.org!control@13"},
		{"nothing", "mailto:", "!empty@0"},
		{"nothing but a subject", "mailto:?subject=x", "!empty@0"},
		{"a comma too many", "mailto:a@example.org,", "a@example.org | !empty@0"},
		{"a percent sign alone", "mailto:100%@example.org", "100%@example.org!bad_encoding@3"},
		{"half an encoding", "mailto:info@example.org%4", "info@example.org%4!bad_encoding@16"},
		{"Latin-1 where UTF-8 is wanted", "mailto:info@b%FCcher.example", "info@b\xfccher.example!bad_encoding@6"},
		{"a semicolon", "mailto:a@example.org;b@example.org", "a@example.org;b@example.org!separator@13"},
		{"no address", "mailto:info.example.org", "info.example.org!no_at@16"},
		{"twice", "mailto:mailto:info@example.org", "mailto:info@example.org!scheme@0"},
		{"a display name", "mailto:Sales%20<info@example.org>", "Sales <info@example.org>!wrapped@6"},
		{"two slashes", "mailto://info@example.org", "//info@example.org!scheme@0"},
		{"two slashes that are encoded belong to the local part", "mailto:%2F%2Finfo@example.org", "//info@example.org"},
		{"one slash", "mailto:/s=x/@example.org", "/s=x/@example.org"},
		{"a script that nobody runs", "javascript:location='mailto:'+x", ""},
		{"a link that is too long", "mailto:" + strings.Repeat("a", MaxLink+1), strings.Repeat("a", MaxLink+1) + "!long@2048"},
	} {
		if got := summary(tt.in); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func FuzzMailto(f *testing.F) {
	for _, s := range []string{
		"mailto:info@example.org", "mailto:a@b.example,%22c%2Cd%22@e.example?to=f@g.example&bcc=h@i.example",
		"mailto:%", "mailto:?to", "MAILTO:\t%0d%0a@x.example#y", "mailto:a@[192.0.2.1]",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		all := Mailto(s)
		if IsMailto(s) != (len(all) > 0) {
			t.Fatalf("%q: %d addresses", s, len(all))
		}
		for _, a := range all {
			switch {
			case a.Fault == nil && strings.ContainsAny(a.Address.String(), "\r\n"):
				t.Fatalf("%q gives %q", s, a.Address)
			case a.Fault != nil && (a.Fault.At < 0 || a.Fault.At > len(a.Written)):
				t.Fatalf("%q: place %d in %q", s, a.Fault.At, a.Written)
			}
		}
	})
}

// In JSON a place counts from 1, as it does in words and in tables.
func TestPlacesCountFromOne(t *testing.T) {
	b, err := json.Marshal(Mailto("mailto:a@example.org;b@example.org")[0].Fault)
	if want := `{"reason":"separator","at":14,`; err != nil || !strings.HasPrefix(string(b), want) {
		t.Errorf("%s, %v; want %s", b, err, want)
	}
	var back SyntaxError
	if err := json.Unmarshal(b, &back); err != nil || back.At != 13 || back.Reason != Separator || back.Detail == "" {
		t.Errorf("%+v, %v", back, err)
	}
}
