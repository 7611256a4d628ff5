package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"mx_exporter/probe/crawl"
)

// found is what an extraction gives, in one line: links, or the reason.
func found(l crawl.PDFLinks, err error) string {
	var known *crawl.PDFError
	if errors.As(err, &known) {
		return string(known.Reason)
	}
	if err != nil {
		return "an error of no known kind: " + err.Error()
	}
	var all []string
	for _, link := range l.Links {
		all = append(all, link.URI)
	}
	return strings.Join(all, " ")
}

func TestLinksOfDifferentWritersAreFound(t *testing.T) {
	chromium, err := os.ReadFile("testdata/chromium.pdf")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		file []byte
		want string
	}{
		{"by hand", onePage(link("mailto:a@example.org"), link("https://example.org/")), "mailto:a@example.org https://example.org/"},
		{"by Chromium", chromium, "mailto:sales@example.org mailto:b%C3%BCro@example.org?subject=x https://example.org/x"},
		{"encrypted, open without a password", encrypted(t, "", "owner"), "mailto:secret@example.org"},
		{"P3: encrypted, with a password", encrypted(t, "user", "owner"), "pdf_encrypted"},
		{"P5: no links at all", onePage(), ""},
		{"in hexadecimal digits", onePage("<< /Subtype /Link /A << /S /URI /URI <6d61696c746f3a61406578616d706c652e6f7267> >> >>"), "mailto:a@example.org"},
		{"with escapes", onePage(link(`mailto:\141\(b\)@example.org`)), "mailto:a(b)@example.org"},
		{"P3: a script is not run, a file not opened", onePage(
			"<< /Subtype /Link /A << /S /JavaScript /JS (app.launchURL\\('mailto:js@example.org'\\)) >> >>",
			"<< /Subtype /Link /A << /S /Launch /F (/bin/sh) >> >>",
			"<< /Subtype /Link /A << /S /GoToR /F (http://127.0.0.1/x.pdf) >> >>", link("mailto:a@example.org"),
		), "mailto:a@example.org"},
		{"an annotation that is broken hides no other", onePage("42", "<< /Subtype /Link /A 99 0 R >>", "<< /Subtype /Link /A << /S /URI /URI 7 >> >>", link("mailto:a@example.org")), "mailto:a@example.org"},
		{"a URI that is too long", onePage(link("mailto:"+strings.Repeat("a", MaxURI)), link("mailto:a@example.org")), "mailto:a@example.org"},
		{"P4: %PDF at byte 900", append(bytes.Repeat([]byte{'\n'}, 900), onePage(link("mailto:a@example.org"))...), "mailto:a@example.org"},
		{"P4: %PDF at byte 2000", append(bytes.Repeat([]byte{'\n'}, 2000), onePage(link("mailto:a@example.org"))...), "not_a_pdf"},
		{"P4: HTML", []byte("<!DOCTYPE html><a href=mailto:a@example.org>x</a>"), "not_a_pdf"},
		{"P4: a ZIP archive", []byte("PK\x03\x04aaaa"), "not_a_pdf"},
		{"P4: nothing", nil, "not_a_pdf"},
		{"P4: a first line and nothing else", []byte("%PDF-1.7\n"), "pdf_broken"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := found(Extract(tt.file)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// P4: of a file that was cut nothing is said to have been read, wherever the cut is,
// unless its one page is left.
func TestACutFileIsNotAnEmptyOne(t *testing.T) {
	whole := onePage(link("mailto:a@example.org"))
	for n := len("%PDF-1.7\n"); n < len(whole); n++ {
		l, err := Extract(whole[:n])
		var known *crawl.PDFError
		switch {
		case err == nil && l.Pages == 0:
			t.Errorf("cut to %d of %d bytes: no page, and no word of it", n, len(whole))
		case err != nil && (!errors.As(err, &known) || known.Reason != crawl.BrokenPDF):
			t.Errorf("cut to %d of %d bytes: %v", n, len(whole), err)
		}
	}
}

// P3: pages and links beyond the bounds are left out, and that is told.
func TestPagesAndLinksAreBounded(t *testing.T) {
	l, err := Extract(pages(3000))
	if err != nil || l.Pages != MaxPages || len(l.Links) != MaxPages || !l.Limited || l.Links[49].URI != "mailto:p50@example.org" || l.Links[49].Sheet != 50 {
		t.Errorf("%d pages, %d links, limited %v, %v", l.Pages, len(l.Links), l.Limited, err)
	}
	l, err = Extract(onePage(strings.Repeat(link("mailto:a@example.org"), MaxLinks+1)))
	if err != nil || len(l.Links) != MaxLinks || !l.Limited {
		t.Errorf("%d links, limited %v, %v", len(l.Links), l.Limited, err)
	}
	if l, err = Extract(onePage(link("mailto:" + strings.Repeat("a", MaxURI)))); err != nil || len(l.Links) != 0 || !l.Limited {
		t.Errorf("a URI that is too long: %d links, limited %v, %v", len(l.Links), l.Limited, err)
	}
}

// The bomb of these tests is one: it decompresses to what it says.
func TestTheBombIsOne(t *testing.T) {
	z, err := zlib.NewReader(strings.NewReader(deflated(3)))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, z); err != nil || n != 3<<20 {
		t.Errorf("%d bytes, %v", n, err)
	}
}
