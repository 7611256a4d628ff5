package main

import (
	"testing"
	"testing/fstest"
)

// X1, X2
func TestSlotsFitDescriptorsAndMemory(t *testing.T) {
	for _, c := range []struct {
		name        string
		descriptors uint64
		memory      int64
		slots       int
	}{
		{"a limit of 256", 256, 0, 18},
		{"a limit of 1024", 1024, 0, 82},
		{"a high limit", 1 << 20, 0, 200},
		{"no limit at all", 1<<64 - 1, 0, 200},
		{"next to nothing", 10, 0, 1},
		{"128 MiB of memory", 1 << 20, 115 << 20, 25},
		{"8 MiB of memory", 1 << 20, 8 << 20, 1},
		{"much memory", 1 << 20, 1 << 45, 200},
	} {
		slots, connections := divide(c.descriptors, c.memory)
		if slots != c.slots {
			t.Errorf("%s: %d slots, want %d", c.name, slots, c.slots)
		}
		if used := slots*(descriptorsPerProbe-1) + connections + descriptorsReserved; c.descriptors >= 256 && uint64(used) > c.descriptors {
			t.Errorf("%s: %d descriptors may be used of %d", c.name, used, c.descriptors)
		}
		if connections < 2 || c.descriptors >= 256 && connections <= slots {
			t.Errorf("%s: %d connections for %d slots", c.name, connections, slots)
		}
	}
}

// X2
func TestTheMemoryLimitOfTheControlGroupIsFound(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		limit int64
		ok    bool
	}{
		{"version 2", fstest.MapFS{"proc/self/cgroup": file("0::/a/b\n"), "sys/fs/cgroup/a/b/memory.max": file("134217728\n")}, 128 << 20, true},
		{"the least of the groups above", fstest.MapFS{
			"proc/self/cgroup": file("0::/a/b\n"), "sys/fs/cgroup/a/b/memory.max": file("max\n"), "sys/fs/cgroup/a/memory.max": file("1000000\n"), "sys/fs/cgroup/memory.max": file("2000000\n"),
		}, 1_000_000, true},
		{"in a container", fstest.MapFS{"proc/self/cgroup": file("0::/../../x\n"), "sys/fs/cgroup/memory.max": file("1000000\n")}, 1_000_000, true},
		{"no limit", fstest.MapFS{"proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("max\n")}, 0, false},
		{"version 1", fstest.MapFS{
			"proc/self/cgroup": file("3:cpu,cpuacct:/x\n9:memory:/docker/1\n"), "sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes": file("67108864\n"), "sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712\n"),
		}, 64 << 20, true},
		{"no control groups", fstest.MapFS{}, 0, false},
		{"nonsense", fstest.MapFS{"proc/self/cgroup": file("what\n0::\n"), "sys/fs/cgroup/memory.max": file("-1\n")}, 0, false},
	} {
		if limit, ok := groupMemory(c.files); limit != c.limit || ok != c.ok {
			t.Errorf("%s: %d, %v, want %d, %v", c.name, limit, ok, c.limit, c.ok)
		}
	}
}
