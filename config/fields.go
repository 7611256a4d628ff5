package config

import (
	"reflect"
	"strings"
)

// field is a key of a section and the Go field behind it.
type field struct {
	name   string
	schema string
	index  []int
	typ    reflect.Type
}

type fields []field

// fieldsOf lists the keys of a section in the order of its fields. A field that
// no table of keys describes is not a key: so are the references to a secret
// manager in Prometheus's tls_config, which this program has not.
func (s schema) fieldsOf(t reflect.Type, section string) fields {
	var fs fields
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if option == "inline" {
			for _, in := range s.fieldsOf(f.Type, section) {
				in.index = append([]int{i}, in.index...)
				fs = append(fs, in)
			}
			continue
		}
		if !f.IsExported() || name == "" || name == "-" {
			continue
		}
		path := strings.TrimPrefix(section+"."+name, ".")
		if _, ok := s.lookup(path); ok {
			fs = append(fs, field{name: name, schema: path, index: f.Index, typ: f.Type})
		}
	}
	return fs
}

func (fs fields) named(name string) (field, bool) {
	for _, f := range fs {
		if f.name == name {
			return f, true
		}
	}
	return field{}, false
}

func (fs fields) names() []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = f.name
	}
	return out
}
