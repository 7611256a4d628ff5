package bounce

import (
	"regexp"
	"slices"
	"strings"
)

// notice is the prose of a bounce.
type notice struct {
	text     string // without the original
	original fields // header of the original, where it stands below the prose
	blocks   []block
}

// block is what the prose says about one recipient.
type block struct {
	address string
	text    string
}

// prose makes the notice: of the parts that are plain text, or of those that are
// HTML where there are no others.
func (c *content) prose() notice {
	text := strings.Join(c.plain, "\n")
	if strings.TrimSpace(text) == "" {
		var pages []string
		for _, h := range c.html {
			pages = append(pages, htmlText(h))
		}
		text = strings.Join(pages, "\n")
	}
	text = strings.ToValidUTF8(cut(text, maxNotice), "?")
	text, rest := cutOriginal(strings.ReplaceAll(text, "\u00a0", " "))
	n := notice{text: text}
	if rest != "" {
		n.original, _ = cutFields(strings.TrimLeft(rest, "\n"))
	}
	n.blocks = blocksOf(text)
	return n
}

// below are the words in front of a copy of the original.
var below = regexp.MustCompile(`^(?:this is a copy of (?:the|your) message|below this line is a copy|below is a copy of the original|` +
	`original message(?: headers?| follows?|$)|unsent message follows|the header of the original message|` +
	`included is a copy of the message header|(?:undelivered|returned|bounced) message(?: follows|$)|message (?:header|text|contents|headers) follows?|` +
	`header of (?:the )?original message|the body of the message is|copy of (?:the )?original message|original text follows)`)

// cutOriginal parts the prose from the copy of the original below it. The copy
// begins behind words that say so, or with the first field that only a header has.
func cutOriginal(text string) (prose, original string) {
	at := 0
	for line := range strings.SplitAfterSeq(text, "\n") {
		low := strings.ToLower(line[:min(len(line), 100)])
		if at > 0 && (strings.HasPrefix(low, "received:") || strings.HasPrefix(low, "return-path:")) {
			return text[:at], text[at:]
		}
		at += len(line)
		if below.MatchString(strings.Trim(low, " \t\n-=*_|>.:")) {
			return text[:at-len(line)], text[at:]
		}
	}
	return text, ""
}

// heads are the ways in which prose names a recipient at the beginning of a line:
// group 1 is the address and what follows is about it.
var heads = []*regexp.Regexp{
	regexp.MustCompile(`^[\s*•|>-]*(?:rfc822;\s*)?["'<(]*(ADDRESS)[>"')]*\s*(?::|,|;|$|\.\.\.|\[|\(| (?:on|am|le|el|il) [A-Z0-9]|<mailto:|\t)`),
	regexp.MustCompile(`^[\s*•|>-]*[^<@:]{1,60}[<(](?:mailto:|smtp:)?(ADDRESS)[>)]:?\s*$`),
	regexp.MustCompile(`^\s*[45]\d\d (?:[45]\.\d{1,3}\.\d{1,3} )?["'<]*(ADDRESS)["'>]*\.\.\. `), // a transcript of sendmail
	regexp.MustCompile(`^\s*["'<]*(ADDRESS)["'>]*\s+(?:invalid|unknown|failed|rejected|was not|is not|has)`),
	regexp.MustCompile(`(?i)^[\s-]*(?:failed (?:address|recipient)|(?:final-|intended |original |failed )?recipient(?: address| e-?mail)?|addressed to|unknown user|invalid (?:final delivery )?(?:userid|user)|undeliverable to|user.s mailbox is full|delivery failed \d+ attempts|user mailbox exceeds allowed size|address|rcpt to)\s*:\s*["'<]*(?:rfc822;\s*)?(ADDRESS)`),
	regexp.MustCompile(`(?i)^.{0,80}\b(?:message|mail|e-?mail)(?: you sent)? (?:to|for):? ["'<]*(ADDRESS)[>"']*(?:\s*$|.{0,40}(?:could|couldn|was|wasn|has|hasn|can))`),
	regexp.MustCompile(`(?i)(?:delivered to|reach|delivering to|delivery to)(?: the following (?:address|recipient)s?)?:? ["'<]*(ADDRESS)`),
}

// head finds the recipient that a line begins to speak of, and what else it says.
func head(line string) (who, rest string, ok bool) {
	if strings.IndexByte(line, '@') < 0 || len(line) > maxLine {
		return "", "", false
	}
	for _, h := range patterns {
		if at := h.FindStringSubmatchIndex(line); at != nil && !contact.MatchString(line[:at[2]]) {
			if worded(line[:at[2]]) {
				return line[at[2]:at[3]], line, true // a sentence, which says something by itself
			}
			return line[at[2]:at[3]], line[:at[2]] + line[at[3]:], true
		}
	}
	return "", "", false
}

// contact are the words in front of an address to write to, which is no recipient.
var contact = regexp.MustCompile(`(?i)\b(?:contact|assistance|help|questions?|(?:e-?mail|write|report|forward|reply)(?: this)? to)\b`)

// patterns are the heads with the pattern of an address filled in.
var patterns = fillIn(heads)

func fillIn(rs []*regexp.Regexp) []*regexp.Regexp {
	filled := make([]*regexp.Regexp, len(rs))
	for i, r := range rs {
		filled[i] = regexp.MustCompile(strings.Replace(r.String(), "ADDRESS", address.String(), 1))
	}
	return filled
}

// blocksOf splits prose at its heads. A recipient that is named again continues
// its block: Exchange names each twice, once for people and once for administrators,
// and Postfix's wrapped replies may begin a line with the address.
func blocksOf(text string) []block {
	var blocks []block
	at, before := -1, ""
	for line := range strings.SplitSeq(text, "\n") {
		who, rest, ok := head(line)
		author := strings.HasSuffix(strings.TrimRight(before, " \t"), "sent by") // Exim, of a mail that went through it
		before = line
		if ok && !author {
			at = slices.IndexFunc(blocks, func(b block) bool { return strings.EqualFold(b.address, who) })
			if at < 0 && len(blocks) < maxRecipients {
				blocks = append(blocks, block{address: who})
				at = len(blocks) - 1
			}
			line = strings.TrimLeft(rest, " \t<>\"'():,;[]*-")
		}
		if at >= 0 && len(blocks[at].text) < maxLine*2 {
			blocks[at].text += strings.TrimRight(line, " \t") + "\n"
		}
	}
	return blocks
}

// about is what the prose says about a recipient, "" when it does not name it.
func (n notice) about(who string) string {
	for _, b := range n.blocks {
		if strings.EqualFold(b.address, who) {
			return b.text
		}
	}
	return ""
}
