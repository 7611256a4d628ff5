package pdf

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// confinedChild is one that shows its bounds.
func confinedChild(name string) func() int {
	switch name {
	case "eats":
		return eats
	case "tells":
		return tells
	}
	return nil
}

// eats takes memory well beyond its bound.
func eats() int {
	if confine() != nil {
		return 1
	}
	var all [][]byte
	for range 3 * MaxMemory >> 20 {
		b := make([]byte, 1<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		all = append(all, b)
	}
	fmt.Printf(`{"pages":%d}`, len(all))
	return 0
}

// tells says what bounds it has, as the links of an answer.
func tells() int {
	if err := confine(); err != nil {
		return 1
	}
	var data, cpu, files unix.Rlimit
	for what, l := range map[int]*unix.Rlimit{unix.RLIMIT_DATA: &data, unix.RLIMIT_CPU: &cpu, unix.RLIMIT_NOFILE: &files} {
		if err := unix.Getrlimit(what, l); err != nil {
			return 1
		}
	}
	_, err := os.Stat("/proc/self/environ")
	interfaces, _ := net.Interfaces()
	up := 0
	for _, i := range interfaces {
		if i.Flags&net.FlagUp != 0 {
			up++
		}
	}
	fmt.Printf(`{"pages":1,"links":[{"URI":"%v %d %d environment %d %v"},{"URI":"interfaces up %d"}]}`, data.Max > MaxMemory && data.Max < 2*MaxMemory, cpu.Max, files.Max, len(os.Environ()), err == nil, up)
	return 0
}

// P1: the kernel holds the bounds that the package names.
func TestTheChildIsConfined(t *testing.T) {
	want := fmt.Sprintf("true %d %d environment 0 true", int(MaxCPU.Seconds()), MaxFiles)
	got := found(reader(t, "tells").Read(t.Context(), nil))
	if !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	t.Log(got)
	if got := found(reader(t, "eats").Read(t.Context(), nil)); got != "pdf_killed" {
		t.Errorf("a child that takes three times its memory gives %q", got)
	}
}
