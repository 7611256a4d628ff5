package promtest

import (
	"fmt"
	"strings"
)

// Selector is one metric that an expression asks for.
type Selector struct {
	Name     string
	Matchers map[string]string // label and what it is compared with, as written
}

// Expr is what an expression asks for and what becomes of the labels.
type Expr struct {
	Selectors  []Selector
	Grouping   []string // labels behind by, on, group_left and so on
	Aggregated []string // labels behind the first by, where the expression begins with an aggregation
}

// closed lists of PromQL's words.
const (
	aggregations = " sum min max avg group stddev stdvar count count_values bottomk topk quantile "
	groupings    = " by without on ignoring group_left group_right "
	operators    = " and or unless atan2 bool offset inf nan "
)

func isWord(list, w string) bool { return strings.Contains(list, " "+strings.ToLower(w)+" ") }

// Parse reads an expression. It expects one that Prometheus takes, and only
// notices mistakes that keep it from finding the metrics.
func Parse(expression string) (Expr, error) {
	l := &lexer{text: expression}
	for l.err == nil && l.skip() {
		l.next()
	}
	if l.err == nil && len(l.found.Selectors) == 0 {
		l.err = fmt.Errorf("no metric in %q", expression)
	}
	return l.found, l.err
}

// lexer goes through an expression from metric to metric.
type lexer struct {
	text  string
	at    int
	words int // words before this one
	found Expr
	err   error
}

// skip goes on to the next word and says whether there is one.
func (l *lexer) skip() bool {
	for l.at < len(l.text) && l.err == nil {
		switch c := l.text[l.at]; {
		case c == '"' || c == '\'' || c == '`':
			l.quoted()
		case c == '[':
			l.until("]")
		case c == '#':
			l.until("\n")
		case c == '{':
			l.err = fmt.Errorf("a selector without a metric's name in %q", l.text)
		case c >= '0' && c <= '9':
			l.word()
		case letter(c):
			return true
		default:
			l.at++
		}
	}
	return false
}

// next takes one word and what belongs to it.
func (l *lexer) next() {
	w := l.word()
	first := l.words == 0
	l.words++
	switch follows := l.peek(); {
	case isWord(groupings, w) && follows == '(':
		list := l.labels()
		if l.words == 2 && l.found.Aggregated == nil && strings.EqualFold(w, "by") {
			l.found.Aggregated = list
		}
		l.found.Grouping = append(l.found.Grouping, list...)
	case isWord(aggregations, w):
		if !first {
			l.words++ // only what stands first is the expression's own
		}
	case isWord(operators, w) || isWord(groupings, w) || follows == '(':
	case follows == '{':
		l.found.Selectors = append(l.found.Selectors, Selector{w, l.matchers()})
	default:
		l.found.Selectors = append(l.found.Selectors, Selector{Name: w})
	}
}

func letter(c byte) bool {
	return c == '_' || c == ':' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (l *lexer) word() string {
	from := l.at
	for l.at < len(l.text) && (letter(l.text[l.at]) || l.text[l.at] >= '0' && l.text[l.at] <= '9' || l.text[l.at] == '.') {
		l.at++
	}
	return l.text[from:l.at]
}

func (l *lexer) peek() byte {
	for l.at < len(l.text) && strings.IndexByte(" \t\n", l.text[l.at]) >= 0 {
		l.at++
	}
	if l.at == len(l.text) {
		return 0
	}
	return l.text[l.at]
}

func (l *lexer) until(end string) string {
	n := strings.Index(l.text[l.at:], end)
	if n < 0 {
		l.err = fmt.Errorf("no %q ends what begins at %q", end, l.text[l.at:])
		l.at = len(l.text)
		return ""
	}
	part := l.text[l.at : l.at+n]
	l.at += n + len(end)
	return part
}

// quoted takes a string and returns what stands in it, escapes left as they are.
func (l *lexer) quoted() string {
	quote, from := l.text[l.at], l.at+1
	for i := from; i < len(l.text); i++ {
		switch {
		case l.text[i] == '\\' && quote != '`':
			i++
		case l.text[i] == quote:
			l.at = i + 1
			return l.text[from:i]
		}
	}
	l.err = fmt.Errorf("a string does not end in %q", l.text)
	l.at = len(l.text)
	return ""
}

// labels is the list in parentheses behind by and its like.
func (l *lexer) labels() []string {
	l.at++
	return strings.FieldsFunc(l.until(")"), func(r rune) bool { return strings.ContainsRune(", \t\n", r) })
}

// matchers is what stands in the braces behind a metric's name.
func (l *lexer) matchers() map[string]string {
	l.at++
	all := map[string]string{}
	for l.err == nil && l.peek() != '}' {
		label := l.word()
		for l.at < len(l.text) && strings.IndexByte("=!~ ", l.text[l.at]) >= 0 {
			l.at++
		}
		if c := l.peek(); label == "" || c != '"' && c != '\'' && c != '`' {
			l.err = fmt.Errorf("cannot read the matchers in %q at %q", l.text, l.text[l.at:])
			return nil
		}
		all[label] = l.quoted()
		if l.peek() == ',' {
			l.at++
		}
	}
	l.at++
	return all
}
