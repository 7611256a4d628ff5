package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// JSONLine writes a result as one line of JSON, in nothing but printable ASCII.
// The error is that of the writer.
func JSONLine(w io.Writer, r *probe.Result) error {
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("result of %s as JSON: %w", name(r.Target.String()), err)
	}
	_, err = w.Write(append(asciiJSON(bytes.TrimSpace(b)), '\n'))
	return err
}

// columns are those of [CSV].
var columns = []string{"target", "module", "verdict", "success", "started", "seconds", "hosts", "hosts_up", "critical", "warnings", "why"}

// CSV writes results as rows of comma-separated values (RFC 4180), below a row
// with the names of the columns.
type CSV struct {
	w     *csv.Writer
	begun bool
}

// NewCSV writes to w.
func NewCSV(w io.Writer) *CSV { return &CSV{w: csv.NewWriter(w)} }

// Row writes one result. The error is that of the writer.
func (c *CSV) Row(r *probe.Result) error {
	if !c.begun {
		c.begun = true
		_ = c.w.Write(columns) // said again by Error
	}
	up := 0
	for _, h := range r.Hosts {
		if h.State == probe.Up {
			up++
		}
	}
	number := strconv.Itoa
	_ = c.w.Write([]string{
		name(r.Target.String()), remark(r.Module), string(r.Verdict), strconv.FormatBool(r.Success), stampOf(r.Started).Machine,
		strconv.FormatFloat(r.Duration.Seconds(), 'f', 3, 64), number(len(r.Hosts)), number(up),
		number(severe(r, fact.Critical)), number(severe(r, fact.Warning)), remark(r.Why),
	})
	c.w.Flush()
	return c.w.Error()
}

// severe counts the findings of a severity.
func severe(r *probe.Result, s fact.Severity) (n int) {
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Brief is what a table of many says of one.
type Brief struct {
	Target  string
	Verdict fact.Verdict
	Why     string
}

// BriefOf makes a result brief. Its words are fit to be printed.
func BriefOf(r *probe.Result) Brief {
	return Brief{name(r.Target.String()), r.Verdict, remark(r.Why)}
}

// Summary writes a table of many targets, those that are worst first, and how
// many there are of each verdict. The error is that of the writer.
func Summary(w io.Writer, all []Brief, o Options) error {
	p := &printer{options: o}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Brief) int { return Rank(b.Verdict) - Rank(a.Verdict) })
	verdict, target := 0, 0
	for _, b := range all {
		verdict, target = max(verdict, len(b.Verdict)), max(target, utf8.RuneCountInString(b.Target))
	}
	for _, b := range all {
		p.brief(b, verdict, min(target, maxTargetColumn))
	}
	p.gap()
	p.line(0, tally(all)...)
	_, err := io.WriteString(w, p.out.String())
	return err
}

// maxTargetColumn keeps one long name from pushing everything aside.
const maxTargetColumn = 40

// brief is one row: the verdict, the target, and why.
func (p *printer) brief(b Brief, verdict, target int) {
	first := string(b.Verdict) + strings.Repeat(" ", verdict-len(b.Verdict))
	name := b.Target + strings.Repeat(" ", max(target-utf8.RuneCountInString(b.Target), 0))
	hang := strings.Repeat(" ", verdict+len(indent)+target+len(indent))
	p.put(word{first, verdictColour(b.Verdict)})
	p.flowFrom(indent+name+indent, verdict, hang, plainTexts(b.Why))
}

// tally counts the verdicts.
func tally(all []Brief) [][]word {
	n := map[fact.Verdict]int{}
	for _, b := range all {
		n[b.Verdict]++
	}
	phrases := [][]word{plainTexts(count(len(all), "target") + ":")}
	for i, v := range fact.Verdicts() {
		text := strconv.Itoa(n[v]) + " " + string(v)
		if i < len(fact.Verdicts())-1 {
			text += ","
		}
		phrases = append(phrases, plainTexts(text))
	}
	return phrases
}
