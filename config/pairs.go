package config

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// pair is one key of a mapping with its value.
type pair struct {
	name  string
	key   *token.Token
	value ast.Node
}

// place is where the pair stands below p: at its key, until the value is looked
// at.
func (kv pair) place(p place, schema string) place { return p.key(kv.name, schema).on(kv.key) }

// shown is the place for an error about the key itself. A name that does not
// look like a key is not repeated: it may be a piece of a secret that lost its
// indentation.
func (kv pair) shown(p place) place {
	if !looksLikeKey(kv.name) {
		return p.on(kv.key)
	}
	return kv.place(p, kv.name)
}

// resolve follows an alias to its anchor and gives the place of what is found
// there: a fault is where it is written, not where it is repeated.
func (d *decoder) resolve(n ast.Node, p place) (ast.Node, place, bool) {
	switch x := n.(type) {
	case *ast.AliasNode:
		a, ok := d.anchors[x.Value.GetToken().Value]
		if !ok || !before(a.Start, x.Start) {
			d.fail(p.on(x.Start), "no anchor %s stands before this alias", quote(x.Value.GetToken().Value))
			return nil, p, false
		}
		n = a.Value
	case *ast.AnchorNode:
		n = x.Value
	}
	switch x := n.(type) {
	case nil:
		d.fail(p, "no value")
		return nil, p, false
	case *ast.TagNode:
		d.fail(p.on(x.Start), "a YAML tag (!) has no use here: leave it out")
		return nil, p, false
	case *ast.AliasNode, *ast.AnchorNode:
		d.fail(p.on(x.GetToken()), "an anchor or alias leads to another one: name the value itself")
		return nil, p, false
	case *ast.NullNode:
		return n, p, true // its place is that of its key
	}
	return n, p.on(start(n)), true
}

// pairs gives the keys of a mapping, each once: those that it has itself, then
// those of its merge keys that it has not (YAML 1.1 merge key type).
func (d *decoder) pairs(m ast.MapNode, p place) []pair {
	return d.merged(m, p, make(map[string]*token.Token), 0)
}

func (d *decoder) merged(m ast.MapNode, p place, seen map[string]*token.Token, depth int) []pair {
	var out []pair
	var merges []ast.Node
	own := make(map[string]*token.Token)
	for it := m.MapRange(); it.Next() && d.counted(p); {
		if it.Key().IsMergeKey() {
			merges = append(merges, it.Value())
			continue
		}
		kv, ok := d.pair(it.KeyValue(), p)
		if !ok {
			continue
		}
		if first, twice := own[kv.name]; twice {
			d.fail(kv.shown(p), "the key stands twice, first on line %d", first.Position.Line)
			continue
		}
		own[kv.name] = kv.key
		if _, taken := seen[kv.name]; !taken {
			out = append(out, kv)
		}
	}
	for name, key := range own {
		seen[name] = key
	}
	for _, n := range merges {
		out = append(out, d.merge(n, p, seen, depth+1)...)
	}
	return out
}

// merge gives the pairs behind one merge key: of a mapping or of a list of
// mappings.
func (d *decoder) merge(n ast.Node, p place, seen map[string]*token.Token, depth int) []pair {
	if depth > MaxMerges {
		d.fail(p, "merge keys (<<) lead to one another more than %d times", MaxMerges)
		return nil
	}
	n, p, ok := d.resolve(n, p)
	if !ok {
		return nil
	}
	switch x := n.(type) {
	case ast.MapNode:
		return d.merged(x, p, seen, depth)
	case *ast.SequenceNode:
		var out []pair
		for _, e := range x.Values {
			if !d.counted(p) {
				break
			}
			out = append(out, d.merge(e, p, seen, depth+1)...)
		}
		return out
	}
	d.fail(p, "%s behind a merge key (<<), where a mapping is wanted", kind(n))
	return nil
}

// pair takes one key of the file, which must be text.
func (d *decoder) pair(n *ast.MappingValueNode, p place) (pair, bool) {
	s, ok := n.Key.(*ast.StringNode)
	if !ok {
		d.fail(p.on(n.Key.GetToken()), "a key that is not plain text: put it in quotes")
		return pair{}, false
	}
	return pair{name: s.Value, key: s.GetToken(), value: n.Value}, true
}

// said gives the text of one key of a mapping without reporting anything: the
// decoder comes by again.
func (d *decoder) said(n ast.Node, key string) string {
	quiet := &decoder{anchors: d.anchors, visits: d.visits}
	defer func() { d.visits = max(d.visits, min(quiet.visits, MaxValues)) }()
	n, p, ok := quiet.resolve(n, place{})
	m, isMap := n.(ast.MapNode)
	if !ok || !isMap {
		return ""
	}
	for _, kv := range quiet.pairs(m, p) {
		if kv.name != key {
			continue
		}
		if v, _, ok := quiet.resolve(kv.value, p); ok {
			text, _ := scalar(v)
			return text
		}
	}
	return ""
}
