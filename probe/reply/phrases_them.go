package reply

// aboutThem are the phrases about the address, the message and the server.
func aboutThem() []phrase {
	return []phrase{
		{SenderRejected, `(?:sender|mail ?from|from)\b:? (?:address )?(?:is )?(?:rejected|denied|invalid|blocked|refused|verif[a-z]+ fail|verify fail)`, "450 4.1.8 <a@example.com>: Sender address rejected: Domain not found"},
		{SenderRejected, `(?:invalid|bad|unacceptable|blocked|unrout(?:e)?able) (?:envelope )?senders?|emetteur invalide`, "501 5.1.0 Emetteur invalide. Invalid Sender. OFR004_405 [405]"},
		{SenderRejected, `sender domain must|(?:domain|name) (?:of|required for) sender|envelope (?:sender is in|blocked)|badmailfrom|sender verify`, "553 5.1.8 <a@example.com>... Domain of sender address a@example.com does not exist"},

		{MailboxFull, `(?:mailbox|inbox|account|user)(?: is)? full\b|over ?quota|quota (?:exceeded|violation)|(?:disk|user|mailbox) quota`, "552 5.2.2 <a@example.org> Quota exceeded (mailbox for user is full)"},
		{MailboxFull, `exceeded storage allocation|mailbox size|out of storage|destinataire pleine`, "552 Requested mail action aborted: exceeded storage allocation Quota exceeded."},

		{MailboxDisabled, `(?:mailbox|account|recipient|user)\b[^.;]*\b(?:disabled|inactive|inactivity|suspended|frozen|deactivated|discontinued|terminated|locked|is blocked)`, "554 delivery error: dd Sorry, your message to a@example.org cannot be delivered. This mailbox is disabled (554.30)."},
		{MailboxDisabled, `(?:disabled|inactive|suspended) (?:mailbox|account|recipient|e-?mail|user)|no longer (?:valid|active|available|on server)|rejected: (?:inactive|blocked)$`, "554 delivery error: dd a@example.com is no longer valid. [-20] - mta1.example.yahoo.com"},

		{HostUnknown, `(?:host|domain)(?: name)?\b:? (?:is )?(?:unknown|not found|invalid|not reachable|does not exist)|(?:unknown|no such|invalid) (?:host|domain)\b|null mx`, "550 5.4.4 Host or domain name not found"},

		{MailboxNotFound, `(?:user|recipient|mailbox|address(?:ee)?|account|alias)\b[^.;]*\b(?:unknown|not found|does(?: not|n't) exist|not exist|unallocated|marked as invalid)`, "550 5.1.1 <a@example.org>... User unknown"},
		{MailboxNotFound, `(?:unknown|no such|invalid|illegal)[ -](?:local )?(?:user|recipient|mailbox|address|alias|account)\b|no mailbox here`, "550 5.7.1 No such user!"},
		{MailboxNotFound, `not in recipient list|not (?:our|a valid) (?:user|customer)|unrouteable address|destinataire invalide|doesn't have an? \S+ account|is no such`, "554 5.7.1 <a@example.org>: Recipient address rejected: Not in recipient list"},

		{BlockedUs, `(?:block|black) ?list|dnsbl|\brbl\b|spamhaus|spamcop|sorbs|blocked using|listed (?:in|at|on|by)\b|banned send|permanently deferred`, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"},
		{BlockedUs, `\bblock(?:ed)? for (?:spam|abuse)|spamming issues|is_?blocked|client host blocked|blocked - see`, "554 resimta-po-01v.sys.comcast.net comcast 192.0.2.1 Comcast block for spam. Please see http://postmaster.comcast.net/smtp-error-codes.php#BL000000"},

		{Policy, `local policy|(?:denied|rejected|refused|prohibited) (?:by|due to|for|per)\b[^.;]*polic|polic(?:y|ies) (?:violation|reasons|restrictions|rejection|error)|security polic|anti-spoofing|spoofed|administrative prohibition|destination domain`, "554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes"},

		{ContentRejected, `\bspam|virus|infected|malware|phish|unsolicited|suspicious|message filtered`, "554 5.7.1 [1] Message rejected under suspicion of SPAM; https://ya.cc/1IrBc"},
		{ContentRejected, `\bcontent\b|attachment|message (?:size|too (?:big|large)|is too)|too (?:big|large|long)\b|mail data|rfc ?(?:2822|5322)|\bheaders?\b`, "552 5.3.4 Message size exceeds fixed limit"},

		{AccessDenied, `access (?:is )?denied|client host rejected|host network not allowed|connections? (?:will )?not (?:be )?accepted|not accepting (?:connections|mail)|not in whitelist|go away|no smtp service|not permitted|not allowed|not authorized`, "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied"},

		{SystemFull, `insufficient (?:system )?(?:storage|resources|disk|memory)|out of memory|disk (?:space|full)|no system resources|resources temporarily unavailable|too much load|server (?:is )?(?:too )?busy|space shortage`, "452 4.3.1 Insufficient system storage"},

		{NetworkError, `connection (?:timed out|refused|reset)|unable to contact|dns (?:query|lookup|look-up)|lost connection|message expired|unverified address`, "421 dns.example.org Sorry, unable to contact destination SMTP daemon."},

		{MailLoop, `loops? back|too many hops|hop count|(?:mail|routing|forwarding) loop|is looping`, "554 too many hops, this message is looping (#5.4.6)"},

		{SystemError, `temporary [a-z]+ (?:error|failure|problem)|(?:internal|local) (?:[a-z]+ )?(?:error|failure|problem)|configuration (?:error|problem)|service (?:is )?(?:currently |temporarily )?unavailable|operating system error`, "451 4.7.0 Temporary server error. Please try again later. PRX4"},

		{MailboxUnavailable, `mailbox (?:is )?(?:temporarily )?unavailable|recipient (?:temporarily )?unavailable|mailbox delivery`, "550 5.5.0 Requested action not taken: mailbox unavailable."},

		{ProtocolError, `command not|syntax error|bad sequence|protocol violation|synchronization error`, "554 SMTP synchronization error"},
	}
}
