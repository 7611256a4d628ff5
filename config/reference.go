package config

import (
	"crypto/tls"
	"encoding"
	"fmt"
	"reflect"
	"strings"

	promconfig "github.com/prometheus/common/config"
)

// Key is one line of the configuration reference, for people.
type Key struct {
	Path    string // modules.<name>.expect[].host
	Type    string // what is written: duration, number, text, one of a|b, list of …
	Default string // what holds when the key is left out; empty for a section
	Bounds  string // what is allowed of the type; empty: all of it
	Meaning string // one sentence
}

// Reference lists every key there is, sections before what is in them. It is
// made from the types, the defaults and the tables by which a file is checked.
func Reference() []Key {
	r := &reference{tables: tables}
	r.section(reflect.TypeFor[Config](), reflect.Value{}, "")
	return r.keys
}

type reference struct {
	tables schema
	keys   []Key
}

// section lists the keys of a struct; defaults is the zero Value where there are
// none, as in the entries of a list.
func (r *reference) section(t reflect.Type, defaults reflect.Value, schema string) {
	for _, f := range r.tables.fieldsOf(t, schema) {
		var v reflect.Value
		if defaults.IsValid() {
			v = defaults.FieldByIndex(f.index)
		}
		k, _ := r.tables.lookup(f.schema)
		r.keys = append(r.keys, Key{
			Path:    f.schema,
			Type:    typeName(f.typ),
			Default: defaultText(k, f.typ, v),
			Bounds:  k.rule.bounds,
			Meaning: k.meaning,
		})
		r.below(f, v)
	}
}

// below lists what is inside of a section, a mapping or a list of sections.
func (r *reference) below(f field, v reflect.Value) {
	switch {
	case isSection(f.typ):
		r.section(f.typ, v, f.schema)
	case f.typ.Kind() == reflect.Map:
		if e, ok := reflect.New(f.typ.Elem()).Interface().(Defaulter); ok {
			e.SetDefaults()
			r.section(f.typ.Elem(), reflect.ValueOf(e).Elem(), f.schema+".<name>")
			return
		}
		switch f.typ.Elem() {
		case reflect.TypeFor[Module]():
			r.section(f.typ.Elem(), reflect.ValueOf(DefaultModule(ProberMX)), f.schema+".<name>")
		case reflect.TypeFor[BlockList]():
			r.section(f.typ.Elem(), reflect.ValueOf(defaultBlockList()), f.schema+".<name>")
		case reflect.TypeFor[RoundTrip]():
			r.section(f.typ.Elem(), reflect.ValueOf(defaultRoundTrip()), f.schema+".<name>")
		default:
			if isSection(f.typ.Elem()) {
				r.section(f.typ.Elem(), reflect.Value{}, f.schema+".<name>")
			}
		}
	case f.typ.Kind() == reflect.Slice && isSection(f.typ.Elem()):
		r.section(f.typ.Elem(), reflect.Value{}, f.schema+"[]")
	}
}

func isSection(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && !isScalar(reflect.New(t).Elem())
}

// typeName says in words what is written for a type.
func typeName(t reflect.Type) string {
	switch v := reflect.Zero(t).Interface().(type) {
	case closed:
		return "one of `" + strings.Join(v.words(), "`, `") + "`"
	case promconfig.TLSVersion:
		return "one of `" + strings.Join(tlsVersions(), "`, `") + "`"
	case promconfig.Secret, Secret:
		return "secret"
	case Duration:
		return "duration"
	case Network:
		return "network"
	}
	switch {
	case isSection(t):
		return "section"
	case t.Kind() == reflect.Map && isSection(t.Elem()):
		return "sections by name"
	case t.Kind() == reflect.Map:
		return "texts by name"
	case t.Kind() == reflect.Slice && isSection(t.Elem()):
		return "list of sections"
	case t.Kind() == reflect.Slice:
		return "list of " + typeName(t.Elem())
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.String:
		return "text"
	}
	return "number"
}

// defaultText gives the default as it would be written, or what the empty one
// stands for.
func defaultText(k key, t reflect.Type, v reflect.Value) string {
	switch {
	case k.unset != "":
		return k.unset
	case isSection(t), t.Kind() == reflect.Map:
		return ""
	case !v.IsValid():
		return "none: it has to be given"
	}
	if version, ok := v.Interface().(promconfig.TLSVersion); ok {
		if version == 0 {
			version = tls.VersionTLS12 // what crypto/tls takes for a client that sets none
		}
		return "`" + versionName(version) + "`"
	}
	if m, ok := v.Interface().(encoding.TextMarshaler); ok {
		b, err := m.MarshalText()
		if err != nil {
			return err.Error()
		}
		return "`" + string(b) + "`"
	}
	return fmt.Sprintf("`%v`", v)
}
