package docker_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"mx_exporter/config/sd"
)

// service is all that the compose file may say of one: another key is an error.
type service struct {
	Build struct {
		Context    string `yaml:"context"`
		Dockerfile string `yaml:"dockerfile"`
	} `yaml:"build"`
	Image      string   `yaml:"image"`
	Profiles   []string `yaml:"profiles"`
	Entrypoint []string `yaml:"entrypoint"`
	Command    []string `yaml:"command"`
	Health     struct {
		Test []string `yaml:"test"`
	} `yaml:"healthcheck"`
	Restart   string `yaml:"restart"`
	User      string `yaml:"user"`
	Network   string `yaml:"network_mode"`
	DependsOn map[string]struct {
		Condition string `yaml:"condition"`
		Restart   bool   `yaml:"restart"`
	} `yaml:"depends_on"`
	ReadOnly bool     `yaml:"read_only"`
	CapDrop  []string `yaml:"cap_drop"`
	Security []string `yaml:"security_opt"`
	Memory   string   `yaml:"mem_limit"`
	PIDs     int      `yaml:"pids_limit"`
	Ports    []string `yaml:"ports"`
	Volumes  []string `yaml:"volumes"`
}

type compose struct {
	Name     string             `yaml:"name"`
	Services map[string]service `yaml:"services"`
	Volumes  map[string]any     `yaml:"volumes"`
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func composed(t *testing.T) compose {
	t.Helper()
	var c compose
	if err := yaml.UnmarshalWithOptions([]byte(read(t, "docker-compose.yml")), &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryServiceIsPinnedAndBound(t *testing.T) {
	c := composed(t)
	if len(c.Services) != 5 {
		t.Errorf("%d services, want the exporter, mx_sd, Prometheus, Alertmanager and Grafana", len(c.Services))
	}
	pinned := regexp.MustCompile(`^[a-z_/]+:v?\d+\.\d+\.\d+(-[a-z]+)?$`)
	for name, s := range c.Services {
		if !pinned.MatchString(s.Image) {
			t.Errorf("%s: image %q, want one version", name, s.Image)
		}
		if !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Equal(s.Security, []string{"no-new-privileges:true"}) {
			t.Errorf("%s: drops %q, security %q", name, s.CapDrop, s.Security)
		}
		if name != "mx_exporter" && (s.Network != "service:mx_exporter" || s.DependsOn["mx_exporter"].Condition != "service_healthy") {
			t.Errorf("%s: network %q, depends on %v", name, s.Network, s.DependsOn)
		}
	}
	for _, port := range c.Services["mx_exporter"].Ports {
		if !strings.HasPrefix(port, "127.0.0.1:") {
			t.Errorf("port %s is open to everybody", port)
		}
	}
}

// Docker makes an empty folder of a file that is not there, and says nothing.
func TestEverythingMountedIsThere(t *testing.T) {
	c := composed(t)
	mounted := 0
	for name, s := range c.Services {
		for _, v := range s.Volumes {
			parts := strings.Split(v, ":")
			if !strings.HasPrefix(parts[0], ".") {
				if _, ok := c.Volumes[parts[0]]; !ok || len(parts) != 2 {
					t.Errorf("%s: %q is no volume of this file", name, v)
				}
				continue
			}
			mounted++
			if _, err := os.Stat(parts[0]); err != nil || len(parts) != 3 || parts[2] != "ro" {
				t.Errorf("%s: %q: %v; want a file that is there, read only", name, v, err)
			}
		}
	}
	if mounted < 9 {
		t.Errorf("%d files are mounted", mounted)
	}
}

func TestEveryDashboardIsMounted(t *testing.T) {
	boards, err := filepath.Glob("../grafana/*.json")
	if err != nil || len(boards) == 0 {
		t.Fatalf("%v, %q", err, boards)
	}
	folder := regexp.MustCompile(`path: (/\S+)`).FindStringSubmatch(read(t, "../grafana/provisioning/dashboards/mx_exporter.yml"))[1]
	for _, b := range boards {
		if want := b + ":" + folder + "/" + filepath.Base(b) + ":ro"; !slices.Contains(composed(t).Services["grafana"].Volumes, want) {
			t.Errorf("%s is not mounted: want %s", b, want)
		}
	}
}

func TestTheTargetsAreAListOfDomains(t *testing.T) {
	var groups []struct {
		Targets []string `yaml:"targets"`
	}
	if err := yaml.UnmarshalWithOptions([]byte(read(t, "targets/domains.yml")), &groups, yaml.Strict()); err != nil || len(groups) != 1 || len(groups[0].Targets) != 1 {
		t.Errorf("%v, %v", err, groups)
	}
	if !strings.Contains(read(t, "../prometheus/prometheus.yml"), "files: [targets/*.yml]") {
		t.Error("prometheus.yml reads its targets from elsewhere")
	}
}

// The second program is started by its own name, and asked about its own health.
func TestTheSecondProgramIsInTheImage(t *testing.T) {
	all := composed(t).Services
	s := all["mx_sd"]
	if s.Image != all["mx_exporter"].Image || s.User != all["mx_exporter"].User || !s.ReadOnly || s.Memory == "" || s.PIDs == 0 {
		t.Errorf("%+v", s)
	}
	if !slices.Equal(s.Profiles, []string{"discovery"}) || !slices.Equal(s.Entrypoint, []string{"/mx_sd"}) || !slices.Equal(s.Command, []string{"serve", "--config.file=/etc/mx_sd/mx_sd.yml"}) {
		t.Errorf("%q, %q %q", s.Profiles, s.Entrypoint, s.Command)
	}
	if len(s.Health.Test) != 4 || !strings.Contains(s.Health.Test[3], "127.0.0.1:10926/-/healthy") {
		t.Errorf("its health is asked by %q", s.Health.Test)
	}
	c, err := sd.Load("discovery/mx_sd.yml")
	if err != nil {
		t.Fatal(err)
	}
	// The documents that http_sd.yml asks for.
	for _, path := range regexp.MustCompile(`127\.0\.0\.1:10926/sd/(\w+)/(\w+)`).FindAllStringSubmatch(read(t, "../prometheus/http_sd.yml"), -1) {
		_, domains := c.Domains[path[2]]
		_, servers := c.Servers[path[2]]
		if path[1] == "domains" && !domains || path[1] == "servers" && !servers {
			t.Errorf("discovery/mx_sd.yml has no %s", path[0])
		}
	}
	if command := all["prometheus"].Command; len(command) != 2 || !strings.Contains(command[0], "${MX_PROMETHEUS:-prometheus.yml}") {
		t.Errorf("Prometheus is started with %q", command)
	}
}

func TestTheImageHoldsNoShellAndNoRoot(t *testing.T) {
	c := composed(t).Services["mx_exporter"]
	file := filepath.Join(c.Build.Context, c.Build.Dockerfile)
	build, image, ok := strings.Cut(read(t, file), "\nFROM scratch\n")
	if !ok {
		t.Fatal("the last stage is not made from scratch")
	}
	for _, want := range []string{"\nUSER 65532:65532\n", "\nENTRYPOINT [\"/mx_exporter\"]\n", `CMD ["/mx_exporter", "healthcheck"]`, "/etc/ssl/certs/ca-certificates.crt\n"} {
		if !strings.Contains(image, want) {
			t.Errorf("the image lacks %q", want)
		}
	}
	if strings.Contains(image, "\nRUN ") {
		t.Error("nothing can be run in an image without a shell")
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "../../go.mod"))[1]
	if !strings.Contains(build, " golang:"+version+".") {
		t.Errorf("it is not built by Go %s, which go.mod asks for", version)
	}
	if c.User != "65532:65532" || !c.ReadOnly {
		t.Errorf("user %q, read only %v", c.User, c.ReadOnly)
	}
}

func TestTheBuildIsNotSentWhatItDoesNotNeed(t *testing.T) {
	ignored := strings.Fields(read(t, "Dockerfile.dockerignore"))
	for _, want := range []string{".git", "bin", "dist"} {
		if !slices.Contains(ignored, want) {
			t.Errorf("%s is sent along", want)
		}
	}
	for _, needed := range []string{"go.mod", "cmd", "LICENSE"} {
		if slices.Contains(ignored, needed) {
			t.Errorf("%s is left out", needed)
		}
	}
}
