package reply

import "regexp"

// phrase is one thing that servers say, as a pattern for [plain] text, with a
// real reply that it stands for. A test holds every pattern to its reply.
type phrase struct {
	class   Class
	pattern string
	stands  string
}

// idiom is a phrase that means something else under one code than elsewhere.
type idiom struct {
	code     int
	enhanced string
	class    Class
	pattern  *regexp.Regexp
}

// idioms are asked before all phrases.
var idioms = []idiom{
	// Postscreen, to a client that has just passed its tests: it is let in when it
	// comes back (Postfix POSTSCREEN_README, "Tests after the 220 SMTP server greeting").
	{450, "4.3.2", Greylisted, regexp.MustCompile(`^service currently unavailable`)},
	// Exchange Online with directory-based edge blocking, for an address that does
	// not exist (Microsoft Learn, NDR error code 550 5.4.1). Postfix says the same words
	// with 5.7.1 and means them.
	{550, "5.4.1", MailboxNotFound, regexp.MustCompile(`recipient address(?:es)? rejected ?: access denied`)},
}

// comeBack asks for another try and gives no reason. Under 4.7.1, "delivery not
// authorized", that is how filters without a word for it greylist (rspamd,
// milter-greylist, sendmail milters).
var comeBack = regexp.MustCompile(`(?:try|come back|retry)(?: it)? (?:again )?(?:later|in)\b`)

// phrases lists what is looked for, in order: the first that fits decides. What
// names its reason stands before what only says that it refuses.
func phrases() []phrase {
	return append(aboutUs(), aboutThem()...)
}

// aboutUs are the phrases about the sender: how often, from where, and how it sends.
func aboutUs() []phrase {
	return []phrase{
		// The server's own block list look-up is broken, so it refuses everyone.
		{SystemError, `error: open resolver|spamhaus\.org/returnc/`, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; Error: open resolver; https://check.spamhaus.org/returnc/pub/192.0.2.53/"},

		{Greylisted, `gr[ae]y-?list`, "450 4.2.0 <a@example.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html"},
		{Greylisted, `internal resources? (?:is |are )?temporarily unavailable`, "451 Internal resource temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451"},

		{TooManyConnections, `too many (?:(?:concurrent|simultaneous|open|active|smtp) )*(?:connections|sessions)|trop de connexions`, "421 mx.example.org: Too many concurrent SMTP connections; please try again later."},
		{TooManyConnections, `(?:number of concurrent|concurrent) connections|connections? limit`, "421 4.3.2 The maximum number of concurrent connections per resource forest has exceeded a limit, closing transmission channel."},
		{TooManyConnections, `(?:server|screening) ports are busy`, "421 4.3.2 All server ports are busy"},

		{RateLimited, `rate.?limit|(?:message|connection|unusual|ip) rate\b|at a rate|frequency limited`, "550 Ip frequency limited. http://service.mail.qq.com/cgi-bin/help?id=20022"},
		{RateLimited, `throttl|slow down|too (?:quickly|fast)|(?:excessive|unexpected) volume`, "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1"},
		{RateLimited, `too (?:many|much) (?:recent |e-?)?(?:mails?|messages?|errors|recipients|auth commands|new tls)`, "450 4.7.1 Error: too much mail from 192.0.2.1"},
		{RateLimited, `(?:sending|relay|submission|queue|email) quota|max(?:imum)? messages? per|sending activity|sent to too many|recipients? (?:[a-z]+ )?limit exceeded`, "554 You've reached your daily relay quota - 192.0.2.1"},

		{BlockedUs, `(?:low|poor|bad) reputation|reputation of the sending|due to (?:its )?ip reputation`, "550 csi.mimecast.org Poor Reputation Sender. - https://community.mimecast.com/docs/DOC-1369#550"},

		{BlockedUs, `\bip you'?re using (?:to send mail )?is not authorized`, "550 5.7.1 The IP you're using to send mail is not authorized to send email directly to our servers. Please use the SMTP relay at your service provider instead."},

		{TLSRequired, `starttls (?:command )?(?:first|is required|required)|(?:must|need to) (?:issue|use) (?:a )?(?:starttls|tls)`, "530 5.7.0 Must issue a STARTTLS command first"},
		{TLSRequired, `(?:tls|encryption) (?:is )?(?:required|needed)|requires? (?:tls|encryption)|over a tls|unencrypted`, "421 4.7.0 TLS required for RCPT domain, closing connection."},

		{RelayDenied, `relay(?:ing)?\b[^.;]*(?:denied|not permitted|not allowed|disallowed|prohibited|refused)`, "554 5.7.1 <a@example.org>: Relay access denied"},
		{RelayDenied, `(?:denied|permitted|allowed|unable|configured|trying)[^.;]*\brelay\b|as a relay|insecure mail relay|do(?:es)? not relay`, "550 5.7.1 Unable to relay"},
		{RelayDenied, `list of allowed (?:rcpt)?hosts`, "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"},

		{Policy, `\bspf\b|\bdkim\b|\bdmarc\b|sender policy framework|authentication checks|purported responsible`, "550 5.7.1 rejected by DMARC policy for example.org"},
		{Policy, `reverse (?:dns|host ?name|lookup)|\brdns\b|\bptr\b|cannot find your|name lookup failed`, "450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]"},
		{Policy, `helo command rejected|helo (?:not verified|name|host)|bad helo`, "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname"},

		{AuthRequired, `authentication (?:is )?(?:required|failed|unsuccessful|failure)|not authenticated|must (?:issue an auth|authenticate)|authenticate first|unauthenticated senders`, "550 Unauthenticated senders not allowed"},
	}
}
