package kubernetes_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"mx_exporter/config"
	"mx_exporter/config/sd"
	"mx_exporter/probe"
)

// all is every manifest of this folder, by kind.
type all struct {
	namespaces  []Head
	configs     []configMap
	deployments []deployment
	services    []service
	scalers     []autoscaler
	budgets     []budget
	policies    []policy
	monitors    []serviceMonitor
	probes      []probing
	scrapes     []scrapeConfig
	folder      []kustomization
}

func strictly[T any](t *testing.T, text string, to *[]T) {
	t.Helper()
	var one T
	if err := yaml.UnmarshalWithOptions([]byte(text), &one, yaml.Strict()); err != nil {
		t.Fatalf("%v\nin\n%s", err, text)
	}
	*to = append(*to, one)
}

func manifests(t *testing.T) (a all) {
	t.Helper()
	files, err := filepath.Glob("*.yml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%v, %q", err, files)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for text := range strings.SplitSeq(string(b), "\n---\n") {
			var h Head
			if err := yaml.Unmarshal([]byte(text), &h); err != nil {
				t.Fatal(err)
			}
			a.read(t, h.APIVersion+" "+h.Kind, text)
		}
	}
	return a
}

func (a *all) read(t *testing.T, what, text string) {
	t.Helper()
	switch what {
	case "v1 Namespace":
		strictly(t, text, &a.namespaces)
	case "v1 ConfigMap":
		strictly(t, text, &a.configs)
	case "apps/v1 Deployment":
		strictly(t, text, &a.deployments)
	case "v1 Service":
		strictly(t, text, &a.services)
	case "autoscaling/v2 HorizontalPodAutoscaler":
		strictly(t, text, &a.scalers)
	case "policy/v1 PodDisruptionBudget":
		strictly(t, text, &a.budgets)
	case "networking.k8s.io/v1 NetworkPolicy":
		strictly(t, text, &a.policies)
	case "monitoring.coreos.com/v1 ServiceMonitor":
		strictly(t, text, &a.monitors)
	case "monitoring.coreos.com/v1 Probe":
		strictly(t, text, &a.probes)
	case "monitoring.coreos.com/v1alpha1 ScrapeConfig":
		strictly(t, text, &a.scrapes)
	case "kustomize.config.k8s.io/v1beta1 Kustomization":
		strictly(t, text, &a.folder)
	default:
		t.Fatalf("nobody knows what %s is", what)
	}
}

// named finds the manifest of a program.
func named[T any](t *testing.T, all []T, name string, of func(T) Head) T {
	t.Helper()
	i := slices.IndexFunc(all, func(one T) bool { return of(one).Metadata.Name == name })
	if i < 0 {
		t.Fatalf("no %T of %s", all, name)
	}
	return all[i]
}

func TestPodsHaveNoRightThatTheyDoNotNeed(t *testing.T) {
	a := manifests(t)
	if len(a.deployments) != 2 {
		t.Errorf("%d deployments, want those of mx_exporter and mx_sd", len(a.deployments))
	}
	for _, d := range a.deployments {
		p := d.Spec.Template.Spec
		if p.Token == nil || *p.Token || p.Links == nil || *p.Links {
			t.Errorf("%s: it is given a token, or the addresses of others", d.Metadata.Name)
		}
		if s := p.Security; !s.NonRoot || s.User != 65532 || s.Group != 65532 || s.Seccomp["type"] != "RuntimeDefault" {
			t.Errorf("%s: %+v", d.Metadata.Name, s)
		}
		for _, c := range p.Containers {
			s := c.Security
			if s.Escalation == nil || *s.Escalation || !s.ReadOnly || !slices.Equal(s.Caps["drop"], []string{"ALL"}) || len(s.Caps) != 1 {
				t.Errorf("%s: %+v", c.Name, s)
			}
			if c.Resources["requests"]["cpu"] == "" || c.Resources["requests"]["memory"] == "" || c.Resources["limits"]["memory"] == "" {
				t.Errorf("%s: resources %v", c.Name, c.Resources)
			}
			for _, m := range c.Mounts {
				if !m.ReadOnly {
					t.Errorf("%s may write to %s", c.Name, m.Path)
				}
			}
		}
	}
}

// The ports are those of the programs, the paths those that they serve, the image
// the one that the Dockerfile makes.
func TestManifestsOfAProgramFitTogether(t *testing.T) {
	a := manifests(t)
	for name, at := range map[string]int{"mx-exporter": 10925, "mx-sd": 10926} {
		d := named(t, a.deployments, name, func(d deployment) Head { return d.Head })
		s := named(t, a.services, name, func(s service) Head { return s.Head })
		b := named(t, a.budgets, name, func(b budget) Head { return b.Head })
		n := named(t, a.policies, name, func(p policy) Head { return p.Head })
		m := named(t, a.monitors, name, func(m serviceMonitor) Head { return m.Head })
		pods := d.Spec.Template.Metadata.Labels
		for what, by := range map[string]labels{
			"Deployment": d.Spec.Selector.MatchLabels, "Service": s.Spec.Selector, "PodDisruptionBudget": b.Spec.Selector.MatchLabels,
			"NetworkPolicy": n.Spec.Pods.MatchLabels, "ServiceMonitor": m.Spec.Selector.MatchLabels,
		} {
			if len(by) != 1 || pods["app.kubernetes.io/name"] != by["app.kubernetes.io/name"] {
				t.Errorf("%s: the %s chooses %v of %v", name, what, by, pods)
			}
		}
		c := d.Spec.Template.Spec.Containers[0]
		if c.Image != "mx_exporter:0.1.0-dev" || len(c.Ports) != 1 || c.Ports[0].Container != at {
			t.Errorf("%s: image %s, ports %v", name, c.Image, c.Ports)
		}
		if c.Liveness.Get.Path != "/-/healthy" || c.Readiness.Get.Path != "/-/ready" || c.Liveness.Get.Port != c.Ports[0].Name || c.Readiness.Get.Port != c.Ports[0].Name {
			t.Errorf("%s: %+v, %+v", name, c.Liveness, c.Readiness)
		}
		if p := s.Spec.Ports[0]; p.Port != at || p.Target != c.Ports[0].Name || p.Name != m.Spec.Endpoints[0].Port || n.Spec.Ingress[0].Ports[0].Port != at {
			t.Errorf("%s: port %+v", name, p)
		}
	}
	h := a.scalers[0]
	if h.Spec.Target.Name != "mx-exporter" || h.Spec.Min < 2 || h.Spec.Max <= h.Spec.Min || len(a.scalers) != 1 {
		t.Errorf("%+v", h.Spec)
	}
	if sd := named(t, a.deployments, "mx-sd", func(d deployment) Head { return d.Head }); sd.Spec.Replicas != 1 || sd.Spec.Strategy["type"] != "Recreate" {
		t.Errorf("two of mx_sd would crawl each site twice: %+v", sd.Spec)
	}
}

func TestConfigurationsLoad(t *testing.T) {
	a := manifests(t)
	for _, c := range a.configs {
		dir := t.TempDir()
		for name, text := range c.Data {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		d := named(t, a.deployments, c.Metadata.Name, func(d deployment) Head { return d.Head })
		args, mount := d.Spec.Template.Spec.Containers[0].Args, d.Spec.Template.Spec.Containers[0].Mounts[0]
		file := filepath.Base(args[len(args)-1])
		if args[len(args)-1] != "--config.file="+mount.Path+"/"+file || c.Data[file] == "" {
			t.Fatalf("%s: %q and %q", c.Metadata.Name, args, mount.Path)
		}
		var warnings []*config.Error
		var err error
		if file == "mx_sd.yml" {
			_, err = sd.Load(filepath.Join(dir, file))
		} else {
			var made *config.Config
			if made, err = probe.Loader().Load(filepath.Join(dir, file)); err == nil {
				warnings = made.Warnings
			}
		}
		if err != nil || len(warnings) > 0 {
			t.Errorf("%s: %v %v", c.Metadata.Name, err, warnings)
		}
	}
}

// Everything goes out that a built-in module needs, and nothing to networks that are
// not public.
func TestNetworkPoliciesLetOutWhatIsNeeded(t *testing.T) {
	a := manifests(t)
	open := map[string]map[int]bool{}
	for _, p := range a.policies {
		name := p.Metadata.Name
		open[name] = map[int]bool{}
		if !slices.Equal(p.Spec.Types, []string{"Ingress", "Egress"}) {
			t.Errorf("%s: %v", name, p.Spec.Types)
		}
		for _, e := range p.Spec.Egress {
			for _, g := range e.Ports {
				open[name][g.Port] = true
			}
			for _, to := range e.To {
				if to.Block.CIDR == "0.0.0.0/0" && !slices.Contains(to.Block.Except, "169.254.0.0/16") || to.Block.CIDR == "::/0" && !slices.Contains(to.Block.Except, "fe80::/10") {
					t.Errorf("%s may ask the cloud for its secrets: %+v", name, to.Block)
				}
			}
		}
	}
	for name, m := range config.Builtin().Modules {
		if !open["mx-exporter"][m.Port()] {
			t.Errorf("module %s: port %d is shut", name, m.Port())
		}
	}
	for _, port := range []int{53, 80, 443} {
		if !open["mx-sd"][port] || port != 80 && !open["mx-exporter"][port] {
			t.Errorf("port %d is shut", port)
		}
	}
}

// What the operator is told leads to what there is: services, a module, sets of
// mx_sd, jobs and labels of the rules.
func TestWhatIsWatchedExists(t *testing.T) {
	a := manifests(t)
	exporter := "mx-exporter.mx.svc:10925"
	p, s := a.probes[0], a.scrapes[0]
	if p.Spec.Prober.URL != exporter || p.Spec.Prober.Path != "/probe" || p.Spec.Module != "mx" || p.Spec.Job != "mx" || len(p.Spec.Targets.Static.Targets) == 0 {
		t.Errorf("%+v", p.Spec)
	}
	if s.Spec.Path != "/probe" || !slices.Equal(s.Spec.Params["module"], []string{"mx"}) || s.Spec.SD[0].URL != "http://mx-sd.mx.svc:10926/sd/domains/all" {
		t.Errorf("%+v", s.Spec)
	}
	set := map[string]string{}
	for _, r := range s.Spec.Relabelings {
		set[r.To] = strings.Join(r.From, ",") + r.Replacement
	}
	for label, want := range map[string]string{
		"__param_target": "__address__", "instance": "__param_target", "module": "__param_module", "job": "mx",
		"__address__": exporter, "exporter": "__address__", "__tmp_hash": "__meta_mx_provider",
	} {
		if set[label] != want {
			t.Errorf("%s is from %q, want %q", label, set[label], want)
		}
	}
	listed := a.folder[0].Resources
	files, err := filepath.Glob("*.yml")
	if err != nil || len(listed) != len(files)-1 {
		t.Errorf("%v: the folder has %q, and %q are listed", err, files, listed)
	}
	for _, n := range a.namespaces {
		if n.Metadata.Name != "mx" || n.Metadata.Labels["pod-security.kubernetes.io/enforce"] != "restricted" {
			t.Errorf("%+v", n)
		}
	}
}
