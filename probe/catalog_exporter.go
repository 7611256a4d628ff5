package probe

import "mx_exporter/probe/fact"

// What can be wrong with the exporter or the machine it runs on. These never
// count against a domain.
const (
	ResolverDown   fact.Code = "resolver-down"
	ResolverLies   fact.Code = "resolver-lies"
	ClockSuspect   fact.Code = "clock-suspect"
	NotTestedCode  fact.Code = "not-tested"
	LocalTrouble   fact.Code = "local-trouble"
	ExporterDefect fact.Code = "exporter-defect"
	EgressBlocked  fact.Code = "egress-blocked"
)

var docsExporter = []fact.Doc{
	doc(CheckExporter, ResolverDown, "The resolver that the exporter asks answers nothing at all.",
		"Unknown: nothing could be looked up.",
		"Check the resolver named in the module's dns.servers, or in resolv.conf."),
	doc(CheckExporter, ResolverLies, "The resolver that the exporter asks gives records to names that do not exist.",
		"Unknown where it matters: what it denies may exist, and what it finds may not.",
		"Ask a resolver that does not rewrite answers: name one in the module's dns.servers, best one of your own on this machine."),
	doc(CheckExporter, ClockSuspect, "The exporter's clock cannot be right, or was set while it ran.",
		"Unknown for whatever depends on the date: certificates may be valid or not.",
		"Let the machine keep its time by NTP, and look for what sets its clock."),
	doc(CheckExporter, NotTestedCode, "This could not be tested: there was no time left, or our own resolver did not answer.",
		"Unknown.",
		"Raise the scrape timeout, or the module's; other probes of the same server may have held it."),
	doc(CheckExporter, LocalTrouble, "The exporter's own machine could not connect: no route for this address family, no descriptor, no port, or a local firewall.",
		"Unknown: this says nothing about the server.",
		"Give the machine what it lacks. Without IPv6, set addresses: ip4 in the module."),
	doc(CheckExporter, EgressBlocked, "Every server of every domain has been silent for minutes: most likely our own network lets nothing out to the port.",
		"Unknown: silence says nothing about the servers.",
		"Many clouds block outgoing port 25 until it is asked for. Try from the exporter's machine: nc -v a.mail.server 25."),
	doc(CheckExporter, ExporterDefect, "The exporter failed while it talked to this address.",
		"Unknown.",
		"Report the stack that its log shows."),
}
