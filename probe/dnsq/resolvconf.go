package dnsq

import (
	"bufio"
	"io"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	resolvConf    = "/etc/resolv.conf"
	confRecheck   = 5 * time.Second // between looks at the file
	confServers   = 3               // MAXNS of resolv.conf(5)
	confBytes     = 64 << 10
	nameserverKey = "nameserver"
)

// conf follows the nameserver lines of a resolv.conf. Its options and search
// lines are for programs that ask for relative names.
type conf struct {
	path string
	port uint16

	mu      sync.Mutex
	checked time.Time
	changed time.Time // modification time of what was read
	size    int64
	list    []netip.AddrPort
}

// servers gives the resolvers in order. A file that cannot be read, or names
// none, stands for a resolver on this machine, as resolv.conf(5) has it; once
// some were read, they stay until others are.
func (c *conf) servers() []netip.AddrPort {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if c.list != nil && now.Sub(c.checked) < confRecheck {
		return c.list
	}
	c.checked = now
	if list := c.read(); len(list) > 0 {
		c.list = list
	}
	if c.list == nil {
		c.list = []netip.AddrPort{
			netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), c.port),
			netip.AddrPortFrom(netip.IPv6Loopback(), c.port),
		}
	}
	return c.list
}

// read gives the servers of a file that has changed, and nil otherwise.
func (c *conf) read() []netip.AddrPort {
	f, err := os.Open(c.path)
	if err != nil {
		return nil
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil || (fi.ModTime().Equal(c.changed) && fi.Size() == c.size) {
		return nil
	}
	list, err := nameservers(io.LimitReader(f, confBytes), c.port)
	if err != nil {
		return nil
	}
	c.changed, c.size = fi.ModTime(), fi.Size()
	return list
}

// nameservers reads the lines "nameserver ADDRESS" and passes over all others.
func nameservers(r io.Reader, port uint16) ([]netip.AddrPort, error) {
	var list []netip.AddrPort
	lines := bufio.NewScanner(r)
	for lines.Scan() && len(list) < confServers {
		words := strings.Fields(lines.Text())
		if len(words) < 2 || words[0] != nameserverKey {
			continue
		}
		if a, err := netip.ParseAddr(words[1]); err == nil {
			list = append(list, netip.AddrPortFrom(a, port))
		}
	}
	return list, lines.Err()
}
