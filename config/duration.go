package config

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// UnmarshalText takes Prometheus's notation. A number without a unit is an
// error, because nobody can tell whether seconds or milliseconds were meant; 0
// alone is taken. A negative length is read, so that the bounds can refuse it.
func (d *Duration) UnmarshalText(b []byte) error {
	s := string(b)
	if digits := strings.TrimPrefix(s, "-"); s != "0" && allDigits(digits) {
		return fmt.Errorf("%s has no unit: write %ss for seconds, or ms, m, h", quote(s), cut(digits))
	}
	p, err := model.ParseDurationAllowNegative(s)
	if err != nil {
		return fmt.Errorf("%s is not a duration: write 30s, 1m30s or 500ms", quote(s))
	}
	*d = Duration(p)
	return nil
}

// MarshalText gives Prometheus's notation, in whole milliseconds.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String gives Prometheus's notation, in whole milliseconds.
func (d Duration) String() string { return model.Duration(d).String() }

// Std gives the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
