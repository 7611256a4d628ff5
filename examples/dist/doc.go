// Package dist packs the programs: build.sh makes an archive for each system, of
// the same octets for the same commit, and examples/debian/build.sh makes a Debian
// package of an archive. It has no code; its tests, under the build tag "dist",
// since they take a minute and need Debian's tools and root, pack twice, compare,
// install and run what came of it.
package dist
