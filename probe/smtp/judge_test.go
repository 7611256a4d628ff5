package smtp

import (
	"slices"
	"testing"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
)

func TestReplyReason(t *testing.T) {
	for _, c := range []struct {
		stage fact.Stage
		codes []int
		want  fact.Reason
	}{
		{fact.Banner, []int{220}, ""},
		{fact.Banner, []int{421, 450}, fact.Banner4xx},
		{fact.Banner, []int{521, 554}, fact.Banner5xx},
		{fact.Banner, []int{250, 354, 211}, fact.BannerInvalid},
		{fact.EHLO, []int{250}, ""},
		{fact.EHLO, []int{421, 451}, fact.EHLO4xx},
		{fact.EHLO, []int{500, 550}, fact.EHLO5xx},
		{fact.EHLO, []int{220, 251, 354}, fact.ReplyInvalid},
		{fact.EHLOTLS, []int{503}, fact.EHLO5xx},
		{fact.StartTLS, []int{220}, ""},
		{fact.StartTLS, []int{421, 454, 501, 502}, fact.StartTLSRefused},
		{fact.StartTLS, []int{250, 354}, fact.ReplyInvalid},
		{fact.Auth, []int{235}, ""},
		{fact.Auth, []int{421, 454}, fact.LoginUnavailable},
		{fact.Auth, []int{500, 535}, fact.AuthFailed},
		{fact.Mail, []int{250}, ""},
		{fact.Mail, []int{421, 450, 451}, fact.Mail4xx},
		{fact.Mail, []int{530, 550, 553}, fact.Mail5xx},
		{fact.Mail, []int{220, 354, 251}, fact.ReplyInvalid},
		{fact.Rcpt, []int{250, 251, 252}, ""},
		{fact.Rcpt, []int{421, 450, 452}, fact.Rcpt4xx},
		{fact.Rcpt, []int{550, 551, 552}, fact.Rcpt5xx},
		{fact.Rcpt, []int{221, 354}, fact.ReplyInvalid},
		{fact.Quit, []int{221, 250, 421, 500}, ""},
	} {
		for _, code := range c.codes {
			if got := ReplyReason(c.stage, reply.Reply{Code: code}); got != c.want {
				t.Errorf("%s %d: %q, want %q", c.stage, code, got, c.want)
			}
		}
	}
}

func TestReplyReasonIsOfTheClosedList(t *testing.T) {
	for _, s := range fact.Stages() {
		for code := 200; code < 600; code++ {
			if r := ReplyReason(s, reply.Reply{Code: code}); r != "" && !slices.Contains(fact.Reasons(), r) {
				t.Errorf("%s %d: %q", s, code, r)
			}
		}
	}
}
