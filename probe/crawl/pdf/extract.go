package pdf

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"mx_exporter/probe/crawl"
)

// Extract reads the links of a PDF in this process, which a hostile file may end:
// see [Reader]. The error is a *[crawl.PDFError].
func Extract(file []byte) (links crawl.PDFLinks, err error) {
	if !crawl.IsPDF(file) {
		return crawl.PDFLinks{}, &crawl.PDFError{Reason: crawl.NotAPDF, Err: errors.New("the first bytes are not those of a PDF")}
	}
	if chained(file) {
		return crawl.PDFLinks{}, broken(fmt.Errorf("a stream has more than %d filters", MaxFilters))
	}
	// What the library finds wrong with a file it tells by a panic here and there.
	defer func() {
		if v := recover(); v != nil {
			err = broken(fmt.Errorf("the reader gave up: %v", v))
		}
	}()
	doc, err := api.ReadContext(bytes.NewReader(file), settings())
	switch {
	case errors.Is(err, pdfcpu.ErrWrongPassword):
		return crawl.PDFLinks{}, &crawl.PDFError{Reason: crawl.Encrypted, Err: errors.New("the PDF asks for a password")}
	case err != nil:
		return crawl.PDFLinks{}, broken(err)
	}
	return walk(doc.XRefTable)
}

func broken(err error) *crawl.PDFError {
	return &crawl.PDFError{Reason: crawl.BrokenPDF, Err: err}
}

// settings keep the library from the user's home, from the network, and from
// work that nobody asked for.
func settings() *model.Configuration {
	api.DisableConfigDir()
	c := model.NewDefaultConfiguration()
	c.Cmd = model.LISTANNOTATIONS
	c.Offline = true
	c.Optimize, c.OptimizeResourceDicts = false, false
	c.Limits = model.ResourceLimits{
		MaxStreamBytes:       crawl.MaxPDF,
		MaxDecodeBytes:       MaxDecoded,
		MaxImagePixels:       1,
		MaxImageBytes:        1,
		MaxObjectCount:       MaxObjects,
		MaxObjectStreamCount: MaxObjects,
		MaxObjectStreamFirst: MaxDecoded,
		MaxXRefEntries:       MaxObjects,
		MaxRecursionDepth:    MaxNesting,
	}
	return c
}

// walk goes through the pages and gives their links.
func walk(x *model.XRefTable) (crawl.PDFLinks, error) {
	w := walker{x: x, seen: map[int]bool{}}
	root, err := x.Pages()
	if err != nil || root == nil {
		return crawl.PDFLinks{}, broken(errors.New("the PDF has no pages"))
	}
	w.node(*root, 0)
	if w.found.Pages == 0 { // as of a file that was cut: what the library mends of it is an empty tree
		return crawl.PDFLinks{}, broken(errors.Join(errors.New("the PDF has no pages"), w.err))
	}
	return w.found, nil
}

// walker collects links. A page that cannot be read does not hide the others.
type walker struct {
	x     *model.XRefTable
	seen  map[int]bool // nodes of the page tree: a circle is passed once
	found crawl.PDFLinks
	err   error
}

func (w *walker) node(ref types.Object, depth int) {
	if r, ok := ref.(types.IndirectRef); ok {
		n := r.ObjectNumber.Value()
		if w.seen[n] {
			return
		}
		w.seen[n] = true
	}
	if depth > MaxNesting || w.found.Pages >= MaxPages {
		w.found.Limited = true
		return
	}
	d, err := w.x.DereferenceDict(ref)
	if err != nil || d == nil {
		w.err = errors.Join(w.err, err)
		return
	}
	if kids, err := w.array(d, "Kids"); err == nil && kids != nil {
		for _, kid := range kids {
			w.node(kid, depth+1)
		}
		return
	}
	w.found.Pages++
	w.annotations(d)
}

func (w *walker) array(d types.Dict, key string) (types.Array, error) {
	o, ok := d.Find(key)
	if !ok {
		return nil, nil
	}
	return w.x.DereferenceArray(o)
}

func (w *walker) annotations(page types.Dict) {
	list, err := w.array(page, "Annots")
	if err != nil {
		return
	}
	for _, o := range list {
		if len(w.found.Links) >= MaxLinks {
			w.found.Limited = true
			return
		}
		if uri := w.uri(o); uri != "" {
			w.found.Links = append(w.found.Links, crawl.PDFLink{Sheet: w.found.Pages, URI: uri})
		}
	}
}

// uri is where a link annotation leads, or nothing.
func (w *walker) uri(annotation types.Object) string {
	a, err := w.x.DereferenceDict(annotation)
	if err != nil || a == nil {
		return ""
	}
	if s := a.Subtype(); s == nil || *s != "Link" {
		return ""
	}
	o, ok := a.Find("A")
	if !ok {
		return ""
	}
	action, err := w.x.DereferenceDict(o)
	if err != nil || action == nil {
		return ""
	}
	if s := action.NameEntry("S"); s == nil || *s != "URI" {
		return ""
	}
	o, ok = action.Find("URI")
	if !ok {
		return ""
	}
	uri, err := w.x.DereferenceText(o)
	if err != nil {
		return ""
	}
	if len(uri) > MaxURI {
		w.found.Limited = true
		return ""
	}
	return uri
}
