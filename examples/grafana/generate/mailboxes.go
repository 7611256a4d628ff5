package main

// doors is what users log in to: whether they get in, and how long it takes.
func doors(b *board) {
	b.row("What users log in to")
	p := table(what{"Servers", "Servers of IMAP, POP3 and submission at which a module logs in, and whether it gets in. A login that is held back was refused several times.", "none"},
		[]string{"host", "address", "instance"},
		query{`min by (host, address, instance) (mx_mailbox_login_success or mx_submission_login_success)`, "Login"},
		query{`max by (host, address, instance) (mx_mailbox_auth_backoff or mx_submission_auth_backoff)`, "Held back"},
		query{`min by (host, address, instance) (address:mx_tls_certificate_not_after_seconds:left and on (job, exporter, instance, module, host, address) (mx_mailbox_login_success or mx_submission_login_success))`, "Certificate left"})
	p.column("instance", property{"displayName", "Target"}, drill())
	p.column("Login", colored(either("fails", bad, "works", well))...)
	p.column("Held back", colored(either("no", well, "yes", notice))...)
	p.column("Certificate left", unit("s"))
	p.sorted("Login", false)
	b.put(p, 12, 9)
	b.put(states(what{"Users get in", "Whether users get in at each address of IMAP and POP3; by a login where a module has one.", "none"}, upOrDown(),
		query{`min by (host, address) (mx_mailbox_up)`, "{{host}} {{address}}"}), 12, 9)
	q := table(what{"Why not", "The stage at which the conversation ended, and the reason.", "none"}, []string{"instance", "host", "address", "stage", "reason"},
		query{`mx_mailbox_failure_info == 1`, ""})
	q.column("instance", property{"displayName", "Target"}, drill())
	b.put(q, 12, 8)
	b.put(lines(what{"Slowest stages", "The ten stages that took longest at servers of IMAP and POP3.", "s"},
		query{`topk(10, max by (host, stage) (mx_mailbox_stage_duration_seconds{stage!="queue"}))`, "{{host}} {{stage}}"}), 12, 8)
}

// mailboxes is what there is in the mailboxes that modules log in to.
func mailboxes(b *board) {
	b.row("Mailboxes")
	b.put(bars(what{"Room in use", "Share of the room that the mailbox may take. At nine tenths the mailbox is nearly full.", "percentunit"},
		from(well, at(.9, notice), at(1, bad)),
		query{`max by (host, instance) (mx_mailbox_quota_used_bytes / mx_mailbox_quota_limit_bytes)`, "{{host}}"}), 8, 7)
	b.put(lines(what{"Room", "Bytes in use.", "bytes"}, query{`max by (host, instance) (mx_mailbox_quota_used_bytes)`, "{{host}}"}), 8, 7)
	b.put(lines(what{"Messages", "Messages in the inbox.", "none"}, query{`max by (host, instance) (mx_mailbox_messages)`, "{{host}}"}), 8, 7)
	b.put(stat(what{"Logins of round trips held back", "Round trips whose password was refused several times.", "none"}, from(well, at(1, notice)),
		query{`sum(mx_roundtrip_auth_backoff{` + trip + `})`, "held back"}), 8, 4)
	b.put(stat(what{"Foreign messages", "Messages in the mailboxes of round trips that look like ours and are not; they are left alone.", "none"}, from(well, at(1, notice)),
		query{`sum(mx_roundtrip_foreign_messages{` + trip + `})`, "foreign"}), 8, 4)
	b.put(stat(what{"Round trips that do not run", "Round trips that are configured and do not run; the exporter's first page says why.", "none"}, from(well, at(1, bad)),
		query{`sum(1 - mx_roundtrip_running{` + trip + `})`, "stopped"}), 8, 4)
}
