package probe_test

import (
	"context"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"mx_exporter/config"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// halfSaid is a domain whose records lead to names that do not exist, and which
// lacks records that others have.
const halfSaid = `title: t
shows: s
domain: said.test
also: bare.test
verdict: satisfactory

-- zone --
@         MX  10 mx1
@         TXT "v=spf1 include:gone.test a:gone.test exists:gone.test -all"
mx1       A   192.0.2.10
_mta-sts  TXT "v=STSv1; id=1"

-- zone bare.test --
@         MX  10 mx1.said.test.

-- server mx1 --
listen: 192.0.2.10:25
`

// N20: what rests on a denial, or on an address that was made up, is not known; no
// finding but the one about the resolver comes of it, whatever is looked up.
func TestNoPolicyIsJudgedByTheWordOfALiar(t *testing.T) {
	for _, c := range []struct {
		domain         string
		honest, liar   string
		honestStatuses string
		statuses       string
	}{
		{
			"said.test",
			"dkim-missing dmarc-missing mta-sts-policy-unreachable mx-no-ipv6 mx-not-signed mx-single-host ptr-missing spf-include-missing tls-rpt-missing",
			"mx-not-signed mx-single-host resolver-lies",
			"spf=fail dmarc=none tls_rpt=none mta_sts=fail dkim=none ptr=none dane=host_unsigned",
			"spf=error dmarc=error tls_rpt=error mta_sts=error dkim=error ptr=error dane=host_unsigned",
		},
		{
			"bare.test",
			"dkim-missing dmarc-missing mx-no-ipv6 mx-single-host ptr-missing spf-missing tls-rpt-missing",
			"mx-single-host resolver-lies",
			"spf=none dmarc=none tls_rpt=none mta_sts=none dkim=none ptr=none dane=host_unsigned",
			"spf=error dmarc=error tls_rpt=error mta_sts=error dkim=error ptr=error dane=host_unsigned",
		},
	} {
		lab := labtest.StartWith(t, halfSaid)
		w := newWorld(t, lab)
		w.module.Checks = config.Checks()
		w.module.DKIMSelectors = []string{"s1"}
		w.env.DNS = nameless{lab.DNS}
		r := w.probe(t, c.domain)
		if r.Verdict != fact.Impaired || codes(r) != c.honest || statuses(r) != c.honestStatuses {
			t.Errorf("%s by an honest resolver: %s, %s, %s", c.domain, r.Verdict, codes(r), statuses(r))
		}
		liar := newWorld(t, lab)
		liar.module = w.module
		liar.env.DNS = advertiser{nameless{lab.DNS}, false}
		liar.env.SelfCheck(func() *config.Config {
			return &config.Config{Modules: map[string]config.Module{"mx": liar.module}}
		}).Look(t.Context())
		r = liar.probe(t, c.domain)
		if r.Verdict != fact.Satisfactory || codes(r) != c.liar || statuses(r) != c.statuses {
			t.Errorf("%s by a liar: %s (%s), %s, %s", c.domain, r.Verdict, r.Why, codes(r), statuses(r))
		}
		if total, _ := lab.Net.Dials("203.0.113.80:443"); total > 0 {
			t.Errorf("%s: the address that was made up was dialled", c.domain)
		}
	}
}

// nameless is a resolver in a world where no address has a name.
type nameless struct{ dnsq.Exchanger }

func (n nameless) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	m, err := n.Exchanger.Exchange(ctx, q)
	if err == nil && q.Question[0].Qtype == dns.TypePTR {
		m.Rcode, m.Answer = dns.RcodeNameError, nil
	}
	return m, err
}

func statuses(r *probe.Result) string {
	h := r.Hosts[0]
	return strings.Join([]string{
		"spf=" + string(r.SPF.Status), "dmarc=" + string(r.DMARC.Status), "tls_rpt=" + string(r.TLSRPT.Status),
		"mta_sts=" + string(r.MTASTS.Status), "dkim=" + string(r.DKIM[0].Status), "ptr=" + string(h.Addresses[0].PTR.Status),
		"dane=" + string(h.DANE.Records.State),
	}, " ")
}
