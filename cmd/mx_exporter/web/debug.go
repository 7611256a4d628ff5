package web

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/go-kit/log/level"
	"github.com/prometheus/common/expfmt"

	"mx_exporter/collector"
	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/report"
)

// maxTranscript bounds the transcripts on a debug page.
const maxTranscript = 64 << 10

// writeDebug answers with everything that a person needs to see why a probe
// said what it said: the result as text, the transcripts, the metrics, and the
// module. It is plain text, and each word from outside in it is quoted.
func (h *Handler) writeDebug(w http.ResponseWriter, r *http.Request, result *probe.Result, module config.Module) {
	var b bytes.Buffer
	// A buffer takes everything.
	_ = report.Text(&b, result, report.Options{Width: 120, Transcript: maxTranscript})
	b.WriteString("\nMetrics\n\n")
	if err := writeFamilies(&b, result); err != nil {
		level.Error(h.logger).Log("msg", "metrics could not be written", "err", err)
		fmt.Fprintln(&b, "# the metrics could not be written")
	}
	b.WriteString("\nModule\n\n")
	yaml, err := module.Marshal()
	if err != nil {
		level.Error(h.logger).Log("msg", "the module could not be written as YAML", "err", err)
	}
	b.Write(yaml)
	h.compressed(w, r, "text/plain; charset=utf-8", b.Bytes())
}

func writeFamilies(b *bytes.Buffer, r *probe.Result) error {
	families, err := collector.Gatherer(r).Gather()
	if err != nil {
		return err
	}
	e := expfmt.NewEncoder(b, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, f := range families {
		if err := e.Encode(f); err != nil {
			return err
		}
	}
	return nil
}
