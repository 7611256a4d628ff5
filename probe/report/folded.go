package report

import (
	"slices"
	"strings"
)

// maxFolded bounds the octets of one folded text on a page.
const maxFolded = 512 << 10

// foldedView is a long text behind one line.
type foldedView struct {
	Summary string
	Text    string
}

// fullOf is the texts that machines read.
func fullOf(s *subject) any {
	var b strings.Builder
	if err := JSON(&b, s.Result); err != nil {
		b.Reset()
		b.WriteString("the result could not be written as JSON\n")
	}
	views := []foldedView{
		folded("What Prometheus sees of this probe", s.options.Metrics),
		folded("The configuration of module "+remark(s.Module)+", as it is now", s.options.Module),
		folded("The whole result as JSON", b.String()),
	}
	return slices.DeleteFunc(views, func(v foldedView) bool { return v.Text == "" })
}

// folded cuts a text at the end of a line.
func folded(summary, text string) foldedView {
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
