package dnsbl

import (
	"slices"
	"strings"
)

// deadZone is a zone that serves no list any more.
type deadZone struct {
	zone string // and all below it
	why  string
}

// deadZones are zones that configurations still name. As of 2026-11; sources:
// https://www.techzine.eu/news/security/120916/proofpoint-discontinues-anti-spam-service-sorbs/
// (SORBS), https://www.dnsbl.com/ (entries "Status of …": DSBL, ORDB, inps.de,
// MegaRBL, Email Basura, Lashback), https://vamsoft.com/company/news/dsbl-shutdown,
// https://github.com/matteocorti/check_rbl/issues/18 (SpamCannibal),
// https://reviewmyemails.com/emailalmanac/ ("Which blocklists have shut down":
// NiX Spam, NJABL, AHBL, RFC-Ignorant).
var deadZones = []deadZone{
	{"sorbs.net", "SORBS ended on 5 June 2024 and lists nothing"},
	{"ix.dnsbl.manitu.net", "NiX Spam ended in January 2025"},
	{"ubl.unsubscore.com", "the Lashback UBL has been offline since 2024"},
	{"dnsbl.inps.de", "inps.de ended in May 2020"},
	{"megarbl.net", "MegaRBL ended in 2019 and has listed the world since"},
	{"emailbasura.org", "Email Basura ended in 2019 and has listed the world since"},
	{"spamcannibal.org", "SpamCannibal's domain lapsed in 2018 and has listed the world since"},
	{"ahbl.org", "AHBL ended in 2015 and has listed the world since"},
	{"njabl.org", "NJABL ended in 2013"},
	{"rfc-ignorant.org", "RFC-Ignorant ended in 2012"},
	{"dsbl.org", "DSBL ended in 2008"},
	{"ordb.org", "ORDB ended in 2006 and has listed the world since"},
}

// Dead says whether a zone is known to serve no list any more, and why
// (faults.md C8).
func Dead(z Zone) (why string, dead bool) {
	i := slices.IndexFunc(deadZones, func(d deadZone) bool {
		return z.name() == d.zone || strings.HasSuffix(z.name(), "."+d.zone)
	})
	if i < 0 {
		return "", false
	}
	return deadZones[i].why, true
}
