package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// roundTrips completes and checks the round trips. One that cannot work, or that
// would tell lies about a server, is refused now.
func (k *checker) roundTrips(trips map[string]RoundTrip) {
	for _, name := range slices.Sorted(maps.Keys(trips)) {
		r := trips[name]
		k.roundTrip("round_trips."+segment(name), &r)
		trips[name] = r
	}
	k.sharedMailboxes(trips)
}

func (k *checker) roundTrip(path string, r *RoundTrip) {
	r.KeyFile = SecretFile(k.file(string(r.KeyFile)))
	if r.KeyFile != "" && k.sound(path+".key_file") {
		k.signingKey(k.place(path+".key_file"), r.KeyFile)
	}
	k.dns(path+".dns", &r.DNS)
	k.networks(path+".allow_networks", r.AllowNetworks)
	k.schedule(path, r)
	k.send(path+".send", &r.Send)
	k.fetch(path+".fetch", &r.Fetch)
}

// signingKey refuses a key that tokens are not to be signed with: the trip would
// not run.
func (k *checker) signingKey(p place, f SecretFile) {
	s, err := k.secret(p, f)
	if err != nil {
		return // it has told the error
	}
	if n := len(s.Reveal()); n < MinKey {
		k.fail(p, "the file holds %d octets, want %d or more: a shorter key can be guessed", n, MinKey)
	}
}

func (k *checker) schedule(path string, r *RoundTrip) {
	if !k.sound(path+".interval") || !k.sound(path+".window") {
		return
	}
	if r.Window > r.Interval && !r.Overlap {
		k.fail(k.place(path+".window"), "%s is longer than interval, which is %s: shorten it, or set overlap: true to send while a message is still awaited", r.Window, r.Interval)
	}
	if r.Fetch.Poll > r.Window && k.sound(path+".fetch.poll") {
		k.fail(k.place(path+".fetch.poll"), "%s is longer than window, which is %s: no message would be found in time", r.Fetch.Poll, r.Window)
	}
}

func (k *checker) send(path string, s *Send) {
	s.completed()
	k.address(path+".to", s.To)
	k.address(path+".from", s.From)
	k.sendKeys(path, s)
	k.tls(path+".tls_config", s.TLSConfig.library())
	k.credentials(path, &s.Credentials)
	switch s.Via {
	case ViaSMTP:
		if s.Server == "" && k.sound(path+".server") {
			k.fail(k.place(path+".server"), "is missing: via: smtp sends through a server that is named here")
		}
		k.inClear(access{s.Credentials, s.Server, s.TLS, path + ".tls", insecureAt(path+".tls_config", s.TLSConfig.InsecureSkipVerify)})
	case ViaSendmail:
		k.command(path+".command", s.Command)
	case ViaMX:
	}
}

func (k *checker) address(path, address string) {
	if address == "" && k.sound(path) {
		k.fail(k.place(path), "is missing: write an address")
	}
}

// sendKeys refuses what a way of sending does not have.
func (k *checker) sendKeys(path string, s *Send) {
	for _, c := range []struct {
		key  string
		said bool
		ways []Via
	}{
		{"each_mx", s.EachMX, []Via{ViaMX}},
		{"server", s.Server != "", []Via{ViaSMTP}},
		{"tls", s.TLS != "", []Via{ViaSMTP}},
		{"username", s.Set(), []Via{ViaSMTP}},
		{"ehlo_name", s.EHLOName != "", []Via{ViaMX, ViaSMTP}},
		{"command", len(s.Command) > 0, []Via{ViaSendmail}},
	} {
		if c.said && !slices.Contains(c.ways, s.Via) {
			k.fail(k.place(path+"."+c.key), "has no meaning with via: %s, only with %s", s.Via, strings.Join(texts(c.ways), " and "))
		}
	}
}

func (k *checker) command(path string, command []string) {
	switch {
	case len(command) == 0 && k.sound(path):
		k.fail(k.place(path), "is missing: via: sendmail needs a program, as [/usr/sbin/sendmail, -i]")
	case len(command) > 0 && command[0] != "" && !filepath.IsAbs(command[0]):
		k.fail(k.place(path+"[0]"), "%s is not a path from the root: write /usr/sbin/sendmail", quote(command[0]))
	case len(command) > 0 && command[0] != "":
		k.program(k.place(path+"[0]"), command[0])
	}
}

// program warns of one that cannot be run here. It may come later, or the file be
// read on another machine.
func (k *checker) program(p place, name string) {
	_, err := exec.LookPath(name)
	var lacks *exec.Error
	switch {
	case err == nil:
	case errors.As(err, &lacks) && errors.Is(err, fs.ErrNotExist):
		k.warn(p, "%s is not there: name a program of this machine", quote(name))
	default:
		k.warn(p, "%s cannot be run: it is no executable file", quote(name))
	}
}

func (k *checker) fetch(path string, f *Fetch) {
	k.tls(path+".tls_config", f.TLSConfig.library())
	if f.Server == "" && k.sound(path+".server") {
		k.fail(k.place(path+".server"), "is missing: name the mailbox's server")
	}
	if !f.Set() && !f.HasPassword() && !f.HasToken() && k.sound(path+".username") {
		k.fail(k.place(path+".username"), "is missing: say who logs in to the mailbox")
	}
	k.credentials(path, &f.Credentials)
	if f.Protocol == FetchPOP3 && len(f.Folders) > 0 {
		k.fail(k.place(path+".folders"), "has no meaning with protocol: pop3, which shows the inbox alone")
	}
	k.unique(path+".folders", f.Folders)
	k.inClear(access{f.Credentials, f.Server, f.TLS, path + ".tls", insecureAt(path+".tls_config", f.TLSConfig.InsecureSkipVerify)})
}

// sharedMailboxes refuses two round trips that look into one mailbox in the name
// of one instance: each would sweep what the other awaits.
func (k *checker) sharedMailboxes(trips map[string]RoundTrip) {
	names := slices.SortedFunc(maps.Keys(trips), func(a, b string) int {
		p, q := k.places["round_trips."+segment(a)], k.places["round_trips."+segment(b)]
		return cmp.Or(cmp.Compare(p.line, q.line), cmp.Compare(p.column, q.column), cmp.Compare(a, b))
	})
	first := make(map[string]string)
	for _, name := range names {
		t := trips[name]
		host, _ := t.Fetch.Endpoint()
		if host == "" || !t.Fetch.Set() {
			continue
		}
		mailbox := fmt.Sprintf("%q", []string{host, strings.ToLower(t.Fetch.Username), t.Instance})
		if before, twice := first[mailbox]; twice {
			k.fail(k.place("round_trips."+segment(name)+".instance"), "the round trip %s looks into the same mailbox: give one of them an instance of its own", quote(before))
			continue
		}
		first[mailbox] = name
	}
}
