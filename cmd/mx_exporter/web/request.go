package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
)

// request is one request for a probe, understood: what to look at, by which
// module of which configuration, and until when.
type request struct {
	target   probe.Target
	module   config.Module
	snapshot *config.Config // the configuration that the whole request goes by
	timeout  time.Duration
	deadline time.Time
	view     view
}

// view is what the answer looks like.
type view string

// The views.
const (
	viewMetrics view = "metrics"
	viewDebug   view = "debug"
	viewJSON    view = "json"
)

// key says which requests may share a run. The configuration is in it, so that
// a request after a reload never gets a result of before.
type key struct {
	target   probe.Target
	module   string
	snapshot *config.Config
}

func (r *request) key() key { return key{r.target, r.module.Name, r.snapshot} }

// read takes a request for a probe apart, which may have the parameters known.
func (h *Handler) read(r *http.Request, now time.Time, known ...string) (*request, *refusal) {
	q, refused := parameters(r.URL.RawQuery, known...)
	if refused != nil {
		return nil, refused
	}
	req := &request{snapshot: h.store.Snapshot()}
	if req.view, refused = h.readView(q); refused != nil {
		return nil, refused
	}
	if req.module, refused = h.readModule(q, req.snapshot); refused != nil {
		return nil, refused
	}
	if req.target, refused = readTarget(q, req.module); refused != nil {
		return nil, refused
	}
	timeout, valid := timeoutOf(time.Duration(req.module.Timeout), r.Header.Get(TimeoutHeader), h.options.TimeoutOffset)
	if !valid {
		h.metrics.badTimeoutHeader.Inc()
	}
	req.timeout, req.deadline = timeout, now.Add(timeout)
	return req, nil
}

// parameters decodes a query once, and takes no parameter that it does not
// know and none that is there twice: of two targets, neither is the one meant.
func parameters(rawQuery string, known ...string) (url.Values, *refusal) {
	q, err := url.ParseQuery(rawQuery)
	if err != nil {
		return nil, bad(badParameter, "the query is not well-formed: %s after a %% stands no pair of hexadecimal digits, or a semicolon separates two parameters; want name=value&name=value", echo(rawQuery))
	}
	for name, values := range q {
		if !slices.Contains(known, name) {
			return nil, bad(badParameter, "parameter %s is unknown; known are %s", echo(name), strings.Join(known, ", "))
		}
		if len(values) > 1 {
			reason := badParameter
			if name == "target" {
				reason = badTarget
			}
			return nil, bad(reason, "parameter %q is there %d times; want it once", name, len(values))
		}
	}
	return q, nil
}

// readTarget reads the target for a module. A module that is bound to a server
// needs none.
func readTarget(q url.Values, m config.Module) (probe.Target, *refusal) {
	if !q.Has("target") && m.Server == "" {
		return probe.Target{}, bad(badTarget, "parameter \"target\" is missing; want a domain, as in /probe?target=example.org")
	}
	t, err := probe.TargetFor(q.Get("target"), m)
	if err == nil {
		return t, nil
	}
	if refused := refuseTarget(err); refused != nil {
		return t, refused
	}
	return t, bad(badTarget, "the target is no domain; want one such as example.org")
}

// refuseTarget answers errors that are the asker's mistake; nil for others.
func refuseTarget(err error) *refusal {
	var (
		wrong   *probe.TargetError
		private *probe.RecipientError
	)
	switch {
	case errors.As(err, &wrong):
		return bad(badTarget, "target %s %s; want %s", echo(wrong.Target), wrong.Wrong, wrong.Want())
	case errors.As(err, &private):
		return bad(badTarget, "recipient %s is not one that recipients.allow of module %s names; want a domain, or such a recipient", echo(private.Recipient), private.Module)
	}
	return nil
}

func (h *Handler) readModule(q url.Values, c *config.Config) (config.Module, *refusal) {
	name := DefaultModule
	if q.Has("module") {
		name = q.Get("module")
	}
	m, ok := c.Modules[name]
	if !ok {
		h.metrics.unknownModule.Inc()
		return m, bad(badModule, "module %s is not in the configuration; it has %s", echo(name), strings.Join(moduleNames(c), ", "))
	}
	m.Name = name
	return m, nil
}

func (h *Handler) readView(q url.Values) (view, *refusal) {
	v := viewMetrics
	switch q.Get("debug") {
	case "", "false":
	case "true":
		v = viewDebug
	default:
		return v, bad(badParameter, "debug is %s; want true or false", echo(q.Get("debug")))
	}
	switch format := q.Get("format"); {
	case format == "":
	case format == "json" && v == viewMetrics:
		v = viewJSON
	case format == "json":
		return v, bad(badParameter, "debug=true and format=json exclude each other; want one of them")
	default:
		return v, bad(badParameter, "format is %s; want json, or no format for metrics", echo(format))
	}
	if v != viewMetrics && h.options.DisableDetails {
		return v, absent(disabled, "debug and format=json are taken away by --web.disable-details; ask without them for the metrics")
	}
	return v, nil
}

// moduleNames lists at most ten modules, for a sentence.
func moduleNames(c *config.Config) []string {
	const most = 10
	names := c.Names()
	if len(names) > most {
		names = append(names[:most:most], "…")
	}
	return names
}
