//go:build linux

package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Prometheus is a running Prometheus.
type Prometheus struct {
	*Process
	address string
}

// StartPrometheus starts Debian's Prometheus with a configuration and returns
// when it is ready.
func StartPrometheus(t testing.TB, configuration []byte) *Prometheus {
	t.Helper()
	dir := Folder(t, "prometheus")
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, configuration, 0o600); err != nil {
		t.Fatal(err)
	}
	p := &Prometheus{address: At("127.0.0.1", Port(t))}
	p.Process = Start(t, dir, "prometheus", "/usr/bin/prometheus",
		"--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+p.address)
	p.Ready(t, "says that it is ready", func() bool {
		code, _, err := fetch(t.Context(), "http://"+p.address+"/-/ready")
		return err == nil && code == http.StatusOK
	})
	return p
}

// Await asks until a PromQL expression is true, that is, until its answer is
// not empty, and ends the test with the series given in context if that takes
// longer than within.
func (p *Prometheus) Await(t testing.TB, within time.Duration, expression, context string) {
	t.Helper()
	Eventually(t, within, expression, func() (bool, string) {
		found, err := p.query(t, expression)
		if err == nil && len(found) > 0 {
			return true, ""
		}
		about, other := p.query(t, context)
		return false, fmt.Sprintf("error %v, %v; %s is\n%s", err, other, context, about)
	})
}

// query asks for an instant vector.
func (p *Prometheus) query(t testing.TB, expression string) (Exposition, error) {
	t.Helper()
	_, body, err := fetch(t.Context(), "http://"+p.address+"/api/v1/query?"+url.Values{"query": {expression}}.Encode())
	if err != nil {
		return nil, err
	}
	var answer struct {
		Status, Error string
		Data          struct {
			Result []struct {
				Metric map[string]string
				Value  [2]json.RawMessage // time, value as text
			}
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("%w in %q", err, body)
	}
	if answer.Status != "success" {
		t.Fatalf("Prometheus does not understand %q: %s", expression, answer.Error)
	}
	var found Exposition
	for _, r := range answer.Data.Result {
		s := Series{Name: r.Metric["__name__"], Labels: r.Metric}
		delete(s.Labels, "__name__")
		if s.Value, err = strconv.ParseFloat(strings.Trim(string(r.Value[1]), `"`), 64); err != nil {
			return nil, fmt.Errorf("value %s: %w", r.Value[1], err)
		}
		found = append(found, s)
	}
	return found, nil
}

// Ask is the answer to a PromQL expression now.
func (p *Prometheus) Ask(t testing.TB, expression string) Exposition {
	t.Helper()
	found, err := p.query(t, expression)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return found
}

// Range is the answer to a PromQL expression over the time from a moment until
// now, as JSON of Prometheus's range queries: labels and values of each series.
func (p *Prometheus) Range(t testing.TB, expression string, from time.Time, step time.Duration) []RangeSeries {
	t.Helper()
	_, body, err := fetch(t.Context(), "http://"+p.address+"/api/v1/query_range?"+url.Values{
		"query": {expression}, "step": {step.String()},
		"start": {strconv.FormatInt(from.Unix(), 10)}, "end": {strconv.FormatInt(time.Now().Unix(), 10)},
	}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Status, Error string
		Data          struct{ Result []RangeSeries }
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Status != "success" {
		t.Fatalf("%s: %v, %s", expression, err, answer.Error)
	}
	return answer.Data.Result
}

// RangeSeries is one series over time.
type RangeSeries struct {
	Metric map[string]string
	Values []TimedValue
}

// TimedValue is a value at a time, in Unix seconds.
type TimedValue struct{ At, Value float64 }

// UnmarshalJSON reads Prometheus's pair of a number and a text.
func (v *TimedValue) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &[]any{&v.At, &text}); err != nil {
		return err
	}
	value, err := strconv.ParseFloat(text, 64)
	v.Value = value
	return err
}
