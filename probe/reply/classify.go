package reply

import "mx_exporter/probe/fact"

// Classify sorts a reply into its class. The stage is where the conversation was
// when the reply came; it may be empty, as for a reply in a bounce.
func Classify(stage fact.Stage, r Reply) Class {
	switch {
	case r.Positive():
		return Accepted
	case r.Temporary():
		return OtherTemporary
	}
	return OtherPermanent
}
