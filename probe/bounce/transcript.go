package bounce

import (
	"strings"

	"mx_exporter/probe/reply"
)

// refused is a line in which a server says no.
type refused struct {
	line  string // lower case
	reply reply.Reply
}

// transcript lists the refusals in the conversation with a server that a text quotes.
func transcript(text string) []refused {
	var list []refused
	for line := range strings.SplitSeq(text, "\n") {
		bare := strings.TrimLeft(line, " \t<->|*")
		if bare == "" || bare[0] != '4' && bare[0] != '5' && !strings.Contains(bare, "<<<") && !strings.Contains(bare, ">>> ") {
			continue
		}
		if one, ok := coded(bare); ok && len(list) < maxRecipients {
			list = append(list, refused{strings.ToLower(cut(bare, maxLine)), one})
		}
	}
	return list
}

// ofTranscript is the refusal that names a recipient, or for the only recipient
// there is, the last one.
func ofTranscript(list []refused, who string, alone bool) (reply.Reply, bool) {
	for _, r := range list {
		if who != "" && strings.Contains(r.line, strings.ToLower(who)) {
			return r.reply, true
		}
	}
	if !alone || len(list) == 0 {
		return reply.Reply{}, false
	}
	return list[len(list)-1].reply, true
}
