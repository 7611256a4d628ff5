// Package logging is the log of the programs: logfmt or JSON by go-kit, the
// exporter-toolkit's slog lines brought into the same form, and a writer that
// never holds up what it logs about.
package logging

import (
	"io"
	"log/slog"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	sloggokit "github.com/tjhop/slog-gokit"
)

// The formats of the log.
const (
	Logfmt = "logfmt"
	JSON   = "json"
)

// New makes a logger without time and caller, which log.With adds for our
// own lines and the bridge for those of the toolkit.
func New(w io.Writer, least, format string) log.Logger {
	l := log.NewLogfmtLogger(w)
	if format == JSON {
		l = log.NewJSONLogger(w)
	}
	return level.NewFilter(l, level.Allow(level.ParseDefault(least, level.InfoValue())))
}

// Bridge lets the exporter-toolkit, which speaks slog, write into our log. The
// lines of both look the same: the bridge's time is called ts as ours is.
func Bridge(l log.Logger) *slog.Logger {
	renamed := log.LoggerFunc(func(pairs ...any) error {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == any(slog.TimeKey) {
				pairs[i] = "ts"
			}
		}
		return l.Log(pairs...)
	})
	return slog.New(sloggokit.NewGoKitHandler(renamed, slog.LevelDebug))
}
