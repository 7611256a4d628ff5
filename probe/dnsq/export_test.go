package dnsq

import "github.com/miekg/dns"

// Names for tests outside of the package.
const (
	IdleTime        = idleTime
	MaxAge          = maxAge
	MaxRecords      = maxRecords
	MaxSteps        = maxSteps
	MaxQueries      = maxQueries
	DatagramTurns   = datagramTurns
	MaxQuestions    = maxQuestions
	DatagramSockets = datagramSockets
	RetryAfter      = retryAfter
	ConfRecheck     = confRecheck
)

// Question is question.
func Question(name string, qtype uint16) *dns.Msg { return question(name, qtype) }

// UseConf lets a client read another resolv.conf.
func (c *Client) UseConf(path string) { c.conf = &conf{path: path, port: c.o.port()} }

// ServerNames gives the resolvers in the order in which they would be asked.
func (c *Client) ServerNames() []string {
	var names []string
	for _, u := range c.servers() {
		names = append(names, u.server.String())
	}
	return names
}
