package maillab

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Delivery is what becomes of a message for one recipient.
type Delivery struct {
	Box     string        // "server/account" that it is filed in; "": nowhere
	Folder  string        // of an IMAP account; "": the inbox
	After   time.Duration // how long it lies here first
	Times   int           // how often it is filed
	Lose    bool          // taken and never seen again
	Strip   bool          // attachments are replaced with a notice
	Forward string        // address that it goes on to, through that one's server
	Bounce  string        // reply for which it is sent back later
}

// parseDelivery reads "local-part words"; see scenarios/README.md.
func parseDelivery(v string) (local string, d Delivery, err error) {
	words := strings.Fields(v)
	if len(words) < 2 {
		return "", d, fmt.Errorf("%q: want a local part and what becomes of mail for it", v)
	}
	d = Delivery{Folder: Inbox, Times: 1}
	for i, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "box":
			d.Box = value
		case "folder":
			d.Folder = value
		case "after":
			d.After, err = time.ParseDuration(value)
		case "times":
			d.Times, err = strconv.Atoi(value)
		case "lose":
			d.Lose = true
		case "strip":
			d.Strip = true
		case "forward":
			d.Forward = value
		case "bounce":
			d.Bounce = strings.Join(append([]string{value}, words[i+2:]...), " ")
			return strings.ToLower(words[0]), d, nil
		default:
			return "", d, fmt.Errorf("%q is none of box, folder, after, times, lose, strip, forward, bounce", w)
		}
		if err != nil {
			return "", d, fmt.Errorf("%q: %w", w, err)
		}
	}
	return strings.ToLower(words[0]), d, nil
}

// deliver does with a message what the server's rules say. Waiting is done
// beside the conversation and ends with the lab.
func (l *Lab) deliver(s *Server, sender string, to []string, text []byte) {
	for _, rcpt := range to {
		local, domain := splitAddress(rcpt)
		traced := s.trace(sender, rcpt, text)
		rule, ok := s.behaviour.Deliver[local]
		switch {
		case domain != "" && !slices.Contains(s.behaviour.Domains, domain): // we are a relay
			rule = Delivery{Forward: rcpt}
		case !ok:
			l.violate("%s took mail for %s and has no rule deliver for it", s.Name, rcpt)
			continue
		}
		l.background.Go(func() {
			if rule.After > 0 && pause(l.ctx, rule.After) != nil {
				return
			}
			if err := l.file(s, rule, sender, rcpt, traced); err != nil {
				l.violate("%s could not deliver to %s: %v", s.Name, rcpt, err)
			}
		})
	}
}

// trace puts on what each server does: the return path where the journey ends,
// a line of its own, and what the scenario adds (RFC 5321 section 4.4).
func (s *Server) trace(sender, rcpt string, text []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <%s>\r\n", sender)
	for _, h := range s.behaviour.AddHeaders {
		b.WriteString(h + "\r\n")
	}
	fmt.Fprintf(&b, "Received: from monitor.lab.test (monitor.lab.test [192.0.2.9])\r\n\tby %s (Lab) with ESMTPS id %08x\r\n\tfor <%s>; %s\r\n",
		s.Name, s.lab.serial.Add(1), rcpt, time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	b.Write(text)
	return b.Bytes()
}

func (l *Lab) file(s *Server, d Delivery, sender, rcpt string, text []byte) error {
	if d.Strip {
		var err error
		if text, err = stripped(text); err != nil {
			return err
		}
	}
	switch {
	case d.Lose:
		return nil
	case d.Bounce != "":
		if sender == "" { // a bounce is never bounced (RFC 5321 section 4.5.5)
			return nil
		}
		return l.post("", sender, bounceOf(s.Name, sender, rcpt, d.Bounce, text))
	case d.Forward != "":
		return l.post(sender, d.Forward, text)
	}
	server, account, _ := strings.Cut(d.Box, "/")
	holder := l.servers[server]
	if holder == nil || holder.Box(account) == nil {
		return fmt.Errorf("there is no box %s", d.Box)
	}
	for range d.Times {
		if err := holder.Box(account).Put(d.Folder, text, time.Now()); err != nil {
			return err
		}
	}
	return nil
}

// post hands a message to the server of the lab that takes mail for an address.
func (l *Lab) post(sender, to string, text []byte) error {
	local, domain := splitAddress(to)
	for _, s := range l.servers {
		if _, ok := s.behaviour.Deliver[local]; ok && s.behaviour.Takes && slices.Contains(s.behaviour.Domains, domain) {
			l.deliver(s, sender, []string{to}, text)
			return nil
		}
	}
	return errors.New("no server takes mail for " + to)
}

func splitAddress(a string) (local, domain string) {
	at := strings.LastIndexByte(a, '@')
	if at < 0 {
		return strings.ToLower(a), ""
	}
	local, domain = strings.ToLower(a[:at]), strings.ToLower(a[at+1:])
	if i := strings.IndexByte(local, '+'); i > 0 { // a detail is delivered to the local part before it (RFC 5233)
		local = local[:i]
	}
	return local, domain
}
