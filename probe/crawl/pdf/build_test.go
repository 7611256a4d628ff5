package pdf

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// document writes a PDF of objects by hand: each text is one object, the first
// is the catalog. The cross-reference table is right.
func document(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

const catalog = "<< /Type /Catalog /Pages 2 0 R >>"

// link is an annotation that leads to a URI.
func link(uri string) string {
	return "<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /A << /S /URI /URI (" + uri + ") >> >>"
}

// onePage is a PDF of one page with these annotations.
func onePage(annotations ...string) []byte {
	return document(catalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Annots ["+strings.Join(annotations, " ")+"] >>")
}

// pages is a PDF of n pages with one link each.
func pages(n int) []byte {
	objects := []string{catalog, ""}
	var kids strings.Builder
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", i+3)
		objects = append(objects, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1 1] /Annots [%s] >>", link(fmt.Sprintf("mailto:p%d@example.org", i+1))))
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", n, &kids)
	return document(objects...)
}

// deflated is n megabytes of zeros, compressed (RFC 1950). It is one block of a
// megabyte, again and again, since the compressor is slow where races are looked
// for.
func deflated(n int) string {
	const mega = 1 << 20
	var block bytes.Buffer
	w, err := flate.NewWriter(&block, flate.BestCompression)
	if err != nil {
		return err.Error()
	}
	_, _ = w.Write(make([]byte, mega))
	_ = w.Flush()
	sum := uint32(n*mega%65521)<<16 | 1 // Adler-32 of zeros
	return "\x78\xda" + strings.Repeat(block.String(), n) + "\x03\x00" + string(binary.BigEndian.AppendUint32(nil, sum))
}

// objectStreamBomb is a PDF whose pages stand in a compressed object stream that
// grows to n megabytes.
func objectStreamBomb(n int) []byte {
	data := deflated(n)
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	at := b.Len()
	fmt.Fprintf(&b, "4 0 obj\n<< /Type /ObjStm /N 2 /First 10 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n", len(data), data)
	x := b.Len()
	table := []byte{0, 0, 0, 0, 0, 2, 0, 0, 4, 0, 2, 0, 0, 4, 1, 0, 0, 0, 0, 0, 1, 0, byte(at >> 8), byte(at), 0, 1, byte(x >> 16), byte(x >> 8), byte(x), 0}
	fmt.Fprintf(&b, "5 0 obj\n<< /Type /XRef /Size 6 /W [1 3 1] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n", len(table), table, x)
	return b.Bytes()
}

// encrypted is a PDF that asks for passwords.
func encrypted(t *testing.T, user, owner string) []byte {
	t.Helper()
	api.DisableConfigDir()
	c := model.NewAESConfiguration(user, owner, 256)
	var out bytes.Buffer
	if err := api.Encrypt(bytes.NewReader(onePage(link("mailto:secret@example.org"))), &out, c); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
