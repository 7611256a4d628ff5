package dnsqtest

import "github.com/miekg/dns"

// noise sends what is not the answer, and reports whether that was all.
func (s *Server) noise(w dns.ResponseWriter, answer *dns.Msg, n Noise, datagram bool) (replaced bool) {
	m := answer.Copy()
	switch n {
	case WrongID:
		m.Id++
	case WrongQuestion:
		m.Question[0].Name = "forged.test."
	case WrongType:
		m.Question[0].Qtype ^= 1
	case Echo:
		m = &dns.Msg{MsgHdr: answer.MsgHdr, Question: answer.Question}
		m.Response = false
	case Short:
		_, _ = w.Write([]byte{byte(m.Id >> 8), byte(m.Id), 0x80, 0, 0, 1})
		return false
	case Garbage:
		_, _ = w.Write(garbage(answer))
		return true
	case Truncate:
		m.Answer, m.Ns, m.Truncated = nil, nil, true
		replaced = datagram
	case Bare:
		m.Question, m.Answer, m.Ns, m.Extra = nil, nil, nil, nil
		replaced = true
	case HangUp:
		if !datagram {
			_ = w.Close() // it may be closed already
		}
		return !datagram
	}
	if replaced || isBefore(n) {
		_ = w.WriteMsg(m)
	}
	return replaced
}

func isBefore(n Noise) bool {
	return n == WrongID || n == WrongQuestion || n == WrongType || n == Echo
}

// garbage is a response whose one record points at itself for its name.
func garbage(answer *dns.Msg) []byte {
	m := &dns.Msg{MsgHdr: answer.MsgHdr, Question: answer.Question}
	raw, err := m.Pack()
	if err != nil {
		return nil
	}
	raw[7] = 1
	at := len(raw)
	return append(raw, 0xc0|byte(at>>8), byte(at), 0xff, 0xff)
}
