package reply

import "strings"

// ParseText reads a reply as an administrator pastes it, "550 5.1.1 User unknown".
func ParseText(s string) (Reply, bool) {
	r := NewReader(strings.NewReader(strings.TrimSpace(s)+"\r\n"), Limits{})
	got, err := r.Read()
	return got, err == nil
}
