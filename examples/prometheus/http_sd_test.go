package prometheus_test

import (
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// scraping is what a scrape configuration may say here: another key is an error.
type scraping struct {
	Global   map[string]string `yaml:"global"`
	Rules    []string          `yaml:"rule_files"`
	Alerting any               `yaml:"alerting"`
	Jobs     []job             `yaml:"scrape_configs"`
}

type job struct {
	Name    string              `yaml:"job_name"`
	Path    string              `yaml:"metrics_path"`
	Params  map[string][]string `yaml:"params"`
	Static  any                 `yaml:"static_configs"`
	Relabel []rule              `yaml:"relabel_configs"`
	SD      []struct {
		URL     string `yaml:"url"`
		Refresh string `yaml:"refresh_interval"`
	} `yaml:"http_sd_configs"`
}

type rule struct {
	From        []string `yaml:"source_labels"`
	To          string   `yaml:"target_label"`
	Replacement *string  `yaml:"replacement"`
	Regex       string   `yaml:"regex"`
	Modulus     uint64   `yaml:"modulus"`
	Action      string   `yaml:"action"`
}

func discovered(t *testing.T) (c scraping) {
	t.Helper()
	b, err := os.ReadFile("http_sd.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(b, &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return c
}

// relabel is what Prometheus does with a target's labels, as far as these rules go;
// it reports false where they drop it.
func relabel(t *testing.T, rules []rule, labels map[string]string) bool {
	t.Helper()
	for _, r := range rules {
		var values []string
		for _, l := range r.From {
			values = append(values, labels[l])
		}
		from := strings.Join(values, ";")
		switch r.Action {
		case "hashmod":
			sum := md5.Sum([]byte(from)) // as Prometheus has it: the last eight octets
			labels[r.To] = fmt.Sprint(binary.BigEndian.Uint64(sum[8:]) % r.Modulus)
		case "keep":
			if !regexp.MustCompile("^(?:" + r.Regex + ")$").MatchString(from) {
				return false
			}
		case "":
			if r.Regex != "" && !regexp.MustCompile("^(?:"+r.Regex+")$").MatchString(from) {
				continue
			}
			labels[r.To] = from
			if r.Replacement != nil {
				labels[r.To] = *r.Replacement
			}
		default:
			t.Fatalf("the action %s is not known here", r.Action)
		}
	}
	return true
}

func TestEveryDomainFoundIsAskedAbout(t *testing.T) {
	found := 0
	for _, j := range discovered(t).Jobs {
		if len(j.SD) == 0 {
			continue
		}
		found++
		labels := map[string]string{"__address__": "example.org", "__param_module": j.Params["module"][0], "__meta_mx_provider": "example.net"}
		for i := range j.Relabel {
			if j.Relabel[i].Action == "keep" {
				j.Relabel[i].Regex = ".*" // all shards
			}
		}
		if !relabel(t, j.Relabel, labels) || j.Path != "/probe" || labels["__param_target"] != "example.org" || labels["instance"] != "example.org" ||
			labels["__address__"] != "127.0.0.1:10925" || labels["module"] != j.Params["module"][0] || labels["exporter"] != labels["__address__"] || labels["provider"] != "example.net" {
			t.Errorf("%s: %v", j.Name, labels)
		}
	}
	if found < 2 {
		t.Errorf("%d jobs ask mx_sd", found)
	}
}

// Each mail server is looked at by one shard and no other, those of a provider by the
// same, and no shard is without work.
func TestShardsDivideTheServers(t *testing.T) {
	jobs := discovered(t).Jobs
	i := slices.IndexFunc(jobs, func(j job) bool { return j.Name == "mx_servers" })
	if i < 0 {
		t.Fatal("there is no job for shards")
	}
	for _, shards := range []uint64{1, 2, 4, 16} {
		taken := make([]int, shards)
		for n := range 1000 {
			owners := []uint64{}
			for shard := range shards {
				mine := slices.Clone(jobs[i].Relabel)
				for k := range mine {
					switch mine[k].Action {
					case "hashmod":
						mine[k].Modulus = shards
					case "keep":
						mine[k].Regex = fmt.Sprint(shard)
					}
				}
				target := map[string]string{"__address__": fmt.Sprintf("mx%d.example.net", n), "__meta_mx_provider": fmt.Sprintf("provider%d.test", n/4)}
				if relabel(t, mine, target) {
					owners = append(owners, shard)
				}
			}
			if len(owners) != 1 {
				t.Fatalf("server %d of %d shards is looked at by %v", n, shards, owners)
			}
			taken[owners[0]]++
		}
		for shard, servers := range taken {
			if servers%4 != 0 || servers < 1000/int(shards)/4 {
				t.Errorf("shard %d of %d has %d servers", shard, shards, servers)
			}
		}
	}
}
