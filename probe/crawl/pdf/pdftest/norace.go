//go:build !race

package pdftest

const instrumented = false
