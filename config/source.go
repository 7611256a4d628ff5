package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// syntax parses the one document of a file. The node is nil when the file holds
// nothing but comments.
func syntax(b []byte) (ast.Node, *Error) {
	b, fault := cleaned(b)
	if fault != nil {
		return nil, fault
	}
	tokens, fault := tokenized(b)
	if fault != nil {
		return nil, fault
	}
	if fault := bounded(tokens); fault != nil {
		return nil, fault
	}
	file, fault := parsed(tokens)
	if fault != nil {
		return nil, fault
	}
	return oneDocument(file)
}

// cleaned takes off a byte order mark and carriage returns, which editors on
// Windows write, and refuses what no YAML text may hold.
func cleaned(b []byte) ([]byte, *Error) {
	if len(b) > MaxFile {
		return nil, &Error{Msg: fmt.Sprintf("the configuration has more than %d bytes", MaxFile), Err: ErrTooLarge}
	}
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		return nil, &Error{Msg: "the file is UTF-16: save it as UTF-8"}
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	line, column := 1, 1
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		switch {
		case r == '\n':
			line, column = line+1, 0
		case r == utf8.RuneError && size == 1:
			return nil, &Error{Line: line, Column: column, Msg: "this byte is not UTF-8"}
		case r < ' ' && r != '\t', r >= 0x7f && r <= 0x9f, r == '\uFEFF', r == '\u2028', r == '\u2029':
			return nil, &Error{Line: line, Column: column, Msg: fmt.Sprintf("control character %U has no place here", r)}
		}
		column++
		i += size
	}
	return b, nil
}

// bounded counts before the parser runs, because its time and its stack grow
// with what is counted here.
func bounded(tokens token.Tokens) *Error {
	brackets, marks, line, count := 0, 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, marks = t.Position.Line, 0
		}
		switch t.Type {
		case token.CommentType:
			continue
		case token.MappingStartType, token.SequenceStartType:
			brackets++
		case token.MappingEndType, token.SequenceEndType:
			brackets--
		case token.SequenceEntryType, token.MappingKeyType:
			marks++
		}
		if count++; count > MaxTokens {
			return at(t, fmt.Sprintf("more than %d words and signs of YAML up to here", MaxTokens))
		}
		if brackets > MaxNesting || marks > MaxNesting {
			return at(t, fmt.Sprintf("nested more than %d deep", MaxNesting))
		}
	}
	return nil
}

func tokenized(b []byte) (t token.Tokens, fault *Error) {
	defer contain(&fault)
	return lexer.Tokenize(string(b)), nil
}

// contain is deferred around the library, which is written for well-meaning
// text: an index out of its range is a fault of the file as any other.
func contain(fault **Error) {
	if recover() != nil {
		*fault = &Error{Msg: "the file is not valid YAML"}
	}
}

// parsed runs the parser. Duplicate keys are left to the decoder, which names
// them together with all else that is wrong.
func parsed(tokens token.Tokens) (f *ast.File, fault *Error) {
	defer contain(&fault)
	f, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err == nil {
		return f, nil
	}
	var y yaml.Error
	if !errors.As(err, &y) || y.GetToken() == nil {
		return nil, &Error{Msg: "the file is not valid YAML"}
	}
	// The library's own text would show the lines around the fault. Its message
	// alone is fixed words, except where it quotes a value.
	switch msg := y.GetMessage(); {
	case strings.Contains(msg, "\t"), strings.HasPrefix(msg, "tab character"):
		return nil, at(y.GetToken(), "not valid YAML: a tab where spaces are wanted")
	case strings.ContainsAny(msg, "\"\n`"):
		return nil, at(y.GetToken(), "not valid YAML")
	default:
		return nil, at(y.GetToken(), "not valid YAML: "+msg)
	}
}

func oneDocument(f *ast.File) (ast.Node, *Error) {
	var doc *ast.DocumentNode
	for _, d := range f.Docs {
		if _, ok := d.Body.(*ast.DirectiveNode); ok {
			continue
		}
		if doc != nil {
			return nil, &Error{Line: documentLine(d), Column: 1, Msg: "a second document: the file must hold one, so take out ---"}
		}
		doc = d
	}
	if doc == nil || doc.Body == nil {
		return nil, nil
	}
	return doc.Body, nil
}

func documentLine(d *ast.DocumentNode) int {
	switch {
	case d.Start != nil:
		return d.Start.Position.Line
	case d.Body != nil:
		return d.Body.GetToken().Position.Line
	}
	return 0
}

func at(t *token.Token, msg string) *Error {
	return &Error{Line: t.Position.Line, Column: t.Position.Column, Msg: msg}
}
