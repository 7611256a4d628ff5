package main

import (
	"os"
	"strings"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"mx_exporter/config"
)

// warnOfName says once, at the start, that servers will be told an address
// instead of a name: many of them think little of a client without one.
func warnOfName(l log.Logger, c *config.Config) {
	host, _ := os.Hostname()
	if strings.Contains(strings.Trim(host, "."), ".") {
		return
	}
	for name, m := range c.Modules {
		if m.SMTP.EHLOName == "" {
			level.Warn(l).Log("msg", "this machine's name has no domain, so EHLO announces its address, and no MAIL is tried without a mail_from; set smtp.ehlo_name", "hostname", host, "module", name)
			return
		}
	}
}
