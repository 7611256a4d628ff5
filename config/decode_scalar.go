package config

import (
	"encoding"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
	promconfig "github.com/prometheus/common/config"
)

func isNull(n ast.Node) bool { return n.Type() == ast.NullType }

// isScalar says whether a value of this type is written as one word.
func isScalar(v reflect.Value) bool {
	if _, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return true
	}
	switch v.Kind() {
	case reflect.Struct, reflect.Map, reflect.Slice:
		return false
	}
	return true
}

// scalar decodes one word. Nothing is converted: text that looks like a number
// is not one, and a number is not text, because a file in which 0644 or 1.10
// changes on its way in cannot be trusted.
func (d *decoder) scalar(n ast.Node, v reflect.Value, p place) {
	text, ok := scalar(n)
	if !ok {
		d.fail(p, "%s where one value is wanted", kind(n))
		return
	}
	var err error
	switch to := v.Addr().Interface().(type) {
	case *promconfig.TLSVersion:
		err = tlsVersion(to, text)
	case *promconfig.Secret:
		err = promSecret(to, text)
	case encoding.TextUnmarshaler:
		err = to.UnmarshalText([]byte(text))
	default:
		d.plain(n, v, p)
		return
	}
	if err != nil {
		d.fail(p, "%s", err)
	}
}

// plain decodes into the language's own types.
func (d *decoder) plain(n ast.Node, v reflect.Value, p place) {
	switch v.Kind() {
	case reflect.String:
		if kind(n) != "text" {
			d.fail(p, "%s where text is wanted: put it in quotes", kind(n))
			return
		}
		text, _ := scalar(n)
		v.SetString(text)
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			d.fail(p, "%s where true or false is wanted, without quotes", kind(n))
			return
		}
		v.SetBool(b.Value)
	default:
		d.number(n, v, p)
	}
}

func (d *decoder) number(n ast.Node, v reflect.Value, p place) {
	written := n.GetToken().Value
	_, isInt := n.(*ast.IntegerNode)
	if !isInt && (n.GetToken().Type != token.StringType || !allDigits(written)) {
		d.fail(p, "%s where a whole number is wanted", kind(n))
		return
	}
	// A number of twenty digits comes as text, and 010 as eight.
	i, err := strconv.Atoi(written)
	switch {
	case errors.Is(err, strconv.ErrRange):
		k, _ := d.tables.lookup(p.schema)
		d.fail(p, "%s is out of bounds: %s", cut(written), k.rule.bounds)
	case err != nil || strconv.Itoa(i) != written:
		d.fail(p, "%s is not a whole number in plain decimal digits", quote(written))
	default:
		v.SetInt(int64(i))
	}
}

// tlsVersion takes Prometheus's words for the versions of TLS.
func tlsVersion(to *promconfig.TLSVersion, text string) error {
	v, ok := promconfig.TLSVersions[text]
	if !ok {
		return notOneOf(text, tlsVersions())
	}
	*to = v
	return nil
}

func tlsVersions() []string { return slices.Sorted(maps.Keys(promconfig.TLSVersions)) }

func promSecret(to *promconfig.Secret, text string) error {
	var s Secret
	if err := s.UnmarshalText([]byte(text)); err != nil {
		return err
	}
	*to = promconfig.Secret(s.Reveal())
	return nil
}
