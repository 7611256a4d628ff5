package smtp

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/sasl"
)

// Bounds of a login.
const (
	// maxResponse is the longest line with its CRLF that a server has to take as an
	// answer to a challenge (RFC 4954 section 4).
	maxResponse int = 12288
	// maxRounds is more than any mechanism that we use has challenges.
	maxRounds int = 4
)

// authenticate says AUTH and answers the challenges. Each of our lines has the
// time of a command.
func (c *Conversation) authenticate(client sasl.Client) *fact.Failure {
	c.begin(fact.Auth, time.Now())
	_, first, err := client.Start()
	if err != nil {
		return c.fail(fact.SecretMissing, err.Error())
	}
	line, kept := opening(client.Name(), first)
	r, f := c.exchange(line, shownOpening(line))
	for round := 0; f == nil && r.Code == 334; round++ {
		answer, err := c.answer(client, r, kept, round)
		if err != nil {
			return c.cancel(err)
		}
		kept = nil
		r, f = c.exchange(answer, hidden)
	}
	switch {
	case f != nil:
		return f
	case r.Code != 235:
		c.d.Auth.Refusal = refusalOf(r)
		return c.refused(r)
	}
	if err := client.Finish(); err != nil {
		return c.distrust(err)
	}
	return nil
}

// refused is the failure of a login that the server said no to. A temporary code
// that is about the password itself, as 432 is, is no server that cannot say now.
func (c *Conversation) refused(r reply.Reply) *fact.Failure {
	f := c.judge(r)
	if f != nil && f.Reason == fact.LoginUnavailable && c.d.Auth.Refusal != ForNow {
		f.Reason = fact.AuthFailed
	}
	return f
}

// opening is the AUTH command, with the initial response where that fits into the
// line of a command. Where it does not, it is kept for the server's first
// challenge, which has to be empty (RFC 4954 section 4).
func opening(mechanism string, first []byte) (line string, kept []byte) {
	line = "AUTH " + mechanism
	if first == nil {
		return line, nil
	}
	response := base64.StdEncoding.EncodeToString(first)
	if response == "" {
		response = "=" // an empty response, in contrast to none
	}
	if full := line + " " + response; len(full)+2 <= maxCommand {
		return full, nil
	}
	return line, first
}

// shownOpening is the AUTH command as the transcript may have it.
func shownOpening(line string) string {
	words := strings.SplitN(line, " ", 3)
	if len(words) > 2 {
		words[2] = hidden
	}
	return strings.Join(words, " ")
}

// answer is the line that answers a challenge.
func (c *Conversation) answer(client sasl.Client, r reply.Reply, kept []byte, round int) (string, error) {
	challenge, err := challengeOf(r)
	switch {
	case err != nil:
		return "", err
	case round >= maxRounds:
		return "", fmt.Errorf("%w: challenge number %d", sasl.ErrChallenge, round+1)
	case kept != nil && len(challenge) > 0:
		return "", fmt.Errorf("%w: the challenge before the initial response is not empty", sasl.ErrChallenge)
	}
	response := kept
	if kept == nil {
		if response, err = client.Next(challenge); err != nil {
			return "", err
		}
	}
	line := base64.StdEncoding.EncodeToString(response)
	if len(line)+2 > maxResponse {
		return "", fmt.Errorf("%w: the answer has more octets than a line of AUTH takes (%d)", sasl.ErrCredentials, maxResponse)
	}
	return line, nil
}

// challengeOf decodes the text of a 334 (RFC 4954 section 4).
func challengeOf(r reply.Reply) ([]byte, error) {
	if len(r.Lines) != 1 {
		return nil, fmt.Errorf("%w: a challenge of %d lines", sasl.ErrChallenge, len(r.Lines))
	}
	b, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(r.Lines[0]))
	if err != nil {
		return nil, fmt.Errorf("%w: a challenge that is not in Base64", sasl.ErrChallenge)
	}
	return b, nil
}

// exchange says one line of a login and hears what comes, which is not judged
// yet.
func (c *Conversation) exchange(line, shown string) (reply.Reply, *fact.Failure) {
	if c.surplus() {
		return c.unasked()
	}
	c.clock.Allow(c.o.Timeouts.Command)
	_, response, _ := strings.Cut(strings.TrimPrefix(line, "AUTH "), " ")
	if shown == hidden {
		response = line
	}
	c.hide.AddSent(response)
	if f := c.send([]byte(line+"\r\n"), shown); f != nil {
		return reply.Reply{}, f
	}
	return c.listen()
}

// cancel gives a login up (RFC 4954 section 4): the server waits for an answer,
// and would take QUIT for one.
func (c *Conversation) cancel(why error) *fact.Failure {
	r, f := c.exchange("*", "*")
	if f == nil && r.Code/100 == 3 {
		c.mute = true
	}
	return c.distrust(why)
}

// distrust is the failure of a login that the server did not end.
func (c *Conversation) distrust(why error) *fact.Failure {
	reason, refusal := fact.ReplyInvalid, OutOfStep
	switch {
	case sasl.Ours(why):
		return c.fail(fact.SecretMissing, why.Error())
	case errors.Is(why, sasl.ErrRejected):
		reason, refusal = fact.AuthFailed, WrongCredentials
	case errors.Is(why, sasl.ErrSignature):
		reason, refusal = fact.AuthFailed, Unproven
	}
	c.d.Auth.Refusal, c.now.Class = refusal, reply.AuthRequired
	if reason == fact.ReplyInvalid {
		c.now.Class = reply.ProtocolError
	}
	return c.fail(reason, why.Error())
}
