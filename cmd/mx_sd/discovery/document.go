package discovery

import (
	"encoding/json"
	"slices"
	"strconv"

	"mx_exporter/cmd/mx_sd/servers"
	"mx_exporter/config/sd"
	"mx_exporter/probe"
	"mx_exporter/probe/crawl"
)

// Group is one target with its labels, as Prometheus's HTTP service discovery
// takes it.
type Group struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

// meta begins the name of every label: Prometheus drops such labels behind
// relabelling.
const meta = "__meta_mx_"

// Labels that a target can have; README and examples name them.
const (
	labelKind      = meta + "kind"      // domain, address or server
	labelSite      = meta + "site"      // name of the site in the configuration
	labelPages     = meta + "pages"     // pages on which it stands
	labelOwn       = meta + "own"       // true: of the site's own registrable domain
	labelAddresses = meta + "addresses" // addresses of the domain on the site
	labelDomain    = meta + "domain"    // of an address; of a server, the first of its domains
	labelSet       = meta + "set"       // name of the set in the configuration
	labelProvider  = meta + "provider"  // registrable domain of the first primary's name
	labelServer    = meta + "server"    // the first primary of a domain
	labelServers   = meta + "servers"   // how many servers a domain has
	labelRole      = meta + "role"      // primary, backup or both
	labelDomains   = meta + "domains"   // how many domains a server has
)

// Answer is what there is to serve under one name.
type Answer struct {
	Groups []Group
	Known  bool // the name is in the configuration
	Ready  bool // there was a good result
}

// JSON is the document. Two answers of the same content are the same bytes.
func (a Answer) JSON() ([]byte, error) {
	if a.Groups == nil {
		a.Groups = []Group{}
	}
	return json.Marshal(a.Groups)
}

// SiteTargets are the domains of a site and, where its configuration asks for
// them, the addresses.
func (d *Discovery) SiteTargets(name string) Answer {
	d.mu.Lock()
	c, known := d.config.Sites[name]
	d.mu.Unlock()
	_, r, ok := d.site(name)
	if !ok {
		return Answer{Known: known}
	}
	return Answer{Known: true, Ready: true, Groups: siteGroups(name, c, r)}
}

func siteGroups(name string, c sd.Site, r *crawl.Result) []Group {
	var all []Group
	own := map[string]string{}
	for _, found := range r.Domains {
		if !handedOn(c.HandOn, found.Own) {
			continue
		}
		own[found.Name] = strconv.FormatBool(found.Own)
		all = append(all, Group{[]string{found.Name}, map[string]string{
			labelKind: "domain", labelSite: name, labelOwn: own[found.Name],
			labelPages: strconv.Itoa(found.Pages), labelAddresses: strconv.Itoa(found.Addresses),
		}})
	}
	if !c.Addresses {
		return all
	}
	for _, a := range r.Addresses {
		if own[a.Domain] == "" || a.Fault != nil || a.EAI || !probeable(a.Address) {
			continue
		}
		all = append(all, Group{[]string{a.Address}, map[string]string{
			labelKind: "address", labelSite: name, labelOwn: own[a.Domain], labelDomain: a.Domain, labelPages: strconv.Itoa(len(a.Places)),
		}})
	}
	return all
}

// probeable reports whether the exporter takes a target. What it would refuse, such
// as a local part in quotes, or an MX name that no host has, would be a target that
// fails for ever and says nothing.
func probeable(target string) bool {
	_, err := probe.ParseTarget(target)
	return err == nil
}

// DomainTargets are the domains of a set.
func (d *Discovery) DomainTargets(name string) Answer {
	d.mu.Lock()
	_, known := d.config.Domains[name]
	d.mu.Unlock()
	r := d.Domains(name)
	if r == nil {
		return Answer{Known: known}
	}
	a := Answer{Known: true, Ready: true}
	for _, found := range r.Domains {
		labels := map[string]string{labelKind: "domain", labelSet: name, labelServers: strconv.Itoa(len(found.Servers))}
		if found.Primary != "" {
			labels[labelServer], labels[labelProvider] = found.Primary, found.Provider
		}
		a.Groups = append(a.Groups, Group{[]string{found.Name}, labels})
	}
	return a
}

// ServerTargets are the servers of sets of domains, each once.
func (d *Discovery) ServerTargets(name string) Answer {
	d.mu.Lock()
	c, known := d.config.Servers[name]
	d.mu.Unlock()
	if !known {
		return Answer{}
	}
	var results []*servers.Result
	for _, set := range c.Domains {
		r := d.Domains(set)
		if r == nil {
			return Answer{Known: true} // half of the servers would take the other half away
		}
		results = append(results, r)
	}
	a := Answer{Known: true, Ready: true}
	for _, s := range servers.Merge(results...) {
		a.Groups = append(a.Groups, Group{[]string{s.Name}, map[string]string{
			labelKind: "server", labelSet: name, labelProvider: s.Provider, labelRole: string(s.Role),
			labelDomains: strconv.Itoa(len(s.Domains)), labelDomain: slices.Min(s.Domains),
		}})
	}
	return a
}

// Site is what was found on a site, nil where nothing was yet, and what its
// configuration expected there.
func (d *Discovery) Site(name string) (*crawl.Result, sd.Site) {
	d.mu.Lock()
	s := d.sites[name]
	d.mu.Unlock()
	if s == nil {
		return nil, sd.Site{}
	}
	r, _ := s.read()
	return r, s.config
}

// Domains is what is known of a set, nil where nothing is yet.
func (d *Discovery) Domains(name string) *servers.Result {
	d.mu.Lock()
	s := d.domains[name]
	d.mu.Unlock()
	if s == nil {
		return nil
	}
	r, _ := s.read()
	return r
}

// Names lists what is served: sites, sets of domains, sets of servers.
func (d *Discovery) Names() (sites, domains, servers []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return sortedKeys(d.config.Sites), sortedKeys(d.config.Domains), sortedKeys(d.config.Servers)
}

func sortedKeys[T any](m map[string]T) []string {
	all := make([]string, 0, len(m))
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}
