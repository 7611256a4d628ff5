package config

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// place is where a value stands, in the file and in the configuration.
type place struct {
	path   string // modules.mx.expect[0].host
	schema string // modules.<name>.expect[].host, the key of the tables
	line   int
	column int
}

func (p place) on(t *token.Token) place {
	if t != nil {
		p.line, p.column = t.Position.Line, t.Position.Column
	}
	return p
}

func (p place) key(name, schema string) place {
	name = segment(name)
	if p.path != "" {
		name, schema = p.path+"."+name, p.schema+"."+schema
	}
	return place{path: name, schema: schema, line: p.line, column: p.column}
}

// segment gives a name as a part of a path. One with a dot is quoted, so that a
// module called "mx.smtp" and the section smtp of mx stay apart.
func segment(name string) string {
	if strings.Contains(name, ".") {
		return strconv.Quote(name)
	}
	return name
}

func (p place) entry(i int) place {
	p.path, p.schema = fmt.Sprintf("%s[%d]", p.path, i), p.schema+"[]"
	return p
}

// start gives the first token of a node: of a block mapping that is its first
// key, whereas the library names the colon behind it.
func start(n ast.Node) *token.Token {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return m.Values[0].Key.GetToken()
	}
	if v, ok := n.(*ast.MappingValueNode); ok {
		return v.Key.GetToken()
	}
	return n.GetToken()
}

// kind names what a node is, for people.
func kind(n ast.Node) string {
	switch n.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.IntegerNode:
		return "a number"
	case *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number with a fraction"
	case *ast.BoolNode:
		return "true or false"
	case *ast.NullNode:
		return "nothing"
	case *ast.SequenceNode:
		return "a list"
	case ast.MapNode:
		return "a mapping"
	}
	return "something else"
}

// scalar gives the text of a scalar as it was written.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// anchors collects what aliases may refer to.
type anchors map[string]*ast.AnchorNode

// Visit implements [ast.Visitor]. The later of two anchors of one name wins for
// all aliases; the decoder refuses an alias that stands before its anchor.
func (a anchors) Visit(n ast.Node) ast.Visitor {
	if n, ok := n.(*ast.AnchorNode); ok && n.Name != nil {
		a[n.Name.GetToken().Value] = n
	}
	return a
}

func before(a, b *token.Token) bool {
	if a.Position.Line != b.Position.Line {
		return a.Position.Line < b.Position.Line
	}
	return a.Position.Column < b.Position.Column
}
