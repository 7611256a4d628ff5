package probe_test

import (
	"testing"

	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
)

// BenchmarkProbe is whole probes, the lab's own work with them: two hosts of two
// addresses, twelve hosts, and a server that is a long way off. Wall time must
// follow the slowest conversation, not their number.
func BenchmarkProbe(b *testing.B) {
	lab := labtest.Start(b)
	file, err := lab.WriteConfig(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	c, err := probe.Loader().Load(file)
	if err != nil {
		b.Fatal(err)
	}
	env := &probe.Env{Dial: lab.Net.DialContext, Hostname: "monitor.lab.test"}
	b.Cleanup(env.Close)
	for _, domain := range []string{"good.test", "twelve.test", "far-away.test"} {
		b.Run(domain, func(b *testing.B) {
			target, err := probe.ParseTarget(domain)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				r, err := probe.Run(b.Context(), env, target, c.Modules["mx"])
				if err != nil || !r.Success {
					b.Fatal(err, r)
				}
			}
		})
	}
}
