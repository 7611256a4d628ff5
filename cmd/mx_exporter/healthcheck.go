package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
)

// healthFlags are the flags of the command "healthcheck".
type healthFlags struct {
	name string
	url  *string
}

// healthURL is where the exporter is asked, at its default port.
const healthURL = "http://127.0.0.1:10925/-/healthy"

// healthTimeout is what an answer may take that costs the exporter nothing.
const healthTimeout = 3 * time.Second

func addHealthcheck(app *kingpin.Application) *healthFlags {
	c := app.Command("healthcheck", "Ask a running exporter whether it is alive, as containers do that have no other program in them. Exit code: 0 alive, 1 not. An exporter that wants a password is alive; one that wants a client's certificate cannot be asked. Over HTTPS a certificate is verified, unless the exporter is asked on the loopback.")
	return &healthFlags{
		name: c.FullCommand(),
		url:  c.Flag("url", "Where it is asked.").Default(healthURL).String(),
	}
}

// healthcheck asks once. Only what is wrong is said.
func (p *program) healthcheck(ctx context.Context, f *healthFlags) int {
	u, err := url.Parse(*f.url)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		fmt.Fprintf(p.stderr, "mx_exporter: --url is %q; want an address such as %s\n", *f.url, healthURL)
		return exitFault // containers know no other code than 0 and 1
	}
	if err := askHealth(ctx, u); err != nil {
		fmt.Fprintf(p.stderr, "mx_exporter: %v\n", err)
		return exitFault
	}
	return exitOK
}

// askHealth asks u. Neither a proxy of the environment nor a redirect has a say in it.
func askHealth(ctx context.Context, u *url.URL) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	client := &http.Client{
		Transport: &http.Transport{
			DisableKeepAlives: true,
			// Who listens on our own loopback is us, by whatever name.
			TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: isLoopback(u.Hostname())}, //nolint:gosec // see above
		},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("sends elsewhere; want the address itself")
		},
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	// 401 is the answer of an exporter whose web configuration has passwords.
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusUnauthorized {
		return fmt.Errorf("%s answers %s; want 200", u.Redacted(), res.Status)
	}
	return nil
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && a.IsLoopback()
}
