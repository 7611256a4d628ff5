package config

import (
	"fmt"
	"reflect"

	"github.com/goccy/go-yaml/ast"
)

// defaulted is an entry of a mapping whose defaults depend on its name and on
// what the file says of it.
type defaulted interface{ setDefaults(e named) }

// named is what defaults may depend on.
type named struct {
	name  string
	said  func(key string) string // the text of a key of the entry
	lists map[string]BlockList    // those that come with the program
}

// decoder turns nodes into values and collects every fault on its way. It
// leaves a value at its default where the file has a fault.
type decoder struct {
	tables   schema
	anchors  anchors
	lists    map[string]BlockList // those that come with the program
	places   map[string]place     // by path, for the checks that come later
	problems []*Error
	visits   int
}

func newDecoder(root ast.Node, s schema) *decoder {
	d := &decoder{tables: s, anchors: anchors{}, places: make(map[string]place)}
	if root != nil {
		ast.Walk(d.anchors, root)
	}
	return d
}

func (d *decoder) fail(p place, format string, args ...any) {
	d.problems = append(d.problems, &Error{
		Line: p.line, Column: p.column, Path: p.path, Msg: fmt.Sprintf(format, args...),
	})
}

// value decodes one node into v and holds the result against its rule.
func (d *decoder) value(n ast.Node, v reflect.Value, p place) {
	if !d.counted(p) {
		return
	}
	n, p, ok := d.resolve(n, p)
	if !ok {
		return
	}
	d.places[p.path] = p
	faults := len(d.problems)
	switch {
	case isNull(n):
		d.null(v, p)
	case isScalar(v):
		d.scalar(n, v, p)
	case v.Kind() == reflect.Struct:
		d.structure(n, v, p)
	case v.Kind() == reflect.Map:
		d.mapping(n, v, p)
	default:
		d.list(n, v, p)
	}
	if len(d.problems) == faults {
		d.rule(v, p)
	}
}

// counted says whether one more value may be looked at. The first one too many
// is a fault beside which no other is worth telling.
func (d *decoder) counted(p place) bool {
	d.visits++
	if d.visits == MaxValues+1 {
		d.problems = nil
		d.fail(p, "more than %d values, counting those behind aliases each time", MaxValues)
	}
	return d.visits <= MaxValues
}

// rule applies the bounds that the tables of keys give for a value, or for an
// entry of a list.
func (d *decoder) rule(v reflect.Value, p place) {
	k, ok := d.tables.lookup(p.schema)
	if !ok || k.rule.check == nil || v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return
	}
	if err := k.rule.check(v.Interface()); err != nil {
		d.fail(p, "%s", err)
	}
}

// null is a key without a value. For a section it means the same as to leave it
// out; for anything else it is not clear what is meant.
func (d *decoder) null(v reflect.Value, p place) {
	switch v.Kind() {
	case reflect.Struct, reflect.Map:
		if !isScalar(v) {
			return
		}
	case reflect.Slice:
		d.fail(p, "no value: write [] for none, or leave the key out for the default")
		return
	}
	d.fail(p, "no value: give one, or leave the key out for the default")
}

func (d *decoder) structure(n ast.Node, v reflect.Value, p place) {
	m, ok := n.(ast.MapNode)
	if !ok {
		d.fail(p, "%s where a mapping of keys is wanted", kind(n))
		return
	}
	fields := d.tables.fieldsOf(v.Type(), p.schema)
	for _, kv := range d.pairs(m, p) {
		f, ok := fields.named(kv.name)
		if !ok {
			d.fail(kv.shown(p), "%s", d.tables.unknownKey(kv.name, p.schema, fields))
			continue
		}
		d.value(kv.value, v.FieldByIndex(f.index), kv.place(p, kv.name))
	}
}

func (d *decoder) mapping(n ast.Node, v reflect.Value, p place) {
	m, ok := n.(ast.MapNode)
	if !ok {
		d.fail(p, "%s where a mapping of names is wanted", kind(n))
		return
	}
	k, _ := d.tables.lookup(p.schema)
	check := checkName
	if k.names != nil {
		check = k.names
	}
	pairs := d.pairs(m, p)
	if k.most > 0 && len(pairs) > k.most {
		d.fail(p, "%d entries: at most %d are allowed", len(pairs), k.most)
		return
	}
	v.Set(reflect.Zero(v.Type())) // one form of "none", so that configurations compare
	if len(pairs) > 0 {
		v.Set(reflect.MakeMap(v.Type()))
	}
	for _, kv := range pairs {
		if err := check(kv.name); err != nil {
			d.fail(p.on(kv.key), "%s", err)
			continue
		}
		to := reflect.New(v.Type().Elem())
		if e, ok := to.Interface().(defaulted); ok {
			said := func(key string) string { return d.said(kv.value, key) }
			e.setDefaults(named{name: kv.name, said: said, lists: d.lists})
		}
		if e, ok := to.Interface().(Defaulter); ok {
			e.SetDefaults()
		}
		d.value(kv.value, to.Elem(), kv.place(p, "<name>"))
		v.SetMapIndex(reflect.ValueOf(kv.name), to.Elem())
	}
}

func (d *decoder) list(n ast.Node, v reflect.Value, p place) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		d.fail(p, "%s where a list is wanted: put it in brackets, [ ]", kind(n))
		return
	}
	most := MaxEntries
	if k, _ := d.tables.lookup(p.schema); k.most > 0 {
		most = k.most
	}
	if len(s.Values) > most {
		d.fail(p, "%d entries: at most %d are allowed", len(s.Values), most)
		return
	}
	to := reflect.MakeSlice(v.Type(), len(s.Values), len(s.Values))
	for i, e := range s.Values {
		d.value(e, to.Index(i), p.entry(i).on(start(e)))
	}
	if len(s.Values) == 0 {
		to = reflect.Zero(v.Type()) // one form of "none", so that configurations compare
	}
	v.Set(to)
}
