// Package roundtrip sends a message, waits for it, fetches it and deletes it, again
// and again: a server that answers is not a mailbox that receives.
//
// A round trip runs on its own schedule and never in a scrape. It sends by one of
// three ways: to the recipient's MX, as a stranger does; through a named relay;
// through this machine's mail program. It looks for the message by IMAP or POP3,
// in the mailbox itself or in one that it forwards to, until its window ends. What
// came of it is a [Run], and how the trip stands is a [Status]: plain data, which
// metrics and pages read and nothing else.
//
// What it protects is the mailbox. A message is ours only by its token (package
// token), which nobody else can make; nothing else is ever deleted. Logins that
// fail wait longer each time, together with those of probes, and there is one conversation at a
// time with a mailbox. Messages say that a machine wrote them, at most one is sent
// in an interval, and nothing is ever answered (faults I6 to I8, I12 to I14).
//
// What it decides is the [Outcome] of a run, of which exactly one is counted:
//
//   - What lies with us (no descriptor, no route, no resolver) is unknown and
//     never a fault of the mail system; a mailbox that cannot be read leaves the
//     message unread, which is not lost.
//   - Lost is only what was not there when the whole mailbox was looked through
//     after the window had ended. What comes later all the same is late, and
//     counted as late besides: the difference of both counters never came.
//   - Time is measured by our own clock, from before the sending to when the
//     message was seen. The dates that servers write only decide whether a message
//     was in time when we were not there to see it, as after a restart.
//
// A trip survives a restart of the process. With a state directory nothing is
// forgotten. Without one the tokens themselves say when they were sent, so that
// what arrived meanwhile is still counted; only a message that never arrives is
// then not missed.
//
// Left out: how a bounce is read (package bounce), how servers are spoken to
// (packages smtp and mailbox), and what to make of a run (rules and people).
package roundtrip
