package dnsq

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// packed gives the bytes of a message.
func packed(t testing.TB, m *dns.Msg) []byte {
	t.Helper()
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestQuestionAsksForEDNSAndTheVerdictOfDNSSEC(t *testing.T) {
	t.Parallel()
	q := question("example.test.", dns.TypeMX)
	opt := q.IsEdns0()
	if !q.RecursionDesired || !q.AuthenticatedData || q.CheckingDisabled || opt == nil || opt.UDPSize() != 1232 || opt.Do() {
		t.Errorf("%v", q)
	}
}

func TestPaddedQuestionsHaveOneLength(t *testing.T) {
	t.Parallel()
	for n := range 60 {
		q := question(strings.Repeat("a", n+1)+".test.", dns.TypeA)
		w, err := pack(q, true)
		if err != nil || len(w.message())%padBlock != 0 || int(binary.BigEndian.Uint16(w)) != len(w.message()) {
			t.Fatalf("%d bytes: %v", len(w.message()), err)
		}
		if len(q.IsEdns0().Option) != 0 {
			t.Fatal("the question was changed")
		}
	}
}

func TestLongQuestionIsPacked(t *testing.T) {
	t.Parallel()
	q := question("example.test.", dns.TypeA)
	q.IsEdns0().Option = append(q.IsEdns0().Option, &dns.EDNS0_PADDING{Padding: make([]byte, 2000)})
	w, err := pack(q, false)
	if err != nil || int(binary.BigEndian.Uint16(w)) != len(w.message()) || len(w.message()) < 2000 {
		t.Errorf("%d bytes: %v", len(w), err)
	}
}

func TestOnlyTheAnswerToTheQuestionCounts(t *testing.T) { // N11
	t.Parallel()
	w, err := pack(question("mx1.Example.test.", dns.TypeA), false)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		change func(m *dns.Msg)
		want   bool
	}{
		"right":              {func(*dns.Msg) {}, true},
		"other case":         {func(m *dns.Msg) { m.Question[0].Name = "MX1.eXAMPLE.TEST." }, true},
		"other name":         {func(m *dns.Msg) { m.Question[0].Name = "mx2.example.test." }, false},
		"longer name":        {func(m *dns.Msg) { m.Question[0].Name = "mx1.example.test.test." }, false},
		"shorter name":       {func(m *dns.Msg) { m.Question[0].Name = "." }, false},
		"other type":         {func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeAAAA }, false},
		"type in small case": {func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeA | 0x20 }, false},
		"other class":        {func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }, false},
		"two questions":      {func(m *dns.Msg) { m.Question = append(m.Question, m.Question[0]) }, false},
		"other opcode":       {func(m *dns.Msg) { m.Opcode = dns.OpcodeNotify }, false},
		"bare":               {func(m *dns.Msg) { m.Question = nil }, false},
		"bare NXDOMAIN":      {func(m *dns.Msg) { m.Question, m.Rcode = nil, dns.RcodeNameError }, false},
		"bare FORMERR":       {func(m *dns.Msg) { m.Question, m.Rcode = nil, dns.RcodeFormatError }, true},
	} {
		m := new(dns.Msg).SetReply(question("mx1.example.test.", dns.TypeA))
		tt.change(m)
		if got := w.answers(packed(t, m)); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestPartOfAnAnswerIsNoAnswer(t *testing.T) { // N12
	t.Parallel()
	q := question("bomb.test.", dns.TypeA)
	m := new(dns.Msg).SetReply(q)
	for range 3 {
		m.Answer = append(m.Answer, &dns.A{Hdr: dns.RR_Header{Name: "bomb.test.", Rrtype: dns.TypeA, Class: dns.ClassINET}, A: []byte{192, 0, 2, 1}})
	}
	raw := packed(t, m)
	if _, err := unpack(raw, q); err != nil {
		t.Fatal(err)
	}
	if _, err := unpack(raw[:len(raw)-25], q); err == nil { // the last record is gone
		t.Error("a record that is announced is missing, and nobody says so")
	}
	binary.BigEndian.PutUint16(raw[6:], 65535)
	if m, err := unpack(raw, q); err == nil {
		t.Errorf("65535 records are announced, %d are there", len(m.Answer))
	}
}

// rawly is an exchanger that reads a response as a client does.
type rawly []byte

func (r rawly) Exchange(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
	w, err := pack(q, false)
	if err != nil {
		return nil, err
	}
	if !isResponse(r) || !w.answers(r) {
		return nil, errors.New("not an answer to this question")
	}
	return unpack(r, q)
}

// FuzzAnswer feeds bytes from a resolver to all that reads them (N12).
func FuzzAnswer(f *testing.F) {
	q := question("example.test.", dns.TypeMX)
	m := new(dns.Msg).SetReply(q)
	for _, s := range []string{
		"example.test. 60 IN CNAME www.example.test.", "www.example.test. 60 IN MX 10 mx1.example.test.",
		`www.example.test. 4294967295 IN MX 0 \000\".`,
	} {
		rr, err := dns.NewRR(s)
		if err != nil {
			f.Fatal(err)
		}
		m.Answer = append(m.Answer, rr)
		f.Add(packed(f, m))
	}
	loop := packed(f, new(dns.Msg).SetReply(q))
	loop[7] = 1
	f.Add(append(loop, 0xc0, byte(len(loop)), 0, 15, 0, 1, 0, 0, 0, 1, 0, 4, 0, 10, 0xc0, 12))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c := NewCache(rawly(raw), 1)
		for range 2 { // the second time from memory
			a, err := Lookup[*dns.MX](t.Context(), c, "example.test.")
			if (err == nil) != (len(a.Records) > 0) {
				t.Fatalf("%d records and %v", len(a.Records), err)
			}
			if len(a.Records) > maxRecords || len(a.CNAMEs) > maxSteps || a.TTL < 0 || a.TTL > maxTTL*1e9 {
				t.Fatalf("out of bounds: %d records, %d aliases, %v", len(a.Records), len(a.CNAMEs), a.TTL)
			}
			for _, r := range a.Records {
				if owner := a.Name; len(a.CNAMEs) == 0 && !strings.EqualFold(r.Hdr.Name, owner) {
					t.Fatalf("a record of %q for %q", r.Hdr.Name, owner)
				}
			}
			if err != nil && ReasonOf(err) == "" {
				t.Fatalf("an error without reason: %v", err)
			}
		}
	})
}
