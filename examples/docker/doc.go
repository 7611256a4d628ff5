// Package docker holds the recipe of the container image and a compose file with
// everything around it. It has no code; its tests hold the files to what ships and
// to what the image promises, since no test here can run containers.
package docker
