package main

import (
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	sloggokit "github.com/tjhop/slog-gokit"

	"mx_exporter/config"
)

// The formats of the log.
const (
	formatLogfmt = "logfmt"
	formatJSON   = "json"
)

// newLogger makes a logger without time and caller, which log.With adds for our
// own lines and the bridge for those of the toolkit.
func newLogger(w io.Writer, least, format string) log.Logger {
	l := log.NewLogfmtLogger(w)
	if format == formatJSON {
		l = log.NewJSONLogger(w)
	}
	return level.NewFilter(l, level.Allow(level.ParseDefault(least, level.InfoValue())))
}

// bridge lets the exporter-toolkit, which speaks slog, write into our log. The
// lines of both look the same: the bridge's time is called ts as ours is.
func bridge(l log.Logger) *slog.Logger {
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

// warnOfName says once, at the start, that servers will be told an address
// instead of a name: many of them think little of a client without one.
func warnOfName(l log.Logger, c *config.Config) {
	host, _ := os.Hostname()
	if strings.Contains(strings.Trim(host, "."), ".") {
		return
	}
	for name, m := range c.Modules {
		if m.SMTP.EHLOName == "" {
			level.Warn(l).Log("msg", "this machine's name has no domain, so EHLO announces its address, and no MAIL is tried without a mail_from; set smtp.ehlo_name", "hostname", host, "module", name)
			return
		}
	}
}
