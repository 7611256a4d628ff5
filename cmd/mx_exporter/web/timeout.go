package web

import (
	"strconv"
	"strings"
	"time"
)

// TimeoutHeader is where Prometheus says how long it will wait, in seconds.
const TimeoutHeader = "X-Prometheus-Scrape-Timeout-Seconds"

// maxScrapeTimeout bounds what the header may ask for.
const maxScrapeTimeout = time.Hour

// timeoutOf is how long a probe may take: the module's timeout, or less when
// Prometheus waits for less. offset is kept for the way back; where it would
// eat most of the time, half of the header's is used.
func timeoutOf(module time.Duration, header string, offset time.Duration) (_ time.Duration, valid bool) {
	if header == "" {
		return module, true
	}
	scrape, ok := parseTimeout(header)
	if !ok {
		return module, false
	}
	return min(module, max(scrape-offset, scrape/2, time.Nanosecond)), true
}

// parseTimeout reads a plain decimal number of seconds in (0, 3600]. Go's own
// ParseFloat also takes NaN, Inf, hexadecimal and underscores, none of which
// Prometheus sends.
func parseTimeout(s string) (time.Duration, bool) {
	const digits = "0123456789"
	if len(s) > 32 || strings.Trim(s, digits+".") != "" {
		return 0, false
	}
	seconds, err := strconv.ParseFloat(s, 64)
	if err != nil || seconds <= 0 || seconds > maxScrapeTimeout.Seconds() {
		return 0, false
	}
	d := time.Duration(seconds * float64(time.Second))
	return d, d > 0
}
