package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
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
	"mx_exporter/cmd/mx_sd/discovery"
	"mx_exporter/cmd/mx_sd/web"
	"mx_exporter/config/sd"
	"mx_exporter/probe/crawl/pdf"
)

// serveFlags are the flags of the command "serve".
type serveFlags struct {
	name      string
	file      *string
	listen    *toolkit.FlagConfig
	lifecycle *bool
	logLevel  *string
	logFormat *string
}

// defaultAddress is every address, at the port behind the exporter's.
const defaultAddress = ":10926"

func addServe(app *kingpin.Application) *serveFlags {
	c := app.Command("serve", "Serve what was found to Prometheus: /sd/sites/NAME, /sd/domains/NAME, /sd/servers/NAME.")
	return &serveFlags{
		name:      c.FullCommand(),
		file:      c.Flag("config.file", "YAML file to read.").PlaceHolder("FILE").Required().String(),
		listen:    kingpinflag.AddFlags(c, defaultAddress),
		lifecycle: c.Flag("web.enable-lifecycle", "Let POST /-/reload reload the configuration, as SIGHUP does.").Bool(),
		logLevel:  c.Flag("log.level", "Least level that is logged: debug, info, warn, error.").Default("info").Enum("debug", "info", "warn", "error"),
		logFormat: c.Flag("log.format", "Format of the log: logfmt, json.").Default(logging.Logfmt).Enum(logging.Logfmt, logging.JSON),
	}
}

// serve runs until ctx is over.
func (p *program) serve(ctx context.Context, f *serveFlags) int {
	c, err := sd.Load(*f.file)
	if err == nil && *f.listen.WebConfigFile != "" {
		err = toolkit.Validate(*f.listen.WebConfigFile)
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_sd: %v\n", err)
		return exitFault
	}
	lines := logging.NewLines(p.stderr)
	defer lines.Close()
	base := logging.New(lines, *f.logLevel, *f.logFormat)
	s, err := p.newService(c, *f.file, log.With(base, "ts", log.DefaultTimestampUTC, "caller", log.DefaultCaller))
	if err == nil {
		err = s.run(ctx, f, base, lines)
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_sd: %v\n", err)
		return exitFault
	}
	level.Info(s.logger).Log("msg", "stopped")
	return exitOK
}

// service is what serve consists of.
type service struct {
	file      string
	logger    log.Logger
	discovery *discovery.Discovery
	config    atomic.Pointer[sd.Config]

	mu       sync.Mutex // held while a reload runs
	reloaded prometheus.Gauge
	at       prometheus.Gauge
}

func (p *program) newService(c *sd.Config, file string, logger log.Logger) (*service, error) {
	reader, err := p.world.reader()
	if err != nil {
		return nil, fmt.Errorf("this program does not know where it is, so it cannot read PDFs: %w", err)
	}
	s := &service{
		file: file, logger: logger,
		reloaded: prometheus.NewGauge(prometheus.GaugeOpts{Name: "mx_sd_config_last_reload_successful", Help: "Whether the last load of the configuration succeeded."}),
		at:       prometheus.NewGauge(prometheus.GaugeOpts{Name: "mx_sd_config_last_reload_success_timestamp_seconds", Help: "When the configuration that is valid was loaded, as Unix time."}),
	}
	s.config.Store(c)
	s.loaded(nil)
	s.discovery = discovery.New(&finder{
		world: p.world, pdf: reader,
		contact: func() string { return s.config.Load().Contact },
		resolver: func() (*resolver, error) {
			dns := s.config.Load().DNS
			return p.world.resolver(dns.Servers, time.Duration(dns.Timeout))
		},
	}, s.refreshed)
	s.discovery.Load(c)
	return s, nil
}

// refreshed logs how a refresh ended.
func (s *service) refreshed(st discovery.State) {
	if st.Err != nil {
		level.Warn(s.logger).Log("msg", "refresh failed; what was found before stays", "kind", st.Kind, "name", st.Name, "took", st.Took, "err", st.Err)
		return
	}
	level.Info(s.logger).Log("msg", "refreshed", "kind", st.Kind, "name", st.Name, "took", st.Took)
}

// reload takes the file as it is now, if it is right.
func (s *service) reload() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := sd.Load(s.file)
	if err == nil {
		s.config.Store(c)
		s.discovery.Load(c)
	}
	s.loaded(err)
	return err
}

func (s *service) loaded(err error) {
	if err != nil {
		s.reloaded.Set(0)
		level.Error(s.logger).Log("msg", "the configuration was not reloaded", "err", err)
		return
	}
	s.reloaded.Set(1)
	s.at.SetToCurrentTime()
}

func (s *service) run(ctx context.Context, f *serveFlags, base log.Logger, lines *logging.Lines) error {
	h, err := web.New(web.Options{
		Discovery: s.discovery, Reload: s.reload, Lifecycle: *f.lifecycle, Logger: s.logger,
		Collectors: []prometheus.Collector{s.reloaded, s.at, lines.Dropped("mx_sd")},
	})
	if err != nil {
		return err
	}
	level.Info(s.logger).Log("msg", "starting", "version", version.Info(), "pdf_reader", pdf.Confinement)
	ctx, stop := context.WithCancel(ctx)
	var background sync.WaitGroup
	background.Go(func() { s.discovery.Run(ctx) })
	background.Go(func() { s.hangups(ctx) })
	defer background.Wait()
	defer stop()
	return h.Serve(ctx, func(server *http.Server) error {
		return toolkit.ListenAndServe(server, f.listen, logging.Bridge(base))
	})
}

// hangups reloads at each SIGHUP. Signals that come while one is served fold into
// one more.
func (s *service) hangups(ctx context.Context) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	defer signal.Stop(signals)
	for {
		select {
		case <-signals:
			_ = s.reload() // logged there
		case <-ctx.Done():
			return
		}
	}
}
