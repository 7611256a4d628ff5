package spf

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"v=spf1 +mx a:x.test/24//64 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:_spf.x.test ~all",
		"v=spf1 exists:%{ir}.%{v}._spf.%{d2} ptr:x.test redirect=_spf.x.test exp=e.x.test moo=%%",
		"V=SPF1 IP6:::ffff:192.0.2.1 A//0 -ALL", "v=spf1 a/ mx:/24 ip4: ?all:x \x00 %",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, ps := Parse(s)
		if len(ps) > 2*maxProblems {
			t.Fatalf("%d problems", len(ps))
		}
		for _, p := range ps {
			if p.Column < 0 || p.Column > len(s)+1 || p.Kind == "" || p.Text == "" {
				t.Fatalf("%+v in %d octets", p, len(s))
			}
		}
		again, ps := Parse(r.String())
		if wrong(ps) {
			t.Fatalf("%q became %q with %q", s, r.String(), said(ps))
		}
		where := cmpopts.IgnoreFields(Term{}, "Number", "Column")
		if d := cmp.Diff(r.Terms, again.Terms, where, cmp.Comparer(equalNetworks), cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("%q became %q: %s", s, r.String(), d)
		}
	})
}

func FuzzExpand(f *testing.F) {
	for _, s := range []string{"%{d}", "%{o2r-}.%%%_%-", "%{i}", "%{d", "%{l1r+-/}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, ok := expand(s, "a.b.x.test", "x.test")
		p := parser{record: &Record{}}
		if sound := p.macros(s, 0); ok && !sound || !ok && name != "" {
			t.Fatalf("%q became %q, %v; its macros are sound: %v", s, name, ok, sound)
		}
	})
}
