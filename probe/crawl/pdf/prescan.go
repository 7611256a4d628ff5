package pdf

import (
	"bytes"
	"regexp"
)

// filterList is a stream's list of filters where it stands in the stream's own
// dictionary, which is where every honest writer puts it.
var filterList = regexp.MustCompile(`/Filter\s*\[([^\]]*)`)

// chained reports a file with a stream of more than [MaxFilters] filters, one
// behind the other. Each multiplies what the one before it made.
func chained(file []byte) bool {
	for _, m := range filterList.FindAllSubmatch(file, -1) {
		if bytes.Count(m[1], []byte("/")) > MaxFilters {
			return true
		}
	}
	return false
}
