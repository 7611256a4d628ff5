package report

import (
	"strings"
)

// maxFolded bounds the octets of one folded text on a page.
const maxFolded = 512 << 10

// foldedView is a long text behind one line.
type foldedView struct {
	Summary string
	Text    string
}

func metricsOf(s *subject) any {
	return folded("What Prometheus gets to see of this probe", s.options.Metrics)
}

func moduleOf(s *subject) any {
	return folded("The configuration of the module, as used", s.options.Module)
}

func jsonOf(s *subject) any {
	var b strings.Builder
	if err := JSON(&b, s.Result); err != nil {
		return foldedView{"The result could not be written as JSON", ""}
	}
	return folded("The whole result, as /probe?format=json has it", b.String())
}

// folded cuts a text at the end of a line.
func folded(summary, text string) any {
	if text == "" {
		return nil
	}
	if len(text) > maxFolded {
		text = text[:strings.LastIndexByte(text[:maxFolded], '\n')+1] + "… the rest is left out here\n"
	}
	return foldedView{summary, text}
}

// pastView is one earlier report.
type pastView struct {
	Link    string
	At      stamp
	Verdict string
	Why     string
}

func pastOf(s *subject) any {
	var views []pastView
	for _, p := range s.options.Past {
		views = append(views, pastView{p.Link, stampOf(p.At), string(p.Verdict), remark(p.Why)})
	}
	if views == nil {
		return nil
	}
	return views
}
