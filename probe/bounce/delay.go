package bounce

import (
	"regexp"
	"strings"
)

// waiting are the words of a notice that a mail has not been given up yet.
var waiting = regexp.MustCompile(`(?i)has not yet been delivered|warning message only|will (?:keep trying|be retried|continue to try|retry)|has been delayed|delivery (?:incomplete|is delayed)|` +
	`could not be delivered (?:yet|for (?:more than|over|the last) (?:\d|a few|one|four) h)|message delayed|no action is required|temporary problem delivering|still being (?:tried|retried)|do not need to resend`)

// given up are the words that end it all the same.
var ended = regexp.MustCompile(`(?i)permanent(?:ly)? (?:fatal )?(?:error|fail)|given up|giving up|could not be delivered for more than \d+ days`)

// action is what a notice without fields says was done.
func (n notice) action(c *content) Action {
	head := words(c.header.first("subject")) + "\n" + n.text
	if waiting.MatchString(head) && !ended.MatchString(n.text) {
		return Delayed
	}
	return Failed
}

// reporter finds who sent a bounce whose fields do not say.
func (n notice) reporter(header fields) string {
	if m := introduced.FindStringSubmatch(cut(n.text, maxLine)); m != nil {
		return strings.TrimRight(m[1], ".")
	}
	_, domain, _ := strings.Cut(mailbox(header.first("from")), "@")
	return domain
}

// introduced is how mail systems name themselves.
var introduced = regexp.MustCompile(`(?i)(?:qmail-send program at|mail system at host|postfix program at host|notification from|generating server:|mail server at|reporting-mta: dns;)\s+([a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,10})`)
