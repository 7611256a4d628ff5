package main

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// noLimit is above what any machine has; version 1 of control groups writes such
// a number where there is no limit.
const noLimit = 1 << 50

// groupMemory reads the memory limit of the control group that this process is
// in: that of version 2 (memory.max of the group and of each above it), or of
// version 1. ok is false where there is none.
func groupMemory(root fs.FS) (limit int64, ok bool) {
	b, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(b)) {
		// hierarchy:controllers:path; version 2 is hierarchy 0 without controllers.
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) != 3 {
			continue
		}
		base, file := "sys/fs/cgroup", "memory.max"
		switch {
		case fields[1] == "memory":
			base, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		case fields[0] != "0":
			continue
		}
		if l, found := leastLimit(root, base, fields[2], file); found && (!ok || l < limit) {
			limit, ok = l, true
		}
	}
	return limit, ok
}

// leastLimit is the smallest limit from a group up to the root of its tree. A
// container sees its own group as that root, whatever path it is told.
func leastLimit(root fs.FS, base, group, file string) (limit int64, ok bool) {
	for group = path.Clean("/" + group); ; group = path.Dir(group) {
		b, err := fs.ReadFile(root, path.Join(base, group, file))
		if err == nil {
			n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
			if err == nil && n > 0 && n < noLimit && (!ok || n < limit) {
				limit, ok = n, true
			}
		}
		if group == "/" {
			return limit, ok
		}
	}
}
