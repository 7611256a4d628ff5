//go:build real

package realservers

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mx_exporter/examples/realservers/server"
	"mx_exporter/probe/bounce"
	"mx_exporter/probe/reply"
)

// sisimai is a program that lists what Debian's Sisimai, which reads bounces for a
// living, makes of messages: file, recipient, reason.
const sisimai = `use Sisimai;
for my $f (@ARGV) {
  my $read = Sisimai->can('rise') ? Sisimai->rise($f) : Sisimai->make($f);
  print join("\t", $f, lc $_->recipient->address, $_->reason), "\n" for @{$read || []};
}`

// agrees lists which of Sisimai's reasons say the same as a class.
var agrees = map[reply.Class][]string{
	reply.Greylisted:         {"onhold", "blocked", "expired"},
	reply.RateLimited:        {"speeding", "toomanyconn", "blocked"},
	reply.TooManyConnections: {"toomanyconn"},
	reply.BlockedUs:          {"blocked", "rejected"},
	reply.AccessDenied:       {"blocked", "rejected", "policyviolation", "securityerror"},
	reply.MailboxNotFound:    {"userunknown", "filtered"},
	reply.MailboxFull:        {"mailboxfull"},
	reply.MailboxDisabled:    {"suspend"},
	reply.RelayDenied:        {"norelaying"},
	reply.HostUnknown:        {"hostunknown"},
	reply.Policy:             {"policyviolation", "blocked", "securityerror"},
	reply.ContentRejected:    {"spamdetected", "virusdetected", "contenterror", "mesgtoobig", "exceedlimit"},
	reply.SenderRejected:     {"rejected"},
	reply.TLSRequired:        {"securityerror", "policyviolation"},
	reply.AuthRequired:       {"securityerror"},
	reply.SystemFull:         {"systemfull"},
	reply.SystemError:        {"systemerror"},
	reply.NetworkError:       {"expired", "networkerror"},
	reply.MailLoop:           {"networkerror", "systemerror"},
	reply.OtherTemporary:     {"onhold", "undefined", "expired"},
	reply.OtherPermanent:     {"onhold", "undefined"},
}

// differs says why the two may differ. A row that is no longer needed fails.
var differs = map[string]string{
	"backscatter.eml":             "it takes 5.7.1 for security; the text says spam",
	"exchange-html-5-7-708.eml":   "it does not know Microsoft's 5.7.7xx",
	"exchange-2007-italian.eml":   "it takes 5.7.1 for security; the text says relay",
	"exim-nobody-two.eml":         "it gives both recipients the reason of one",
	"postfix-full-two.eml":        "it gives both recipients the reason of one",
	"exim-unrouted.eml":           "Exim says \"Unrouteable address\" of domains and of mailboxes alike",
	"forwarded-bounce.eml":        "it does not look into what is enclosed",
	"gmail-delay.eml":             "it has no reason for 4.3.0",
	"gmail-domain-not-found.eml":  "it does not know the newer form",
	"mdaemon.eml":                 "it does not know MDaemon",
	"mimecast-dsn.eml":            "it does not know Mimecast's words for reputation",
	"mimecast.eml":                "it does not know the form",
	"qmail-after-data.eml":        "it takes 5.7.1 for security; the text says spam",
	"qmail-deferred.eml":          "it takes the queue's age for the reason; the server named its own",
	"rfc3464-delivered.eml":       "it leaves out what was delivered",
	"rfc3464-e2.eml":              "it takes an unregistered user for a refused sender",
	"rfc3464-e3.eml":              "it leaves out recipients of other mail systems",
	"rfc3464-lower-case.eml":      "it wants a space after the colon",
	"rfc3464-relayed.eml":         "it leaves out what was relayed",
	"rfc6533-utf8.eml":            "it wants an address in ASCII",
	"sendmail-nobody-two.eml":     "it gives both recipients the reason of one",
	"sendmail-refused.eml":        "it takes a connection that nobody answers for a client that is blocked",
	"sendmail-status-made-up.eml": "it believes the status that sendmail makes up",
	"unknown-system-smtp.eml":     "it takes 5.7.1 for security; the text says virus",
	"yahoo-no-mx.eml":             "it has no reason for the words",
}

// TestBouncesAreReadAsSisimaiReadsThem puts our reader beside one that is older and
// has seen more.
func TestBouncesAreReadAsSisimaiReadsThem(t *testing.T) {
	files, err := filepath.Glob("../../probe/bounce/testdata/*.eml")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d bounces, %v", len(files), err)
	}
	theirs := readBySisimai(t, files)
	for _, file := range files {
		name := filepath.Base(file)
		same := agreeOn(t, file, theirs[file])
		if why := differs[name]; same == (why != "") {
			t.Errorf("%s: agreed is %v; the table says %q; Sisimai has %v", name, same, why, theirs[file])
		}
	}
}

func readBySisimai(t *testing.T, files []string) map[string]map[string]string {
	t.Helper()
	args := []string{"-e", sisimai}
	for _, p := range []string{"libsisimai-perl", "libclass-accessor-lite-perl", "libjson-perl"} {
		args = append([]string{"-I", filepath.Join(server.Unpacked, p, "usr/share/perl5")}, args...)
	}
	var complaints bytes.Buffer
	perl := exec.CommandContext(t.Context(), "perl", append(args, files...)...)
	perl.Stderr = &complaints
	out, err := perl.Output()
	if err != nil {
		t.Fatalf("Sisimai: %v; did install.sh run? %s", err, &complaints)
	}
	read := map[string]map[string]string{}
	for line := range strings.Lines(string(out)) {
		c := strings.Split(strings.TrimSpace(line), "\t")
		if len(c) != 3 {
			t.Fatalf("Sisimai says %q", line)
		}
		if read[c[0]] == nil {
			read[c[0]] = map[string]string{}
		}
		read[c[0]][c[1]] = c[2]
	}
	return read
}

// agreeOn reports whether every recipient is the same and has the same reason.
func agreeOn(t *testing.T, file string, theirs map[string]string) bool {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := bounce.Read(f)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for _, one := range r.Recipients {
		if !slices.Contains(agrees[one.Class], theirs[strings.ToLower(one.Address)]) {
			return false
		}
	}
	return len(theirs) == len(r.Recipients)
}
