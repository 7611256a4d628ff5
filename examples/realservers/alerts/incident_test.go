//go:build real

package alerts

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mx_exporter/examples/realservers/server"
)

// soon is ample for what takes some seconds at the hurried pace.
const soon = time.Minute

// A backup MX is stopped and started again, and everything that ships is
// between it and the person who is told: exporter, scrape, rules, Prometheus,
// Alertmanager, webhook. The pace is hurried. Then every query of the dashboards
// is asked of the same Prometheus.
func TestADeadBackupIsToldAndTakenBack(t *testing.T) {
	lab, address := demo(t)
	w := watch(t, address, []string{program(t, lab), recorded(t)}, hurried)
	w.lab = lab
	await := func(expression string) {
		t.Helper()
		w.prometheus.Await(t, soon, expression, `{instance="good.test", __name__=~"up|ALERTS|mx_verdict|mx_host_up"}`)
	}
	await(`mx_verdict{instance="good.test", verdict="satisfactory"} == 1`)

	backup := lab.Server("mx2.good.test")
	if err := backup.Stop(); err != nil {
		t.Fatal(err)
	}
	await(`ALERTS{alertname="MXBackupDown", alertstate="pending", instance="good.test"}`)
	wrongRequest(t, address) // after the first scrapes, so that they see a count grow
	await(`ALERTS{alertname="MXBackupDown", alertstate="firing", instance="good.test"}`)
	w.told(t, "firing", "MXBackupDown", "good.test", soon)
	w.told(t, "firing", "MXDomainCompromised", "all-down.test", soon)
	w.heldBack(t, "MXDomainImpaired", "good.test")
	for alert, trip := range map[string]string{"MXRoundTripLost": "lost", "MXRoundTripBounced": "bounced", "MXRoundTripJunked": "junked", "MXRoundTripLate": "late"} {
		await(`ALERTS{alertname="` + alert + `", alertstate="firing", roundtrip="` + trip + `"}`)
	}
	await(`ALERTS{alertname="MXMailboxNearlyFull", alertstate="firing", instance="mail.users-nearly-full.test"}`)
	w.grouped(t)
	w.toldAlone(t, "MXDomainCompromised", "all-down.test")
	w.readable(t)

	t.Run("dashboards", func(t *testing.T) { dashboardsHaveData(t, w) })

	if err := backup.Start(); err != nil {
		t.Fatal(err)
	}
	await(`mx_verdict{instance="good.test", verdict="satisfactory"} == 1`)
	w.told(t, "resolved", "MXBackupDown", "good.test", soon)
}

// wrongRequest is what the dashboard of the exporter shows as turned away.
func wrongRequest(t *testing.T, address string) {
	t.Helper()
	res, err := http.Get("http://" + address + "/probe?target=good.test&module=none")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusBadRequest {
		t.Errorf("a module that does not exist: %s", res.Status)
	}
}

// told waits until the webhook has a notice about an alert.
func (w *world) told(t *testing.T, status, alert, instance string, within time.Duration) {
	t.Helper()
	server.Eventually(t, within, alert+" of "+instance+" is "+status+" at the webhook", func() (bool, string) {
		notices := w.webhook.Notices()
		for _, n := range notices {
			for _, a := range n.Alerts {
				if a.Status == status && a.Labels["alertname"] == alert && a.Labels["instance"] == instance {
					return true, ""
				}
			}
		}
		return false, fmt.Sprintf("%d notices; Alertmanager holds %+v", len(notices), w.alertmanager.Alerts(t))
	})
}

// heldBack waits until Alertmanager holds an alert back because of another.
func (w *world) heldBack(t *testing.T, alert, instance string) {
	t.Helper()
	server.Eventually(t, soon, alert+" of "+instance+" is inhibited", func() (bool, string) {
		all := w.alertmanager.Alerts(t)
		return slices.ContainsFunc(all, func(a server.Alert) bool {
			return a.Labels["alertname"] == alert && a.Labels["instance"] == instance &&
				a.Status.State == "suppressed" && len(a.Status.InhibitedBy) > 0
		}), fmt.Sprintf("%+v", all)
	})
}

// toldAlone checks that nothing else was ever told of a domain: one incident, one
// message, and true from the first.
func (w *world) toldAlone(t *testing.T, alert, instance string) {
	t.Helper()
	for _, n := range w.webhook.Notices() {
		for _, a := range n.Alerts {
			if a.Labels["instance"] == instance && a.Labels["alertname"] != alert {
				t.Errorf("of %s was told %s as well", instance, a.Labels["alertname"])
			}
		}
	}
}

// grouped checks that one notice is about one domain.
func (w *world) grouped(t *testing.T) {
	t.Helper()
	for _, n := range w.webhook.Notices() {
		for _, a := range n.Alerts {
			if a.Labels["instance"] != n.GroupLabels["instance"] {
				t.Errorf("a notice about %v has an alert of %s", n.GroupLabels, a.Labels["instance"])
			}
		}
	}
}

// readable checks what people read: templates that Prometheus could not expand
// say so in the text.
func (w *world) readable(t *testing.T) {
	t.Helper()
	for _, a := range w.alertmanager.Alerts(t) {
		name := a.Labels["alertname"] + " of " + a.Labels["instance"]
		for key, text := range a.Annotations {
			if strings.Contains(text, "error expanding") || strings.Contains(text, "<no value>") || strings.Contains(text, "{{") {
				t.Errorf("%s: %s: %s", name, key, text)
			}
		}
		t.Logf("%s (%s, %s)\n\t%s\n\t%s\n\t%s", name, a.Labels["severity"], a.Status.State, a.Annotations["summary"], a.Annotations["description"], a.Annotations["report"])
	}
}
