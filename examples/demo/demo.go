package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"

	"mx_exporter/cmd/mx_exporter/web"
	"mx_exporter/collector"
	"mx_exporter/config"
	"mx_exporter/examples/maillab"
	"mx_exporter/probe"
	"mx_exporter/probe/roundtrip"
)

// demo is an exporter whose world is a mail lab.
type demo struct {
	lab      *maillab.Lab
	dir      string // configuration and root certificate
	pace     time.Duration
	env      *probe.Env
	store    *config.Store
	trips    *roundtrip.Runner
	handler  *web.Handler
	listener net.Listener
}

// open builds everything and listens; what it has opened by the time of an error
// is closed again.
func open(ctx context.Context, listen string) (*demo, error) {
	d := &demo{pace: usualPace}
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return d.listen(ctx, listen) },
		d.startLab,
		d.startExporter,
	} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, d.close())
		}
	}
	return d, nil
}

func (d *demo) listen(ctx context.Context, address string) (err error) {
	var lc net.ListenConfig
	if d.listener, err = lc.Listen(ctx, "tcp", address); err != nil {
		return fmt.Errorf("cannot serve on %s; choose another address with --listen: %w", address, err)
	}
	return nil
}

// startLab outlives ctx until close, so that probes under way when the demo is
// interrupted end as they would on a network that goes on.
func (d *demo) startLab(ctx context.Context) (err error) {
	d.lab, err = maillab.New(context.WithoutCancel(ctx))
	return err
}

func (d *demo) startExporter(context.Context) (err error) {
	if d.dir, err = os.MkdirTemp("", "mx_exporter-demo-"); err != nil {
		return err
	}
	file, err := d.lab.WriteConfig(d.dir)
	if err != nil {
		return err
	}
	if d.store, err = probe.Loader().NewStore(file); err != nil {
		return err
	}
	d.env = &probe.Env{
		Dial:     d.lab.Net.DialContext,
		Routed:   func(netip.Addr) bool { return true }, // the lab has IPv6, whatever this machine has
		Hostname: "monitor.lab.test",
	}
	prober := func(ctx context.Context, t probe.Target, m config.Module) (*probe.Result, error) {
		return probe.Run(ctx, d.env, t, m)
	}
	d.trips = roundtrip.New(roundtrip.Options{Env: d.env})
	o := web.Options{Prober: web.ProberFunc(prober), Config: d.store, TimeoutOffset: web.DefaultTimeoutOffset, RoundTrips: d.trips.Snapshot}
	o.Collectors = append(o.Collectors, web.DNSCollector(d.env.DNSStats), collector.RoundTrips(d.trips.Snapshot))
	d.handler, err = web.New(o)
	if err != nil {
		return err
	}
	d.env.OnPanic = d.handler.Panicked
	return nil
}

// url is where the exporter is, without a final slash.
func (d *demo) url() string { return "http://" + d.listener.Addr().String() }

// usualPace is how often the demo's round trips run. A configuration may not ask
// for less than a minute, which is long for who looks on.
const usualPace = 15 * time.Second

// hurried is the configuration's round trips at the demo's pace.
func (d *demo) hurried() map[string]config.RoundTrip {
	quick := map[string]config.RoundTrip{}
	for name, t := range d.store.Snapshot().RoundTrips {
		t.Interval, t.Window = config.Duration(d.pace), config.Duration(d.pace)
		quick[name] = t
	}
	return quick
}

// serve answers, and runs the round trips, until ctx is over.
func (d *demo) serve(ctx context.Context) error {
	d.trips.Start(ctx, d.hurried())
	defer d.trips.Stop(roundtrip.StopTime)
	return d.handler.Serve(ctx, func(s *http.Server) error { return s.Serve(d.listener) })
}

func (d *demo) close() error {
	var errs error
	if d.listener != nil {
		if err := d.listener.Close(); !errors.Is(err, net.ErrClosed) { // serving closes it too
			errs = err
		}
	}
	if d.env != nil {
		d.env.Close()
	}
	if d.lab != nil {
		errs = errors.Join(errs, d.lab.Close())
	}
	if d.dir != "" {
		errs = errors.Join(errs, os.RemoveAll(d.dir))
	}
	return errs
}
