package dane_test

import (
	"crypto/x509"
	"slices"
	"strings"
	"testing"

	"mx_exporter/probe/cert/certtest"
	"mx_exporter/probe/dane"
	"mx_exporter/probe/fact"
)

// codes lists findings as "severity code", sorted.
func codes(r *dane.Result) string {
	var cs []string
	for _, f := range r.Findings() {
		cs = append(cs, string(f.Severity)+" "+string(f.Code))
	}
	slices.Sort(cs)
	return strings.Join(cs, ", ")
}

func TestJudge(t *testing.T) {
	ca := certtest.NewCA(t)
	names := []string{"mx1.example.test"}
	a, b := chainOf(t, ca.Issue(t, names), ca.Cert), chainOf(t, ca.Issue(t, names), ca.Cert)
	ee := func(c []*x509.Certificate) dane.Record { return record(t, 3, 1, 1, c[0]) }
	ta := record(t, 2, 0, 1, ca.Cert)
	spare := record(t, 3, 1, 1, certtest.NewCA(t).Cert)
	at := func(c []*x509.Certificate) dane.Seen {
		return dane.Seen{Address: "192.0.2.1", Offered: true, Established: true, Chain: c}
	}
	both := func(c, other []*x509.Certificate) dane.Seen {
		s := at(c)
		s.Other = other
		return s
	}
	clear, broken := dane.Seen{Address: "192.0.2.1"}, dane.Seen{Address: "192.0.2.1", Offered: true}
	failed := &fact.Failure{Reason: fact.DNSServfail}
	for _, c := range []struct {
		name   string
		r      *dane.Records
		seen   []dane.Seen
		status fact.Status
		ground dane.Ground
		spare  bool
		want   string
	}{
		{"key and spare", usable(ee(a), spare), []dane.Seen{at(a)}, fact.Pass, dane.Verified, true, ""},
		{"key alone", usable(ee(a)), []dane.Seen{at(a)}, fact.Pass, dane.Verified, false, "info dane-no-spare"},
		{"two records of one key", usable(ee(a), record(t, 3, 0, 1, a[0])), []dane.Seen{at(a)}, fact.Pass, dane.Verified, false, "info dane-no-spare"},
		{"authority", usable(ta), []dane.Seen{at(a)}, fact.Pass, dane.Verified, true, ""},
		{"one record for each of two keys", usable(ee(a), ee(b)), []dane.Seen{at(a), at(b)}, fact.Pass, dane.Verified, false, "info dane-no-spare"},
		{"both kinds of key bound", usable(ee(a), ee(b)), []dane.Seen{both(a, b)}, fact.Pass, dane.Verified, false, "info dane-no-spare"},
		{"both kinds of key and a spare", usable(ee(a), ee(b), spare), []dane.Seen{both(a, b)}, fact.Pass, dane.Verified, true, ""},
		{"the other kind of key not bound", usable(ee(a), spare), []dane.Seen{both(a, b)}, fact.Fail, dane.Verified, true, "warning dane-mismatch"},
		{"neither kind of key bound", usable(spare), []dane.Seen{both(a, b)}, fact.Fail, dane.DoesNotMatch, false, "critical dane-mismatch"},
		{"old key", usable(spare), []dane.Seen{at(a)}, fact.Fail, dane.DoesNotMatch, false, "critical dane-mismatch"},
		{"one address with an old key", usable(ee(a), spare), []dane.Seen{at(b), at(a)}, fact.Fail, dane.DoesNotMatch, true, "critical dane-mismatch"},
		{"no STARTTLS", usable(ee(a), spare), []dane.Seen{clear}, fact.Fail, dane.TLSNotOffered, false, "critical dane-needs-tls"},
		{"broken handshake", usable(ee(a), spare), []dane.Seen{broken}, fact.Fail, dane.TLSFailed, false, "critical dane-needs-tls"},
		{"no address told", usable(ee(a)), nil, fact.Error, "", false, ""},
		{"unusable", with(dane.Unusable, record(t, 1, 1, 1, a[0])), []dane.Seen{at(a)}, fact.None, dane.Encrypted, false, "warning dane-unusable-records"},
		{"unusable and no STARTTLS", with(dane.Unusable, record(t, 1, 1, 1, a[0])), []dane.Seen{clear}, fact.Fail, dane.TLSNotOffered, false, "critical dane-needs-tls, warning dane-unusable-records"},
		{"unusable beside others", usable(ee(a), spare, record(t, 1, 1, 1, a[0])), []dane.Seen{at(a)}, fact.Pass, dane.Verified, true, "info dane-unusable-records"},
		{"unsigned", with(dane.Unsigned, spare), []dane.Seen{at(a)}, fact.None, dane.NotApplicable, false, "info dane-not-signed-zone"},
		{"unpublished", with(dane.Unpublished), []dane.Seen{clear}, fact.None, dane.NotApplicable, false, ""},
		{"host unsigned", with(dane.HostUnsigned), []dane.Seen{at(a)}, fact.None, dane.NotApplicable, false, ""},
		{"untold", with(dane.Untold), []dane.Seen{at(a)}, fact.Error, dane.NotTold, false, ""},
		{"look-up failed", failing(with(dane.LookupFailed), failed), []dane.Seen{at(a)}, fact.Error, dane.NoRecordsTold, false, "critical dane-lookup-failed"},
		{"MX unsigned, right", loose(usable(ee(a), spare)), []dane.Seen{at(a)}, fact.None, dane.NotApplicable, true, "info dane-mx-not-signed"},
		{"MX unsigned, old key", loose(usable(spare)), []dane.Seen{at(a)}, fact.None, dane.NotApplicable, false, "info dane-mx-not-signed, warning dane-mismatch"},
		{"MX unsigned, look-up failed", loose(failing(with(dane.LookupFailed), failed)), []dane.Seen{at(a)}, fact.None, dane.NotApplicable, false, "warning dane-lookup-failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := c.r.Judge(c.seen, names, now())
			if res.Status != c.status || res.Spare != c.spare || codes(res) != c.want {
				t.Errorf("status %s, spare %v, findings %s; want %s, %v, %s", res.Status, res.Spare, codes(res), c.status, c.spare, c.want)
			}
			if len(c.seen) > 0 && res.Addresses[0].Ground != c.ground {
				t.Errorf("ground %s, want %s", res.Addresses[0].Ground, c.ground)
			}
			for _, x := range res.Addresses {
				if good := slices.Index(dane.Grounds(), x.Ground) <= slices.Index(dane.Grounds(), dane.NotTold); x.Delivers != good {
					t.Errorf("delivers %v on ground %s", x.Delivers, x.Ground)
				}
			}
		})
	}
	// Usage 2 without the name: the authority is there, and the rest is not right.
	v := usable(ta).Verify(a, []string{"other.test"}, now())
	if ok, g := usable(ta).WouldDeliver(true, true, v); ok || g != dane.AuthorityFailed {
		t.Errorf("%v %s", ok, g)
	}
}

func with(s dane.State, rs ...dane.Record) *dane.Records {
	r := usable(rs...)
	r.State = s
	return r
}

func failing(r *dane.Records, f *fact.Failure) *dane.Records {
	r.Failure = f
	return r
}

func loose(r *dane.Records) *dane.Records {
	r.MXAuthentic = false
	return r
}

func TestEveryCodeIsExplained(t *testing.T) {
	known := map[fact.Code]bool{}
	for _, d := range dane.Docs() {
		if d.Check != dane.Name || !strings.HasPrefix(string(d.Code), "dane-") || known[d.Code] {
			t.Errorf("%+v", d)
		}
		known[d.Code] = true
		for _, text := range []string{d.Meaning, d.Effect, d.Mend} {
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %q is no full sentence", d.Code, text)
			}
		}
	}
	for _, c := range []fact.Code{
		dane.CodeMismatch, dane.CodeNeedsTLS, dane.CodeLookup, dane.CodeUnusable,
		dane.CodeNoSpare, dane.CodeUnsigned, dane.CodeMXSigning, dane.CodeTooMany,
	} {
		if !known[c] {
			t.Errorf("%s is not explained", c)
		}
	}
	if len(known) != 8 {
		t.Errorf("%d codes", len(known))
	}
}
