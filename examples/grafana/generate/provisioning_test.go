package main

import (
	"testing"

	"mx_exporter/examples/prometheus/promtest"
)

func TestProvisioningFilesAreRead(t *testing.T) {
	var sources struct {
		APIVersion  int `yaml:"apiVersion"`
		Datasources []struct {
			Name, UID, Type, Access, URL string
			IsDefault                    bool           `yaml:"isDefault"`
			JSONData                     map[string]any `yaml:"jsonData"`
		} `yaml:"datasources"`
	}
	promtest.Read(t, "../provisioning/datasources/prometheus.yml", &sources)
	if len(sources.Datasources) != 1 || sources.Datasources[0].Type != "prometheus" || !sources.Datasources[0].IsDefault {
		t.Errorf("data sources: %+v", sources)
	}
	var folders struct {
		APIVersion int `yaml:"apiVersion"`
		Providers  []struct {
			Name, Folder, Type string
			DisableDeletion    bool              `yaml:"disableDeletion"`
			Interval           int               `yaml:"updateIntervalSeconds"`
			AllowUIUpdates     bool              `yaml:"allowUiUpdates"`
			Options            map[string]string `yaml:"options"`
		} `yaml:"providers"`
	}
	promtest.Read(t, "../provisioning/dashboards/mx_exporter.yml", &folders)
	if len(folders.Providers) != 1 || folders.Providers[0].Type != "file" || folders.Providers[0].Options["path"] == "" {
		t.Errorf("dashboards: %+v", folders)
	}
}
