package main

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/version"
	toolkit "github.com/prometheus/exporter-toolkit/web"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"

	"mx_exporter/cmd/logging"
	"mx_exporter/cmd/mx_exporter/web"
	"mx_exporter/collector"
	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/roundtrip"
)

// serveFlags are the flags of the exporter itself.
type serveFlags struct {
	file           *string
	onlyCheck      *bool
	listen         *toolkit.FlagConfig
	externalURL    *string
	routePrefix    *string
	lifecycle      *bool
	disableDetails *bool
	history        *int
	state          *string
	self           *[]string
	timeoutOffset  *time.Duration
	logLevel       *string
	logFormat      *string
}

// defaultAddress is every address, at the exporter's port.
const defaultAddress = ":10925"

func addServe(app *kingpin.Application, file *string) *serveFlags {
	c := app.Command("serve", "Serve metrics by HTTP.").Default()
	return &serveFlags{
		file:           file,
		onlyCheck:      c.Flag("config.check", "Check the configuration file and exit.").Bool(),
		listen:         kingpinflag.AddFlags(c, defaultAddress),
		externalURL:    c.Flag("web.external-url", "URL under which users reach the exporter, for links behind a proxy.").PlaceHolder("URL").String(),
		routePrefix:    c.Flag("web.route-prefix", "Path that every route stands under; default: the path of --web.external-url.").PlaceHolder("PATH").String(),
		lifecycle:      c.Flag("web.enable-lifecycle", "Let POST /-/reload reload the configuration, as SIGHUP does.").Bool(),
		disableDetails: c.Flag("web.disable-details", "Show no debug output, JSON, past probes or configuration.").Bool(),
		history:        c.Flag("history.limit", "Past probes kept, and as many failed ones beside them.").Default(fmt.Sprint(web.DefaultHistory)).Int(),
		state:          c.Flag("state.directory", "Directory that keeps what round trips have to remember over a restart; without one they forget what is under way.").PlaceHolder("DIR").String(),
		self:           c.Flag("self.address", "Address that mail servers see this exporter at, where that is not one of the machine's own, as behind a NAT; may stand often.").PlaceHolder("ADDRESS").Strings(),
		timeoutOffset:  c.Flag("timeout-offset", "Taken off Prometheus's scrape timeout, for the way back.").Default(web.DefaultTimeoutOffset.String()).Duration(),
		logLevel:       c.Flag("log.level", "Least level that is logged: debug, info, warn, error.").Default("info").Enum("debug", "info", "warn", "error"),
		logFormat:      c.Flag("log.format", "Format of the log: logfmt, json.").Default(logging.Logfmt).Enum(logging.Logfmt, logging.JSON),
	}
}

// wrong says which flag has a value that cannot be used.
func (f *serveFlags) wrong() error {
	switch {
	case *f.timeoutOffset < 0:
		return fmt.Errorf("--timeout-offset is %v; want 0s or more", *f.timeoutOffset)
	case *f.history < 1:
		return fmt.Errorf("--history.limit is %d; want 1 or more, or --web.disable-details for none", *f.history)
	}
	if _, err := f.selfAddresses(); err != nil {
		return err
	}
	return wrongState(*f.state)
}

// selfAddresses are the addresses that others see us at.
func (f *serveFlags) selfAddresses() (all []netip.Addr, err error) {
	for _, s := range *f.self {
		a, err := probe.ParseSelf(s)
		if err != nil {
			return nil, fmt.Errorf("--self.address: %w", err)
		}
		all = append(all, a)
	}
	return all, nil
}

// serve runs the exporter until ctx is over.
func (p *program) serve(ctx context.Context, f *serveFlags) int {
	if err := f.wrong(); err != nil {
		fmt.Fprintf(p.stderr, "mx_exporter: %v\n", err)
		return exitUsage
	}
	store, err := probe.Loader().NewStore(*f.file)
	if err == nil && *f.listen.WebConfigFile != "" {
		err = toolkit.Validate(*f.listen.WebConfigFile)
	}
	switch {
	case err != nil:
		fmt.Fprintf(p.stderr, "mx_exporter: %v\n", err)
		return exitFault
	case *f.onlyCheck:
		fmt.Fprintln(p.stdout, "the configuration is valid")
		return exitOK
	}
	lines := logging.NewLines(p.stderr)
	defer lines.Close()
	base := logging.New(lines, *f.logLevel, *f.logFormat)
	logger := log.With(base, "ts", log.DefaultTimestampUTC, "caller", log.DefaultCaller)

	if err := p.serveHTTP(ctx, f, store, servers{base, logger, lines}); err != nil {
		level.Error(logger).Log("msg", "ended", "err", err)
		return exitFault
	}
	level.Info(logger).Log("msg", "stopped")
	return exitOK
}

// servers is what a server logs with.
type servers struct {
	base, logger log.Logger // base has no time and no caller: the toolkit's bridge adds its own
	lines        *logging.Lines
}

func (p *program) serveHTTP(ctx context.Context, f *serveFlags, store *config.Store, l servers) error {
	room := measure()
	p.env.SelfAddresses, _ = f.selfAddresses() // serve has looked at them
	watch := p.env.SelfCheck(store.Snapshot, built()...)
	trips := p.roundTrips(*f.state, l.logger)
	h, err := web.New(web.Options{
		Prober: web.ProberFunc(p.probe), Config: tripStore{watchedStore{store, watch}, trips}, Logger: l.logger,
		Slots: room.slots, Connections: room.connections,
		TimeoutOffset: *f.timeoutOffset, History: *f.history, DisableDetails: *f.disableDetails,
		Lifecycle: *f.lifecycle, ExternalURL: *f.externalURL, RoutePrefix: *f.routePrefix,
		State: state(p.env, watch), RoundTrips: trips.Snapshot,
		Collectors: []prometheus.Collector{
			l.lines.Dropped("mx_exporter"), newSelfMetrics(p.env, watch, store), web.DNSCollector(p.env.DNSStats),
			collector.RoundTrips(trips.Snapshot),
		},
	})
	if err != nil {
		return err
	}
	p.env.OnPanic = h.Panicked
	defer p.env.Close()
	level.Info(l.logger).Log("msg", "starting", "version", version.Info(), "slots", room.slots,
		"connections", room.connections, "descriptors", room.descriptors, "memory_limit", room.memory)
	warnOfName(l.logger, store.Snapshot())

	trips.Start(ctx, store.Snapshot().RoundTrips)
	defer trips.Stop(roundtrip.StopTime)
	defer watching(ctx, watch, l.logger)()
	defer diagnosing(ctx, p.env, store.Snapshot, l.logger)()
	stop := reloadOnHangup(h)
	defer stop()
	return h.Serve(ctx, func(s *http.Server) error {
		return toolkit.ListenAndServe(s, f.listen, logging.Bridge(l.base))
	})
}

// reloadOnHangup reloads the configuration at each SIGHUP. Signals that come
// while one is served fold into one more.
func reloadOnHangup(h *web.Handler) (stop func()) {
	hangups, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-hangups:
				// The handler logs what came of it.
				_ = h.Reload()
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(hangups)
		close(done)
	}
}
