//go:build race

package pdftest

const instrumented = true
