package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mx_exporter/probe/crawl"
	"mx_exporter/probe/crawl/pdf/pdftest"
)

// TestMain is the child as well: the test's own program is started for each PDF,
// as mx_sd's is. By another name it does what a child never does by itself.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == Command {
		if odd := oddChild(filepath.Base(os.Args[0])); odd != nil {
			os.Exit(odd())
		}
		os.Exit(Child(os.Stdin, os.Stdout, os.Stderr))
	}
	goleak.VerifyTestMain(m)
}

// oddChild is what a child is by another name.
func oddChild(name string) func() int {
	switch name {
	case "dies":
		return func() int { return 7 }
	case "lies":
		return func() int { fmt.Print("<html>"); return 0 }
	case "hangs":
		return func() int { time.Sleep(time.Minute); return 0 }
	case "raves":
		return func() int { fmt.Print(strings.Repeat("x", MaxOutput+1)); return 0 }
	}
	return confinedChild(name)
}

// reader is one whose child goes by a name.
func reader(t *testing.T, name string) Reader {
	t.Helper()
	program := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(pdftest.Program(t), program); err != nil {
		t.Fatal(err)
	}
	return Reader{Program: program}
}

func TestTheChildReadsWhatTheLibraryReads(t *testing.T) {
	r := reader(t, "child")
	for want, file := range map[string][]byte{
		"mailto:a@example.org": onePage(link("mailto:a@example.org")),
		"":                     onePage(),
		"pdf_encrypted":        encrypted(t, "user", "owner"),
		"not_a_pdf":            []byte("<html>"),
		"pdf_broken":           []byte("%PDF-1.7 and then nothing that makes sense"),
	} {
		if got := found(r.Read(t.Context(), file)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// hostile are files made to end their reader: P1 and P2.
func hostile() map[string][]byte {
	head := "%PDF-1.7\n"
	trailer := func(root, more string) string {
		return fmt.Sprintf("trailer\n<< /Size 4 /Root %s %s>>\nstartxref\n9\n%%%%EOF\n", root, more)
	}
	return map[string][]byte{
		"P1 a table of a thousand million entries":  []byte(head + "xref\n0 1000000000\n0000000000 65535 f \n" + trailer("1 0 R", "")),
		"P1 a size of a thousand million":           []byte(head + "xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1000000000 /Root 1 0 R >>\nstartxref\n9\n%%EOF"),
		"P1 a stream of a thousand million entries": []byte(head + "1 0 obj\n<< /Type /XRef /Size 1000000000 /W [1 2 1] /Index [0 1000000000] /Root 1 0 R /Length 4 >>\nstream\nabcd\nendstream\nendobj\nstartxref\n9\n%%EOF"),
		"P1 four million arrays in one another":     document(catalog, "<< /Type /Pages /Kids "+strings.Repeat("[", 4_000_000)+" >>"),
		"P1 dictionaries in one another":            document(catalog, strings.Repeat("<< /Kids ", 500_000)),
		"P1 hexadecimal digits without an end":      document(catalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 /X <AB"),
		"P1 text without an end":                    document(catalog, "<< /Type /Pages /Kids [3 0 R] /X ("+strings.Repeat("(", 1_000_000)),
		"P1 pages in a circle":                      document(catalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Pages /Kids [2 0 R 3 0 R] /Parent 3 0 R /Count 1 >>"),
		"P1 tables in a circle":                     []byte(head + "xref\n0 1\n0000000000 65535 f \n" + trailer("1 0 R", "/Prev 9 ")),
		"P1 a reference to itself":                  document(catalog, "2 0 R"),
		"P1 a length that is a reference to itself": document(catalog, "<< /Length 2 0 R >>\nstream\nx\nendstream"),
		"P2 an object stream of a gigabyte":         objectStreamBomb(1024),
		"P2 twenty filters": document(catalog, "<< /Type /Pages /Kids [] /Count 0 >>",
			"<< /Type /ObjStm /N 1 /First 4 /Length 3 /Filter ["+strings.Repeat("/FlateDecode ", 20)+"] >>\nstream\nabc\nendstream"),
	}
}

// P1, P2: a hostile file costs its child and nothing else: an answer or an end
// comes well within the child's time, and the next file is read as before.
func TestAHostileFileCostsItsChildAndNothingElse(t *testing.T) {
	r := reader(t, "child")
	for name, file := range hostile() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := r.Read(t.Context(), file)
			if len(l.Links) > 0 {
				t.Errorf("links %v", l.Links)
			}
			switch got := found(l, err); got {
			case "", "pdf_broken", "pdf_killed":
				t.Log(got, err)
			default:
				t.Errorf("got %q, %v", got, err)
			}
			if got := found(r.Read(t.Context(), onePage(link("mailto:a@example.org")))); got != "mailto:a@example.org" {
				t.Errorf("the next file gives %q", got)
			}
		})
	}
}

// P2: what nobody needs is not decompressed, however large it would be.
func TestContentIsNotDecompressed(t *testing.T) {
	bomb := deflated(1024)
	file := document(catalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1 1] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> /Annots ["+link("mailto:a@example.org")+"] >>",
		fmt.Sprintf("<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream", len(bomb), bomb),
		"<< /Type /XObject /Subtype /Image /Width 100000 /Height 100000 /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /JBIG2Decode /Length 3 >>\nstream\nabc\nendstream")
	if got := found(reader(t, "child").Read(t.Context(), file)); got != "mailto:a@example.org" {
		t.Errorf("got %q", got)
	}
}

// A large file of an honest writer fits into what a child may use: some three
// megabytes of small objects, which cost more time than any other octets.
func TestALargeHonestFileIsRead(t *testing.T) {
	objects := []string{catalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1 1] /Annots [" + link("mailto:a@example.org") + "] >>"}
	for range 35_000 {
		objects = append(objects, "<< /Type /Annot /Subtype /Text /Contents (text) >>")
	}
	file := document(objects...)
	if len(file) < 3_000_000 || len(file) > crawl.MaxPDF {
		t.Fatalf("%d bytes", len(file))
	}
	if got := found(reader(t, "child").Read(t.Context(), file)); got != "mailto:a@example.org" {
		t.Errorf("got %q", got)
	}
}

// P1: the end of a child, by whatever cause, is one error.
func TestAChildThatDiesHangsOrRavesIsAnError(t *testing.T) {
	for name, detail := range map[string]string{
		"dies":  "broke down",
		"raves": "more than 262144 bytes",
		"lies":  "no answer",
	} {
		_, err := reader(t, name).Read(t.Context(), onePage())
		if found(crawl.PDFLinks{}, err) != "pdf_killed" || !strings.Contains(err.Error(), detail) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := reader(t, "hangs")
	r.Time = 200 * time.Millisecond
	began := time.Now()
	_, err := r.Read(t.Context(), onePage())
	if found(crawl.PDFLinks{}, err) != "pdf_killed" || time.Since(began) > 5*time.Second {
		t.Errorf("a child that hangs: %v after %s", err, time.Since(began))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := reader(t, "hangs").Read(ctx, onePage()); found(crawl.PDFLinks{}, err) != "pdf_killed" || !errors.Is(err, context.Canceled) {
		t.Errorf("an end from outside: %v", err)
	}
	if _, err := (Reader{Program: "/nonexistent"}).Read(t.Context(), onePage()); found(crawl.PDFLinks{}, err) != "pdf_killed" {
		t.Errorf("no program: %v", err)
	}
}

// P1: a child that was taken over cannot say what no child says.
func TestAnswersAreHeldToTheirBounds(t *testing.T) {
	l := answer{Pages: 1 << 40, Links: []crawl.PDFLink{{Sheet: -5, URI: "mailto:a@example.org"}, {URI: strings.Repeat("x", MaxURI+1)}}}.links()
	if l.Pages != MaxPages || len(l.Links) != 1 || l.Links[0].Sheet != 1 {
		t.Errorf("%+v", l)
	}
	if r := (answer{Reason: "x{}\n"}).reason(); r != crawl.BrokenPDF {
		t.Errorf("the reason %q got through", r)
	}
	if p := plain("a\x1b[31m\n" + strings.Repeat("é", 1000)); strings.ContainsAny(p, "\x1b\n\u00e9") || len(p) > maxDetail {
		t.Errorf("%q", p)
	}
	var out bytes.Buffer
	many := answer{Links: make([]crawl.PDFLink, MaxLinks)}
	for i := range many.Links {
		many.Links[i].URI = strings.Repeat("x", MaxURI)
	}
	if err := write(&out, many); err != nil || out.Len() > MaxOutput || out.Len() < MaxOutput/4 || !strings.Contains(out.String(), `"limited":true`) {
		t.Errorf("%d bytes, %v", out.Len(), err)
	}
}

func FuzzAnswersOfAChild(f *testing.F) {
	f.Add([]byte(`{"pages":1,"links":[{"Sheet":1,"URI":"mailto:a@example.org"}]}`))
	f.Add([]byte(`{"pages":-1,"links":[{"Sheet":9999999,"URI":""}],"limited":true}`))
	f.Add([]byte(`{"reason":"pdf_encrypted","detail":"\u001b[2J"}`))
	f.Fuzz(func(t *testing.T, out []byte) {
		l, err := taken(out)
		var known *crawl.PDFError
		if err != nil && (!errors.As(err, &known) || strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r >= 0x7f })) {
			t.Fatalf("%q", err)
		}
		if l.Pages < 0 || l.Pages > MaxPages || len(l.Links) > MaxLinks {
			t.Fatalf("%+v", l)
		}
		for _, link := range l.Links {
			if link.Sheet < 1 || link.Sheet > MaxPages || len(link.URI) > MaxURI {
				t.Fatalf("%+v", link)
			}
		}
	})
}
