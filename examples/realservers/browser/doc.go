// Package browser drives Debian's Chromium by the WebDriver protocol (W3C),
// which is JSON over HTTP, and by the developer tools' own commands where that
// protocol has none: for the size of a screen, for its colours, and for whole
// pictures.
//
// The tests beside it, under the build tag "real", read the exporter's pages in
// it as people do. A server can only say what it sends; whether a page fits a
// telephone, asks anybody else for anything or complains on the console is for a
// browser to say.
package browser
