package bounce

import "regexp"

// waiting are the words of a notice that a mail has not been given up yet.
var waiting = regexp.MustCompile(`(?i)has not yet been delivered|warning message only|will (?:keep trying|be retried|continue to try|retry)|has been delayed|delivery (?:incomplete|is delayed)|` +
	`could not be delivered (?:yet|for (?:more than|over|the last) (?:\d|a few|one|four) h)|message delayed|no action is required|temporary problem delivering|still being (?:tried|retried)|do not need to resend`)

// ended are the words that end it all the same.
var ended = regexp.MustCompile(`(?i)permanent(?:ly)? (?:fatal )?(?:error|fail)|given up|giving up|could not be delivered for more than \d+ days`)

// action is what a notice without fields says was done.
func (n notice) action(c *content) Action {
	head := words(c.header.first("subject")) + "\n" + n.text
	if waiting.MatchString(head) && !ended.MatchString(n.text) {
		return Delayed
	}
	return Failed
}
