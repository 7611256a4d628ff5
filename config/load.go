package config

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// Loader reads configurations with what the program knows of block lists, which
// this package does not. The zero Loader knows none: a module can name only the
// lists that its own file describes.
type Loader struct {
	// Lists come with the program, by name. A module may name them, and an
	// entry of dnsbl_lists that has one's name begins with what it says. They
	// have to be as if they had been loaded.
	Lists map[string]BlockList
	// Dead gives what became of a zone that no one should ask any longer, such
	// as "shut down in 2013", and nothing for any other. It is called with a
	// zone in lower case and may be called with one that holds a key: what it
	// gives is shown. Nil knows of none.
	Dead func(zone string) string
}

// Load is that of the zero [Loader].
func Load(path string) (*Config, error) { return Loader{}.Load(path) }

// Parse is that of the zero [Loader].
func Parse(b []byte, dir string) (*Config, error) { return Loader{}.Parse(b, dir) }

// Load reads the file of that path; the empty path gives the built-in modules
// alone. The error is an [Error] or several joined, in the order of the file.
func (l Loader) Load(path string) (*Config, error) {
	c, _, err := l.load(path)
	return c, err
}

// Parse reads a configuration from memory. Relative paths of files in it are
// taken from dir. The error is as that of [Loader.Load]; with an error there is
// no configuration.
func (l Loader) Parse(b []byte, dir string) (*Config, error) { return l.parse(b, dir, "") }

// Names lists the modules in order, for messages that say which there are.
func (c *Config) Names() []string { return slices.Sorted(maps.Keys(c.Modules)) }

// ListNames lists the block lists in order: those that a self-test looks at.
func (c *Config) ListNames() []string { return slices.Sorted(maps.Keys(c.BlockLists)) }

func (l Loader) load(path string) (*Config, uint64, error) {
	if path == "" {
		return Builtin(), 0, nil
	}
	b, err := source(path)
	if err != nil {
		return nil, 0, &Error{File: path, Msg: message(err), Err: err}
	}
	c, err := l.parse(b, filepath.Dir(path), path)
	return c, digest(b), err
}

// source reads a configuration, from a pipe too, and not more than is allowed.
func source(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxFile+1))
}

// message takes the path out of an operating system's error, because [Error]
// names it already.
func message(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return fmt.Sprintf("%s: %s", p.Op, p.Err)
	}
	return err.Error()
}

// digest is the start of the SHA-256 sum: 48 bits, which a metric's float64
// holds exactly.
func digest(b []byte) uint64 {
	sum := sha256.Sum256(b)
	return binary.BigEndian.Uint64(sum[:8]) >> 16
}

func (l Loader) parse(b []byte, dir, file string) (*Config, error) {
	root, fault := syntax(b)
	if fault != nil {
		return nil, joined(file, []*Error{fault})
	}
	c := &Config{}
	d := newDecoder(root, tables)
	d.lists = l.Lists
	if root != nil {
		d.value(root, reflect.ValueOf(c).Elem(), place{line: 1, column: 1})
	}
	k := &checker{decoder: d, dir: dir, loader: l}
	if d.visits <= MaxValues {
		k.config(c, root)
	}
	if len(d.problems) > 0 {
		return nil, joined(file, d.problems)
	}
	for name, m := range Builtin().Modules {
		if _, ok := c.Modules[name]; !ok {
			c.Modules[name] = m
		}
	}
	c.Warnings = inOrder(file, k.warnings)
	return c, nil
}

// config completes and checks what was read, lists before the modules that name
// them.
func (k *checker) config(c *Config, root ast.Node) {
	if c.Modules == nil {
		c.Modules = make(map[string]Module)
	}
	if root == nil {
		k.warn(place{line: 0}, "the file is empty: there are only the built-in modules")
	}
	lists := c.BlockLists
	if lists == nil {
		lists = make(map[string]BlockList)
	}
	k.blockLists(lists)
	for _, name := range c.Names() {
		m := c.Modules[name]
		k.module("modules."+segment(name), &m, lists)
		m.Lists = m.DNSBL.named(lists)
		c.Modules[name] = m
	}
	k.sharedZones(lists)
	k.roundTrips(c.RoundTrips)
	if len(lists) > 0 {
		c.BlockLists = lists
	}
}
