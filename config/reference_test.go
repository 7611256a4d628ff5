package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const (
	readme     = "README.md"
	tableBegin = "<!-- keys: begin (go test ./config -update) -->\n"
	tableEnd   = "<!-- keys: end -->\n"
)

// table writes the reference as Markdown.
func table() string {
	var b strings.Builder
	b.WriteString("| key | type | default | bounds | meaning |\n|---|---|---|---|---|\n")
	for _, k := range Reference() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", strings.TrimPrefix(k.Path, inModule), k.Type, k.Default, k.Bounds, k.Meaning)
	}
	return b.String()
}

func TestReadmeHasTheTableOfKeys(t *testing.T) {
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), tableBegin)
	_, after, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		t.Fatal("README.md has no place for the table of keys")
	}
	want := before + tableBegin + "\n" + table() + "\n" + tableEnd + after
	if *update {
		if err := os.WriteFile(readme, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(b) != want {
		t.Error("the table in README.md is not that of the code: go test ./config -update")
	}
}

// writeLogins writes the secrets that the examples log in with.
func writeLogins(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"password", "client_secret", "refresh_token", "access_token", "token_key"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(canary+", of many octets\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// exampleIn gives the first YAML block behind a heading of README.md.
func exampleIn(t *testing.T, heading string) string {
	t.Helper()
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(b), "\n## "+heading+"\n")
	_, block, ok2 := strings.Cut(section, "```yaml\n")
	block, _, ok3 := strings.Cut(block, "```")
	if !ok || !ok2 || !ok3 {
		t.Fatalf("no example under %q", heading)
	}
	return block
}

// The complete example in README.md loads without a warning and has every key
// in it, but for those that it must not have beside their twins.
func TestReadmeExampleLoadsAndIsComplete(t *testing.T) {
	dir := t.TempDir()
	writePair(t, dir, "ca.pem", "client.pem", "client.key")
	writeZones(t, dir)
	writeLogins(t, dir)
	example := exampleIn(t, "A complete example")
	c, err := Parse([]byte(example), dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range c.Warnings {
		t.Error(w)
	}
	for _, k := range Reference() {
		name := k.Path[strings.LastIndex(k.Path, ".")+1:]
		switch name {
		case "ca", "cert", "key", "password": // twins of the files
			continue
		}
		if !strings.Contains(example, name+":") {
			t.Errorf("%s is not in the example", k.Path)
		}
	}
	roundTrip(t, c)
}

func TestEveryExampleInReadmeLoads(t *testing.T) {
	dir := t.TempDir()
	writePair(t, dir, "ca.pem", "client.pem", "client.key")
	writeZones(t, dir)
	writeLogins(t, dir)
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(b), "```yaml\n")[1:]
	if len(blocks) < 4 {
		t.Fatalf("%d examples", len(blocks))
	}
	for i, block := range blocks {
		block, _, _ = strings.Cut(block, "```")
		if _, err := catalogue.Parse([]byte(strings.ReplaceAll(block, "/run/secrets/", dir+"/")), dir); err != nil {
			t.Errorf("example %d: %v", i+1, err)
		}
	}
}

func TestErrorShownInReadmeIsTheOneThatComes(t *testing.T) {
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Parse([]byte("modules:\n  mx:\n    smtp:\n      starttls: always\n    timout: 20s\n"), "")
	for _, line := range errorsIn(t, err) {
		if !strings.Contains(string(b), "mx.yml:"+line+"\n") {
			t.Errorf("README.md does not show mx.yml:%s", line)
		}
	}
}

// Every key in the tables has a field and every field a key, save those of
// Prometheus's tls_config that refer to a secret manager.
func TestTablesAndFieldsAgree(t *testing.T) {
	known := make(map[string]bool)
	for _, k := range Reference() {
		known[k.Path] = true
		if !strings.HasSuffix(k.Meaning, ".") || strings.Count(k.Meaning, "|") > 0 || strings.Contains(k.Bounds+k.Default, "|") {
			t.Errorf("%s: the meaning is no sentence, or breaks the table: %q", k.Path, k.Meaning)
		}
	}
	total := 0
	for _, table := range tables {
		total += len(table)
		for path := range table {
			if !known[path] {
				t.Errorf("%s has a meaning and no field", path)
			}
		}
	}
	if total != len(known) {
		t.Errorf("%d keys in the tables, %d in the reference: a key stands in two tables", total, len(known))
	}
	for path, typ := range map[string]reflect.Type{
		"": reflect.TypeFor[Config](), "modules.<name>": reflect.TypeFor[Module](), inModule + "dns": reflect.TypeFor[DNS](),
		inModule + "smtp": reflect.TypeFor[SMTP](), inModule + "smtp.timeouts": reflect.TypeFor[Timeouts](),
		inModule + "recipients": reflect.TypeFor[Recipients](), inModule + "expect[]": reflect.TypeFor[Expectation](),
		inModule + "limits": reflect.TypeFor[Limits](), inModule + "dnsbl": reflect.TypeFor[DNSBL](),
		"dnsbl_lists.<name>": reflect.TypeFor[BlockList](), inModule + "mailbox": reflect.TypeFor[Mailbox](),
		inModule + "mailbox.timeouts": reflect.TypeFor[MailboxTimeouts](), inModule + "oauth2": reflect.TypeFor[OAuth2](),
		"round_trips.<name>": reflect.TypeFor[RoundTrip](), inRoundTrip + "send": reflect.TypeFor[Send](),
		inRoundTrip + "fetch": reflect.TypeFor[Fetch](), inRoundTrip + "attachment": reflect.TypeFor[Attachment](),
	} {
		want := 0
		for i := range typ.NumField() {
			switch tag := typ.Field(i).Tag.Get("yaml"); tag {
			case "-", "":
			case ",inline":
				want += typ.Field(i).Type.NumField()
			default:
				want++
			}
		}
		if got := len(tables.fieldsOf(typ, path)); got != want {
			t.Errorf("%s: %d of %d fields have a meaning", typ, got, want)
		}
	}
}
