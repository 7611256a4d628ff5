// Package kubernetes holds manifests for the exporter and for mx_sd. It has no code;
// its tests read them strictly and hold them to what the programs do: ports, paths,
// configurations that load, and no right that is not needed.
package kubernetes
