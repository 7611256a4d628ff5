//go:build real

package realservers

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"mx_exporter/examples/realservers/server"
	"mx_exporter/probe/roundtrip/letter"
)

// Where things are within the lab's block of addresses, as testdata/mailbox.zone
// has it.
const (
	homeAddress      = "1"
	outsideAddress   = "2"
	expiredAddress   = "3"
	strangerAddress  = "4"
	eximAddress      = "5"
	opensmtpdAddress = "6"
	hungAddress      = "7"
	mailboxResolver  = "253"
	mailboxNames     = "254"
)

// mailboxPassword is everybody's. It has what has to be escaped somewhere.
const mailboxPassword = "correct horse=battery,staple\\ 9"

// smallQuota is what small@home.test may keep, in bytes. Dovecot tells whole KiB.
const smallQuota = 40 << 10

// mailboxAccounts are the mailboxes of both systems, each for one test, so that
// the tests can run at once.
func mailboxAccounts() (all []server.Account) {
	for _, name := range []string{
		"reader", "wrong", "token", "expired", "stranger", // logins
		"way1", "way2", "way3", "way4", "way5",
		"junked", "gone", "late", "grey", "sender", "bounced1", "bounced2",
		"attached", "stripped", "infected", "tolerant",
		"hundred", "killed", "hung", "beside", "each", "refused",
	} {
		all = append(all, server.Account{Name: name, Password: mailboxPassword})
	}
	for _, name := range []string{"small", "full"} {
		all = append(all, server.Account{Name: name, Password: mailboxPassword, Quota: smallQuota})
	}
	return all
}

// mailboxLab is two mail systems with one Dovecot behind them, and an exporter.
type mailboxLab struct {
	block         string // of its addresses, without their last part
	dir           string // holds the passwords
	resolver      string
	authority     *server.Authority
	dovecot       *server.Mailboxes
	home, outside *server.RunningMailSystem
	tokens        *tokenServer
	exporter      *server.Exporter
}

func newMailboxLab(t *testing.T) *mailboxLab {
	t.Helper()
	l := &mailboxLab{block: server.Block(t), dir: server.Folder(t, "mailbox")}
	l.resolver = server.At(l.block+mailboxResolver, dnsPort)
	l.authority = server.NewAuthority(t, l.dir)
	nsd := l.block + mailboxNames
	server.StartNSD(t, nsd, dnsPort, map[string]string{
		".":    string(fill(t, "testdata/root.zone", map[string]string{authoritativeAddress: nsd})),
		"test": string(fill(t, "testdata/mailbox.zone", map[string]string{"BLOCK": l.block})),
	})
	server.StartUnbound(t, l.block+mailboxResolver, dnsPort, nsd+"@"+strconv.Itoa(dnsPort))
	put(t, filepath.Join(l.dir, "password"), mailboxPassword+"\n")
	put(t, filepath.Join(l.dir, "wrong"), "guessed\n")
	l.tokens = startTokens(t)
	l.systems(t)
	l.exporter = server.StartExporter(t, fill(t, "testdata/mailbox.yml", map[string]string{
		"RESOLVER":  strconv.Quote(l.resolver),
		"AUTHORITY": strconv.Quote(l.authority.File),
		"FOLDER":    l.dir,
		"TOKENS":    l.tokens.URL,
	}))
	return l
}

// systems starts Dovecot, both Postfixes and ClamAV.
func (l *mailboxLab) systems(t *testing.T) {
	t.Helper()
	foreign := server.NewAuthority(t, server.Folder(t, "foreign"))
	home := l.authority.Issue(t, l.dir, "root", "mail.home.test")
	outside := l.authority.Issue(t, l.dir, "root", "mail.outside.test")
	expired := l.authority.IssueUntil(t, l.dir, "root", "expired.home.test", time.Now().Add(-time.Hour))
	stranger := foreign.Issue(t, l.dir, "root", "stranger.home.test")
	l.dovecot = server.StartDovecot(t, server.Dovecot{
		Accounts: mailboxAccounts(),
		Listeners: []server.Listener{
			{Address: l.block + homeAddress, Shows: home},
			{Address: l.block + outsideAddress, Shows: outside},
			{Address: l.block + expiredAddress, Shows: expired},
			{Address: l.block + strangerAddress, Shows: stranger},
		},
		Sieve: map[string]string{
			"gone":     "discard;\n",
			"stripped": "require \"vnd.dovecot.filter\";\nfilter \"strip\";\n",
		},
		TokenInfo: l.tokens.URL + "/info",
	})
	filter := server.At(l.block+homeAddress, server.Port(t))
	server.StartClamAV(t, filter, letter.EICAR())
	policy := server.At(l.block+homeAddress, server.Port(t))
	server.StartPostgrey(t, policy, greyDelay)
	l.home = server.StartMailSystem(t, server.MailSystem{
		Host: "mail.home.test", Domain: "home.test", Address: l.block + homeAddress, Shows: home,
		Authority: l.authority, Dovecot: l.dovecot, Mailboxes: names(mailboxAccounts()),
		Bad:       []server.Listener{{Address: l.block + strangerAddress, Shows: stranger}},
		Aliases:   map[string]string{"forward2@home.test": "way2@outside.test", "forward5@home.test": "way5@outside.test", "each@pair.test": "each@home.test"},
		Transport: map[string]string{"outside.test": "smtp:[" + l.block + outsideAddress + "]:25"},
		Headers: []string{
			"/^To: <junked@/ PREPEND X-Spam-Flag: YES",
			"/^To: <(late|killed)@/ HOLD it is to come later",
		},
		Settings: []string{
			"virtual_alias_domains = pair.test",
			"smtpd_milters = inet:" + filter,
			"milter_default_action = tempfail",
			"smtpd_restriction_classes = greylist",
			"greylist = check_policy_service inet:" + policy,
			"smtpd_recipient_restrictions = check_recipient_access inline:{ {grey@home.test = greylist} }",
		},
	})
	l.outside = server.StartMailSystem(t, server.MailSystem{
		Host: "mail.outside.test", Domain: "outside.test", Address: l.block + outsideAddress, Shows: outside,
		Authority: l.authority, Dovecot: l.dovecot, Mailboxes: names(mailboxAccounts()),
		Aliases:   map[string]string{"each@pair.test": "gone@home.test"}, // which is a mistake
		Transport: map[string]string{"home.test": "smtp:[" + l.block + homeAddress + "]:25"},
		Settings:  []string{"virtual_alias_domains = pair.test"},
	})
}

func names(accounts []server.Account) (all []string) {
	for _, a := range accounts {
		all = append(all, a.Name)
	}
	return all
}
