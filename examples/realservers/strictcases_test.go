//go:build real

package realservers

import "slices"

// strictCases are the domains of testdata/strict/test.zone, but for the one that
// changes while it is looked at.
func strictCases() []strictCase {
	return slices.Concat(daneCases(), certificateCases(), policyCases(), brokenCases())
}

func daneCases() []strictCase {
	return []strictCase{
		{
			"TLSA records for the key in use and for the next", "good.test",
			[]string{"mx.good.test"},
			append(daneSays("mx.good.test", "pass", "satisfactory"), series{"mx_dane_spare", "host=mx.good.test", 1}),
			[]look{{"dane", "good.test", "", "Matched DANE EE certificate", "mx.good.test", "dane", true}},
		},
		{
			"a TLSA record for the key in use and no spare", "single.test",
			[]string{"mx.single.test"},
			append(daneSays("mx.single.test", "pass", "satisfactory"),
				series{"mx_dane_spare", "host=mx.single.test", 0},
				finding("dane-no-spare", "info"),
			),
			[]look{{"dane", "single.test", "", "Matched DANE EE certificate", "mx.single.test", "dane", true}},
		},
		{
			"a TLSA record for the authority", "authority.test",
			[]string{"mx.authority.test"},
			append(daneSays("mx.authority.test", "pass", "satisfactory"), series{"mx_dane_spare", "host=mx.authority.test", 1}),
			[]look{{"dane", "authority.test", "", "Matched DANE TA certificate", "mx.authority.test", "dane", true}},
		},
	}
}

// certificateCases are certificates that have expired. It counts with an
// authority, and not with a key that a TLSA record binds (RFC 7672 section 3.1.1).
func certificateCases() []strictCase {
	return []strictCase{
		{
			"an expired certificate", "expired.test",
			[]string{"mx.expired.test"},
			append(daneSays("mx.expired.test", "none", "impaired"), finding("certificate-expired", "warning")),
			[]look{
				{"secure", "expired.test", "", "certificate has expired", "mx.expired.test", "pkix", false},
				{"dane", "expired.test", "", "certificate has expired", "mx.expired.test", "pkix", false},
			},
		},
		{
			"an expired certificate with a TLSA record for its key", "bound.test",
			[]string{"mx.bound.test"},
			append(daneSays("mx.bound.test", "pass", "satisfactory"), finding("certificate-expired", "info")),
			[]look{
				{"dane", "bound.test", "", "Matched DANE EE certificate", "mx.bound.test", "dane", true},
				{"secure", "bound.test", "", "certificate has expired", "mx.bound.test", "pkix", false},
			},
		},
		{
			"an expired certificate with a TLSA record for the authority", "lapsed.test",
			[]string{"mx.lapsed.test"},
			append(daneSays("mx.lapsed.test", "fail", "compromised"),
				finding("certificate-expired", "warning"),
				finding("closed-to-dane-senders", "critical"),
			),
			[]look{{"dane", "lapsed.test", "", "certificate has expired", "mx.lapsed.test", "dane", false}},
		},
	}
}

// policyCases are MTA-STS policies that do not name every host. To Postfix, which
// does not fetch them, the names of a policy are given as those that it demands, as
// programs do that put policies into its tables.
func policyCases() []strictCase {
	return []strictCase{
		{
			"an MTA-STS policy without the backup", "sts.test",
			[]string{"mx.sts.test", "new.sts.test"},
			[]series{
				{"mx_verdict", "verdict=impaired", 1},
				{"mx_mta_sts", "status=fail", 1},
				{"mx_mta_sts_mode", "mode=enforce", 1},
				{"mx_mta_sts_host_covered", "host=mx.sts.test", 1},
				{"mx_mta_sts_host_covered", "host=new.sts.test", 0},
				{"mx_finding", "code=mta-sts-mx-not-covered severity=critical host=new.sts.test", 1},
			},
			[]look{
				{"secure", "[mx.sts.test]", "mx.sts.test", "matched peername", "mx.sts.test", "mta_sts", true},
				{"secure", "[new.sts.test]", "mx.sts.test", "hostname mismatch", "new.sts.test", "mta_sts", false},
				{"secure", "[new.sts.test]", "", "matched peername", "new.sts.test", "pkix", true},
			},
		},
		{
			"an MTA-STS policy without any of the servers", "moved.test",
			[]string{"mx.moved.test"},
			[]series{
				{"mx_verdict", "verdict=compromised", 1},
				{"mx_mta_sts", "status=fail", 1},
				{"mx_mta_sts_host_covered", "host=mx.moved.test", 0},
				finding("closed-to-mta-sts-senders", "critical"),
			},
			[]look{{"secure", "moved.test", "old.moved.test", "hostname mismatch", "mx.moved.test", "mta_sts", false}},
		},
	}
}

// brokenCases are zones without a chain of trust: one that never had one, whose
// TLSA record nobody looks at, and one whose chain is broken.
func brokenCases() []strictCase {
	return []strictCase{
		{
			"a wrong TLSA record in a zone that is not signed", "unsigned.test",
			[]string{"mx.unsigned.test"},
			[]series{
				{"mx_dnssec", "", 0},
				{"mx_dane", "host=mx.unsigned.test status=none", 1},
				{"mx_verdict", "verdict=satisfactory", 1},
				finding("dane-not-signed-zone", "info"),
			},
			[]look{{"dane", "unsigned.test", "", "matched peername", "mx.unsigned.test", "pkix", true}},
		},
		{
			"a DS record that fits no key of the zone", "bogus.test", nil,
			[]series{
				{"mx_verdict", "verdict=compromised", 1},
				{"mx_failure_info", "reason=dns_servfail", 1},
			},
			[]look{{level: "dane", to: "bogus.test", says: "name=bogus.test type=MX: Host not found, try again"}},
		},
	}
}
