package dane_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"mx_exporter/probe/cert/certtest"
	"mx_exporter/probe/dane"
)

// digest is n octets in hexadecimal.
func digest(n int) string { return strings.Repeat("a5", n) }

// Row N22 of the fault catalogue: what no sender can use.
func TestUnusableRecordsAreToldByTheirFault(t *testing.T) {
	c := certtest.NewCA(t).Issue(t, []string{"mx1.example.test"}).Leaf
	for _, row := range []struct {
		text string
		want dane.Fault
	}{
		{"3 1 1 " + digest(32), ""},
		{"3 1 2 " + digest(64), ""},
		{"2 0 1 " + digest(32), ""},
		{"3 0 0 " + hex.EncodeToString(c.Raw), ""},
		{"2 1 0 " + hex.EncodeToString(c.RawSubjectPublicKeyInfo), ""},
		{"0 0 1 " + digest(32), dane.PKIXUsage},
		{"1 1 1 " + digest(32), dane.PKIXUsage},
		{"4 1 1 " + digest(32), dane.UnknownUsage},
		{"255 1 1 " + digest(32), dane.UnknownUsage},
		{"3 2 1 " + digest(32), dane.UnknownSelector},
		{"3 1 3 " + digest(32), dane.UnknownMatching},
		{"3 1 1 " + digest(31), dane.BadLength},
		{"3 1 1 " + digest(33), dane.BadLength},
		{"3 1 2 " + digest(32), dane.BadLength},
		{"3 0 0 " + digest(32), dane.BadData},
		{"3 1 0 " + hex.EncodeToString(c.Raw), dane.BadData},
		{"2 0 0 " + hex.EncodeToString(c.RawSubjectPublicKeyInfo), dane.BadData},
	} {
		r, err := dane.ParseRecord(row.text)
		if err != nil || r.Fault != row.want || r.Used() != (row.want == "") {
			t.Errorf("%.20s: %q, %v, want %q", row.text, r.Fault, err, row.want)
		}
	}
}

func TestBadTextIsNoRecord(t *testing.T) {
	for text, want := range map[string]string{
		"":             "0 fields",
		"3 1 1":        "3 fields",
		"3 x 1 ab":     "field 2",
		"3 1 -1 ab":    "field 3",
		"256 1 1 ab":   "field 1",
		"3 1 1 abc":    "hexadecimal",
		"3 1 1 ab gh":  "hexadecimal",
		"3 1 1 \x00\n": "hexadecimal",
	} {
		if _, err := dane.ParseRecord(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q in it", text, err, want)
		}
	}
}

// The library gives hexadecimal digits in the case of the zone's text.
func TestCaseAndBlanksOfDataMeanNothing(t *testing.T) {
	a, err := dane.ParseRecord("3 1 1 " + strings.ToUpper(digest(16)) + " " + digest(16))
	if err != nil || a.String() != "3 1 1 "+digest(32) {
		t.Errorf("%s, %v", a, err)
	}
}

// Row N22: a record may carry a certificate of any size, and a view shows little
// of it.
func TestDataIsCutForPeople(t *testing.T) {
	r := dane.Record{Usage: 3, Data: make(dane.Data, 60_000)}
	b, err := json.Marshal(r)
	if err != nil || len(b) > 250 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	r.Data = make(dane.Data, 64)
	if b, err := json.Marshal(r); err != nil || !strings.Contains(string(b), `"`+strings.Repeat("00", 64)+`"`) {
		t.Errorf("%s, %v", b, err)
	}
}

func TestWeakerDigestsAreSetAside(t *testing.T) {
	z := signed(t, `
_25._tcp.mx1.example.test. TLSA 3 1 1 `+digest(32)+`
_25._tcp.mx1.example.test. TLSA 3 1 2 `+digest(64)+`
_25._tcp.mx1.example.test. TLSA 3 0 1 `+digest(32)+`
_25._tcp.mx1.example.test. TLSA 2 1 1 `+digest(32)+`
_25._tcp.mx1.example.test. TLSA 2 1 2 `+digest(10)+`
`)
	var got []string
	for _, r := range dane.Lookup(context.Background(), z, "mx1.example.test", everything).TLSA {
		got = append(got, string(r.Fault))
	}
	// Of usage 3 the full certificate has no stronger digest; of usage 2 the
	// stronger one is unusable and pushes nothing aside.
	if want := "weaker_digest,,,,bad_length"; strings.Join(got, ",") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func FuzzRecord(f *testing.F) {
	f.Add("3 1 1 " + digest(32))
	f.Add("2 0 0 30820122")
	f.Add("0 255 3 AB cd")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := dane.ParseRecord(text)
		if err != nil {
			return
		}
		again, err := dane.ParseRecord(r.String())
		if err != nil || again.String() != r.String() || again.Fault != r.Fault {
			t.Errorf("%q: %s (%s) became %s (%s), %v", text, r, r.Fault, again, again.Fault, err)
		}
		v := (&dane.Records{State: dane.Usable, TLSA: []dane.Record{r}}).Verify(nil, nil, now())
		if v.OK || len(v.Outcomes) != 1 {
			t.Errorf("no chain gave %+v", v)
		}
	})
}
