package roundtrip

import "math"

// Histogram counts delivery times in seconds, in buckets with fixed bounds and in
// those of Prometheus's native histograms, at once.
type Histogram struct {
	Count   uint64   `json:"count"`
	Sum     float64  `json:"sum"`
	Buckets []uint64 `json:"buckets"` // of BucketBounds, each with what is up to its bound and above the one before
	Zero    uint64   `json:"zero"`    // up to ZeroThreshold
	// Native counts by index: up to 2^(index/8) seconds, and above 2^((index-1)/8).
	Native map[int]uint64 `json:"native,omitempty"`
}

const (
	// Schema is that of the native buckets: each is 2^(1/8), some 9 %, wider than
	// the one before.
	Schema int32 = 3
	// ZeroThreshold is a time that is none.
	ZeroThreshold float64 = 1e-3
	// longest bounds the index, and so the buckets: a message is known for two
	// days at most.
	longest float64 = 3 * 86400
)

// BucketBounds are the fixed bounds in seconds: from what a local server needs to
// the first retries of greylisting and an hour.
func BucketBounds() []float64 {
	return []float64{.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600}
}

// Observe takes in one time.
func (h *Histogram) Observe(seconds float64) {
	seconds = min(max(seconds, 0), longest)
	h.Count++
	h.Sum += seconds
	bounds := BucketBounds()
	if len(h.Buckets) != len(bounds) {
		h.Buckets = make([]uint64, len(bounds))
	}
	for i, b := range bounds {
		if seconds <= b {
			h.Buckets[i]++
			break
		}
	}
	if seconds <= ZeroThreshold {
		h.Zero++
		return
	}
	if h.Native == nil {
		h.Native = map[int]uint64{}
	}
	h.Native[int(math.Ceil(math.Log2(seconds)*float64(int(1)<<Schema)))]++
}

// clone is a copy that shares nothing.
func (h Histogram) clone() Histogram {
	c := h
	c.Buckets = append([]uint64(nil), h.Buckets...)
	c.Native = make(map[int]uint64, len(h.Native))
	for i, n := range h.Native {
		c.Native[i] = n
	}
	return c
}

// sound reports that the numbers fit together, as they do unless a file was
// meddled with.
func (h Histogram) sound() bool {
	if len(h.Buckets) != 0 && len(h.Buckets) != len(BucketBounds()) || math.IsNaN(h.Sum) || math.IsInf(h.Sum, 0) || h.Sum < 0 {
		return false
	}
	fixed, native := uint64(0), h.Zero
	for _, n := range h.Buckets {
		fixed += n
	}
	for i, n := range h.Native {
		if i < -100 || i > 200 {
			return false
		}
		native += n
	}
	return fixed <= h.Count && native == h.Count
}
