package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/go-kit/log"

	"mx_exporter/cmd/mx_exporter/web"
	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/fact"
)

const (
	// diagnoseEvery is how often we look at how others see us.
	diagnoseEvery = time.Hour
	// diagnoseTime bounds one look.
	diagnoseTime = time.Minute
)

// diagnosing looks at how others see us, whenever we speak from an address for
// the first time and each hour, until stop is called. It logs what changes.
func diagnosing(ctx context.Context, e *probe.Env, configuration func() *config.Config, l log.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(diagnoseEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-e.Fresh():
			case <-tick.C:
			}
			before := e.Diagnosis()
			look, over := context.WithTimeout(ctx, diagnoseTime)
			e.Diagnose(look, configuration())
			over()
			if now := e.Diagnosis(); now != before {
				logChanges(l, diagnosed(before), diagnosed(now))
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

// diagnosed puts how others see us into lines.
func diagnosed(d *probe.Diagnosis) (lines []web.StateLine) {
	if d == nil {
		return nil
	}
	for _, us := range d.Addresses {
		line := web.StateLine{What: "Own address " + us.Address.String(), OK: true, Text: "on no block list and well named, as far as is known"}
		if wrong := wrongWith(us); len(wrong) > 0 {
			line.OK, line.Text = false, strings.Join(wrong, "; ")
		}
		lines = append(lines, line)
	}
	return lines
}

func wrongWith(us probe.Ourselves) (wrong []string) {
	for _, a := range us.Lists {
		if a.Verdict == dnsbl.Listed {
			wrong = append(wrong, "on the block list "+a.List)
		}
	}
	switch us.PTR.Status {
	case fact.None:
		wrong = append(wrong, "it has no name in reverse DNS")
	case fact.Fail:
		wrong = append(wrong, "its name in reverse DNS does not lead back to it")
	case fact.Pass, fact.Error:
	}
	for _, n := range us.Names {
		if n.Known && !n.Matches {
			wrong = append(wrong, fmt.Sprintf("the EHLO name %s does not lead to it", n.Name))
		}
	}
	return wrong
}

// each calls f for each address of ours.
func (m *selfMetrics) each(f func(probe.Ourselves)) {
	if d := m.env.Diagnosis(); d != nil {
		for _, us := range d.Addresses {
			f(us)
		}
	}
}

func (m *selfMetrics) ourListings(out emit) {
	m.each(func(us probe.Ourselves) {
		for _, a := range us.Lists {
			if a.Verdict != dnsbl.Unknown {
				out(truth(a.Verdict == dnsbl.Listed), a.List, us.Address.String())
			}
		}
	})
}

func (m *selfMetrics) ourReverse(out emit) {
	m.each(func(us probe.Ourselves) {
		for _, s := range fact.Statuses() {
			out(truth(us.PTR.Status == s), us.Address.String(), string(s))
		}
	})
}

func (m *selfMetrics) ourNames(out emit) {
	m.each(func(us probe.Ourselves) {
		for _, n := range us.Names {
			if n.Known {
				out(truth(n.Matches), n.Name, us.Address.String())
			}
		}
	})
}
