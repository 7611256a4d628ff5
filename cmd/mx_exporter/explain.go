package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf16"

	"github.com/alecthomas/kingpin/v2"

	"mx_exporter/probe/bounce"
)

// explainFlags are the flags and arguments of the command "explain".
type explainFlags struct {
	name   string
	words  *[]string
	file   *string
	output *string
}

func addExplain(app *kingpin.Application) *explainFlags {
	c := app.Command("explain", "Say in plain English what a server's reply or a bounce message means. Give the reply as arguments (without quotation marks all of them are joined), the bounce with --file or on standard input. Exit code: 0 explained, 3 when there is nothing to explain: no reply, no bounce, or a question that is not understood.")
	return &explainFlags{
		name:   c.FullCommand(),
		words:  c.Arg("reply", `What the server said, such as "550 5.1.1 User unknown", or the line of a log that quotes it.`).Strings(),
		file:   c.Flag("file", "File with the whole source of a bounce message; - is standard input.").PlaceHolder("FILE").String(),
		output: c.Flag("output", "How to write it: text, json.").Short('o').Default(outputText).Enum(outputText, outputJSON),
	}
}

// explain explains one reply or one bounce.
func (p *program) explain(f *explainFlags) int {
	r, err := p.bounce(f)
	if err == nil {
		err = p.showExplanation(*f.output, bounce.Explain(r))
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_exporter: %v\n", err)
		return exitUsage
	}
	return exitOK
}

// bounce reads what is to be explained from where the operator says.
func (p *program) bounce(f *explainFlags) (*bounce.Report, error) {
	switch {
	case len(*f.words) > 0 && *f.file != "":
		return nil, errors.New("a reply and --file were both given; want one of them")
	case len(*f.words) > 0:
		return bounce.FromReply(strings.Join(*f.words, " "))
	case *f.file != "" && *f.file != "-":
		file, err := os.Open(*f.file)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		return bounce.Read(file)
	case isTerminal(p.stdin):
		return nil, errors.New(`there is nothing to explain; want a reply such as "550 5.1.1 User unknown", or a bounce message with --file or on standard input`)
	}
	return p.piped()
}

// piped reads standard input, which may hold a bounce or a reply.
func (p *program) piped() (*bounce.Report, error) {
	var seen bytes.Buffer
	r, err := bounce.Read(io.TeeReader(p.stdin, &seen))
	var no *bounce.NotBounceError
	if errors.As(err, &no) && no.Kind == bounce.NoMessage {
		if pasted, replyErr := bounce.FromReply(seen.String()); replyErr == nil {
			return pasted, nil
		}
	}
	return r, err
}

// isTerminal reports a person at a keyboard, who is waited for by nobody. What is
// empty by nature, as /dev/null is, counts as one: there is nothing in it either.
func isTerminal(r io.Reader) bool {
	f, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (p *program) showExplanation(output string, e *bounce.Explanation) error {
	if output == outputText {
		return e.Text(p.stdout, shownOn(p.stdout).Width)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	if err := enc.Encode(e); err != nil {
		return fmt.Errorf("the explanation as JSON: %w", err)
	}
	_, err := p.stdout.Write(printable(b.Bytes()))
	return err
}

// printable writes a JSON document in nothing but printable ASCII, so that no
// terminal obeys what a server said. Such a character stands in a string only.
func printable(doc []byte) []byte {
	out := make([]byte, 0, len(doc))
	for _, r := range string(doc) {
		if r < 0x7f {
			out = append(out, byte(r))
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
	}
	return out
}
