package probe

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
	"mx_exporter/probe/srv"
)

// assessService judges what the domain announces.
func assessService(r *Result, m config.Module) (fs []fact.Finding) {
	s := r.SRV
	if s == nil || r.Failure != nil {
		return nil
	}
	if s.None {
		fs = append(fs, find(ServiceNotOffered, fact.Critical, "the record of _"+string(s.Service)+"._tcp or of its twin has the target \".\""))
	}
	if s.NoneMixed {
		fs = append(fs, find(ServiceRecordsMixed, fact.Warning, "the records of _"+string(s.Service)+"._tcp"))
	}
	for _, v := range s.Elsewhere {
		f := find(ServicePortForeign, fact.Warning, fmt.Sprintf("port %d; looked at are %s", v.Port, portsOf(s.Service, m)))
		f.Host = mx.Label(v.Host)
		fs = append(fs, f)
	}
	if s.Limited {
		fs = append(fs, find(ServiceLimited, fact.Warning, ""))
	}
	return fs
}

// portsOf names the ports at which a module looks for a service.
func portsOf(s srv.Service, m config.Module) string {
	ports := s.Ports()
	if !slices.Contains(ports, m.Port()) {
		ports = append(ports, m.Port())
	}
	var words []string
	for _, p := range ports {
		words = append(words, strconv.Itoa(p))
	}
	return strings.Join(words, ", ")
}

// assessServers judges which servers let users in.
func assessServers(r *Result, _ config.Module) (fs []fact.Finding) {
	if r.Failure != nil {
		return nil
	}
	anyUp := false
	for i := range r.Hosts {
		anyUp = anyUp || r.Hosts[i].State == Up
	}
	for i := range r.Hosts {
		h := &r.Hosts[i]
		switch {
		case h.Failure != nil && len(h.Addresses) == 0 && !h.Failure.Reason.Local():
			fs = append(fs, at(find(ServerNotFound, fact.Warning, h.Failure.Detail), h))
		case h.State == Down && h.Role == fact.Backup:
			fs = append(fs, at(find(SpareServerDown, fact.Warning, firstFailure(h)), h))
		case h.State == Down && anyUp:
			fs = append(fs, at(find(ServerDown, fact.Warning, firstFailure(h)), h))
		case h.State == Down:
			fs = append(fs, at(find(ServerDown, fact.Critical, firstFailure(h)), h))
		case h.State == Up:
			fs = append(fs, deadDoors(h)...)
		}
	}
	return fs
}

func deadDoors(h *Host) (fs []fact.Finding) {
	for j := range h.Addresses {
		if a := &h.Addresses[j]; a.State == Down {
			fs = append(fs, on(find(ServerAddressDown, fact.Warning, a.Failure.Error()), h, a))
		}
	}
	return fs
}

// doorState is the state of an address of a service for users. A login that
// waits because it was refused is as refused as before; an answer about us says
// nothing of how users fare.
func doorState(r *Result, a *Address) State {
	f := a.Failure
	switch {
	case f == nil:
		return Up
	case f.Reason == fact.LoginBackoff:
		return Down
	case f.Reason.Local(), r.EgressSuspect && silent(a), ofReputation(a):
		return NotTested
	}
	return Down
}

// admits gives the verdict on a service for users.
func admits(r *Result, fs *[]fact.Finding) (fact.Verdict, string) {
	if f := r.Failure; f != nil {
		return fact.Compromised, "Nobody can log in: " + words(f.Reason) + "."
	}
	if r.SRV != nil && r.SRV.None {
		return fact.Compromised, "The domain says that it does not offer this service."
	}
	if r.SRV != nil && len(r.SRV.Elsewhere) > 0 && len(r.Hosts) == 0 {
		return fact.Unknown, "The domain names no server at a port of this service, and we connect to no other port."
	}
	untold := len(r.Hosts) == 0
	for i := range r.Hosts {
		h := &r.Hosts[i]
		if h.State == Up {
			return overall(r, h, *fs)
		}
		untold = untold || h.State == NotTested || anyUntold(h)
	}
	if untold {
		return fact.Unknown, "No server was seen to let users in, and that may be because of us." + plights(r)
	}
	*fs = append(*fs, find(NoServerLetsIn, fact.Critical, ""))
	return fact.Compromised, "No server lets users in." + plights(r)
}

// overall is the verdict where a server lets users in.
func overall(r *Result, h *Host, fs []fact.Finding) (fact.Verdict, string) {
	if worst := gravest(fs); worst.Severity != fact.Info {
		return fact.Impaired, "Users get in. " + trouble(r, worst)
	}
	what := "answers as it should"
	for j := range h.Addresses {
		if loggedIn, tried := h.Addresses[j].LoggedIn(); tried && loggedIn {
			what = "takes the login"
		}
	}
	return fact.Satisfactory, "Users get in: " + h.Label + " " + what + "."
}

// anyUntold reports that an address of a host that is down could not be tested.
func anyUntold(h *Host) bool {
	return slices.ContainsFunc(h.Addresses, func(a Address) bool { return a.State == NotTested })
}
