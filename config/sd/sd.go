// Package sd is the configuration of mx_sd serve: which websites are crawled,
// which lists of domains are expanded to their mail servers, and what of it is
// handed to Prometheus.
//
// The file is read as strictly as the exporter's, by the same decoder: a key that
// is not known here is an error with its line and column, and so is a name of a
// set that is nowhere described. Nothing in it is a secret.
package sd

import (
	"path/filepath"
	"time"

	"mx_exporter/config"
)

// Config is the whole file.
type Config struct {
	Contact string             `yaml:"contact"` // URL that websites are told
	DNS     DNS                `yaml:"dns"`
	Sites   map[string]Site    `yaml:"sites"`
	Domains map[string]Domains `yaml:"domains"`
	Servers map[string]Servers `yaml:"servers"`
}

// DNS is how names are resolved.
type DNS struct {
	Servers []string        `yaml:"servers"` // empty: those of resolv.conf
	Timeout config.Duration `yaml:"timeout"`
}

// Site is a website that is crawled.
type Site struct {
	URL             string           `yaml:"url"`
	Interval        config.Duration  `yaml:"interval"`
	HandOn          HandOn           `yaml:"hand_on"`
	Addresses       bool             `yaml:"addresses"`        // the addresses themselves are targets
	ExpectAddresses []string         `yaml:"expect_addresses"` // those that ought to stand on the site
	Domains         []string         `yaml:"domains"`          // registrable domains that links are followed to
	AllowNetworks   []config.Network `yaml:"allow_networks"`
	Pages           int              `yaml:"pages"`
	Depth           int              `yaml:"depth"`
	Time            config.Duration  `yaml:"time"`
	Delay           config.Duration  `yaml:"delay"`
}

// HandOn is which domains of a site become targets.
type HandOn string

// The choices.
const (
	All    HandOn = "all"
	Own    HandOn = "own"    // the site's own
	Others HandOn = "others" // all but the site's own
)

// Domains is a set of domains that are expanded to their mail servers.
type Domains struct {
	List     []string        `yaml:"list"`
	File     string          `yaml:"file"` // a domain on each line; read anew at each refresh
	Sites    []string        `yaml:"sites"`
	Interval config.Duration `yaml:"interval"`
}

// Servers is the mail servers of sets of domains, each server once.
type Servers struct {
	Domains []string `yaml:"domains"`
}

// The bounds of the file. A site is crawled rarely: it is somebody's server, and
// an address on a page changes once in months.
const (
	MinSiteInterval     = config.Duration(6 * time.Hour)
	DefaultSiteInterval = config.Duration(24 * time.Hour)
	MaxInterval         = config.Duration(14 * 24 * time.Hour)

	MinInterval     = config.Duration(5 * time.Minute) // the usual time to live of an MX record is an hour
	DefaultInterval = config.Duration(time.Hour)

	DefaultPages = 50
	MaxPages     = 500
	DefaultDepth = 3
	MaxDepth     = 5
	DefaultTime  = config.Duration(time.Minute)
	MaxTime      = config.Duration(10 * time.Minute)
	DefaultDelay = config.Duration(time.Second)
	MaxDelay     = config.Duration(time.Minute)

	MaxSites   = 200
	MaxSets    = 200
	MaxListed  = 1000      // domains of a list in the file itself; longer ones are files
	MaxDomains = 1_000_000 // of a set
)

// SetDefaults implements [config.Defaulter].
func (s *Site) SetDefaults() {
	s.Interval, s.HandOn = DefaultSiteInterval, All
	s.Pages, s.Depth, s.Time, s.Delay = DefaultPages, DefaultDepth, DefaultTime, DefaultDelay
}

// SetDefaults implements [config.Defaulter].
func (d *Domains) SetDefaults() { d.Interval = DefaultInterval }

// Load reads a file. The error is a [config.Error] or several joined.
func Load(path string) (*Config, error) {
	c := defaults()
	if err := document().Load(path, c, c.check); err != nil {
		return nil, err
	}
	return c, nil
}

// Parse reads a configuration from memory; relative paths in it begin at dir.
func Parse(b []byte, dir string) (*Config, error) {
	c := defaults()
	if err := document().Parse(b, dir, c, c.check); err != nil {
		return nil, err
	}
	return c, nil
}

// Reference lists every key.
func Reference() []config.Key { return document().Reference(*defaults()) }

func defaults() *Config {
	return &Config{DNS: DNS{Timeout: config.DefaultDNSTimeout}}
}

// inDir is a path as it is meant in a file of that folder.
func inDir(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
