package kubernetes_test

// The types know what the manifests say, and no more: another field is an error, be it
// misspelt or only not looked at yet.

type labels map[string]string

type Head struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`
	Metadata   struct {
		Name      string `yaml:"name"`
		Namespace string `yaml:"namespace"`
		Labels    labels `yaml:"labels"`
	} `yaml:"metadata"`
}

type selector struct {
	MatchLabels labels `yaml:"matchLabels"`
}

type configMap struct {
	Head `yaml:",inline"`
	Data map[string]string `yaml:"data"`
}

type deployment struct {
	Head `yaml:",inline"`
	Spec struct {
		Replicas int               `yaml:"replicas"`
		History  int               `yaml:"revisionHistoryLimit"`
		Strategy map[string]string `yaml:"strategy"`
		Selector selector          `yaml:"selector"`
		Template struct {
			Metadata struct {
				Labels labels `yaml:"labels"`
			} `yaml:"metadata"`
			Spec pod `yaml:"spec"`
		} `yaml:"template"`
	} `yaml:"spec"`
}

type pod struct {
	Token    *bool `yaml:"automountServiceAccountToken"`
	Links    *bool `yaml:"enableServiceLinks"`
	Grace    int   `yaml:"terminationGracePeriodSeconds"`
	Security struct {
		NonRoot bool              `yaml:"runAsNonRoot"`
		User    int               `yaml:"runAsUser"`
		Group   int               `yaml:"runAsGroup"`
		Seccomp map[string]string `yaml:"seccompProfile"`
	} `yaml:"securityContext"`
	Spread []struct {
		MaxSkew  int      `yaml:"maxSkew"`
		Key      string   `yaml:"topologyKey"`
		Unable   string   `yaml:"whenUnsatisfiable"`
		Selector selector `yaml:"labelSelector"`
	} `yaml:"topologySpreadConstraints"`
	Containers []container `yaml:"containers"`
	Volumes    []struct {
		Name      string            `yaml:"name"`
		ConfigMap map[string]string `yaml:"configMap"`
	} `yaml:"volumes"`
}

type container struct {
	Name      string                       `yaml:"name"`
	Image     string                       `yaml:"image"`
	Pull      string                       `yaml:"imagePullPolicy"`
	Command   []string                     `yaml:"command"`
	Args      []string                     `yaml:"args"`
	Ports     []port                       `yaml:"ports"`
	Liveness  check                        `yaml:"livenessProbe"`
	Readiness check                        `yaml:"readinessProbe"`
	Resources map[string]map[string]string `yaml:"resources"`
	Security  struct {
		Escalation *bool               `yaml:"allowPrivilegeEscalation"`
		ReadOnly   bool                `yaml:"readOnlyRootFilesystem"`
		Caps       map[string][]string `yaml:"capabilities"`
	} `yaml:"securityContext"`
	Mounts []struct {
		Name     string `yaml:"name"`
		Path     string `yaml:"mountPath"`
		ReadOnly bool   `yaml:"readOnly"`
	} `yaml:"volumeMounts"`
}

type port struct {
	Name      string `yaml:"name"`
	Container int    `yaml:"containerPort"`
	Protocol  string `yaml:"protocol"`
}

type check struct {
	Get struct {
		Path string `yaml:"path"`
		Port string `yaml:"port"`
	} `yaml:"httpGet"`
	Period  int `yaml:"periodSeconds"`
	Timeout int `yaml:"timeoutSeconds"`
}

type service struct {
	Head `yaml:",inline"`
	Spec struct {
		Type     string `yaml:"type"`
		Selector labels `yaml:"selector"`
		Affinity string `yaml:"sessionAffinity"`
		Ports    []struct {
			Name     string `yaml:"name"`
			Port     int    `yaml:"port"`
			Target   string `yaml:"targetPort"`
			Protocol string `yaml:"protocol"`
		} `yaml:"ports"`
	} `yaml:"spec"`
}

type autoscaler struct {
	Head `yaml:",inline"`
	Spec struct {
		Target struct {
			APIVersion string `yaml:"apiVersion"`
			Kind       string `yaml:"kind"`
			Name       string `yaml:"name"`
		} `yaml:"scaleTargetRef"`
		Min     int `yaml:"minReplicas"`
		Max     int `yaml:"maxReplicas"`
		Metrics []struct {
			Type     string `yaml:"type"`
			Resource struct {
				Name   string `yaml:"name"`
				Target struct {
					Type        string `yaml:"type"`
					Utilization int    `yaml:"averageUtilization"`
					Value       string `yaml:"averageValue"`
				} `yaml:"target"`
			} `yaml:"resource"`
		} `yaml:"metrics"`
		Behavior struct {
			ScaleDown struct {
				Window   int `yaml:"stabilizationWindowSeconds"`
				Policies []struct {
					Type   string `yaml:"type"`
					Value  int    `yaml:"value"`
					Period int    `yaml:"periodSeconds"`
				} `yaml:"policies"`
			} `yaml:"scaleDown"`
		} `yaml:"behavior"`
	} `yaml:"spec"`
}

type budget struct {
	Head `yaml:",inline"`
	Spec struct {
		MaxUnavailable int      `yaml:"maxUnavailable"`
		Selector       selector `yaml:"selector"`
	} `yaml:"spec"`
}

type policy struct {
	Head `yaml:",inline"`
	Spec struct {
		Pods    selector `yaml:"podSelector"`
		Types   []string `yaml:"policyTypes"`
		Ingress []struct {
			From  []peer `yaml:"from"`
			Ports []gate `yaml:"ports"`
		} `yaml:"ingress"`
		Egress []struct {
			To    []peer `yaml:"to"`
			Ports []gate `yaml:"ports"`
		} `yaml:"egress"`
	} `yaml:"spec"`
}

type peer struct {
	Namespaces selector `yaml:"namespaceSelector"`
	Pods       selector `yaml:"podSelector"`
	Block      struct {
		CIDR   string   `yaml:"cidr"`
		Except []string `yaml:"except"`
	} `yaml:"ipBlock"`
}

type gate struct {
	Protocol string `yaml:"protocol"`
	Port     int    `yaml:"port"`
}

type relabeling struct {
	From        []string `yaml:"sourceLabels"`
	To          string   `yaml:"targetLabel"`
	Replacement string   `yaml:"replacement"`
}

type serviceMonitor struct {
	Head `yaml:",inline"`
	Spec struct {
		JobLabel  string   `yaml:"jobLabel"`
		Selector  selector `yaml:"selector"`
		Endpoints []struct {
			Port        string       `yaml:"port"`
			Interval    string       `yaml:"interval"`
			Relabelings []relabeling `yaml:"relabelings"`
		} `yaml:"endpoints"`
	} `yaml:"spec"`
}

type probing struct {
	Head `yaml:",inline"`
	Spec struct {
		Job      string `yaml:"jobName"`
		Interval string `yaml:"interval"`
		Timeout  string `yaml:"scrapeTimeout"`
		Module   string `yaml:"module"`
		Prober   struct {
			URL    string `yaml:"url"`
			Scheme string `yaml:"scheme"`
			Path   string `yaml:"path"`
		} `yaml:"prober"`
		Targets struct {
			Static struct {
				Targets     []string     `yaml:"static"`
				Relabelings []relabeling `yaml:"relabelingConfigs"`
			} `yaml:"staticConfig"`
		} `yaml:"targets"`
	} `yaml:"spec"`
}

type scrapeConfig struct {
	Head `yaml:",inline"`
	Spec struct {
		Job      string              `yaml:"jobName"`
		Interval string              `yaml:"scrapeInterval"`
		Timeout  string              `yaml:"scrapeTimeout"`
		Path     string              `yaml:"metricsPath"`
		Params   map[string][]string `yaml:"params"`
		SD       []struct {
			URL     string `yaml:"url"`
			Refresh string `yaml:"refreshInterval"`
		} `yaml:"httpSDConfigs"`
		Relabelings []relabeling `yaml:"relabelings"`
	} `yaml:"spec"`
}

type kustomization struct {
	Head      `yaml:",inline"`
	Resources []string `yaml:"resources"`
}
