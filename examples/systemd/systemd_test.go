package systemd_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// unit is a unit's settings by section and key, in the order of the file. It fails
// on lines that systemd would pass over with a warning.
func unit(t *testing.T, file string) map[string][]string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	settings, section := map[string][]string{}, ""
	for n, line := range strings.Split(string(b), "\n") {
		switch key, value, ok := strings.Cut(line, "="); {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			section = strings.Trim(line, "[]") + "."
		case ok && section != "" && key == strings.TrimSpace(key):
			settings[section+key] = append(settings[section+key], value)
		default:
			t.Fatalf("%s:%d: %q is no setting", file, n+1, line)
		}
	}
	return settings
}

// walls is what every unit has, by faults.md 3.8.
var walls = map[string]string{
	"DynamicUser": "yes", "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "AmbientCapabilities": "",
	"ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes", "PrivateDevices": "yes", "PrivateUsers": "yes",
	"ProtectKernelTunables": "yes", "ProtectKernelModules": "yes", "ProtectKernelLogs": "yes", "ProtectControlGroups": "yes",
	"ProtectClock": "yes", "ProtectHostname": "yes", "ProtectProc": "invisible", "ProcSubset": "pid",
	"RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX", "RestrictSUIDSGID": "yes", "RestrictRealtime": "yes",
	"LockPersonality": "yes", "MemoryDenyWriteExecute": "yes", "SystemCallFilter": "@system-service",
	"SystemCallArchitectures": "native", "LimitNOFILE": "65536", "MemoryMax": "512M", "TasksMax": "256",
	"ExecReload": "/bin/kill -HUP $MAINPID",
}

func TestEveryProgramHasAUnitWithAllWalls(t *testing.T) {
	programs, err := filepath.Glob("../../cmd/mx_*")
	if err != nil || len(programs) < 2 {
		t.Fatalf("%v, %q", err, programs)
	}
	command := map[string]string{"mx_sd": " serve"} // the exporter's is the usual one
	further := map[string]string{"mx_exporter": "--state.directory=${STATE_DIRECTORY} "}
	for _, p := range programs {
		name := filepath.Base(p)
		t.Run(name, func(t *testing.T) {
			u := unit(t, name+".service")
			for key, want := range walls {
				if got, ok := u["Service."+key]; !ok || got[0] != want {
					t.Errorf("%s is %q, want %q", key, got, want)
				}
			}
			for key, want := range map[string]string{
				"Service.ExecStart":       "/usr/bin/" + name + command[name] + " --config.file=/etc/" + name + "/" + name + ".yml " + further[name] + "$ARGS",
				"Service.EnvironmentFile": "-/etc/default/" + name, "Install.WantedBy": "multi-user.target",
			} {
				if !slices.Equal(u[key], []string{want}) {
					t.Errorf("%s is %q, want %q", key, u[key], want)
				}
			}
		})
	}
}
