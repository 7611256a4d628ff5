#!/usr/bin/env bash
# Packs the programs for a list of systems: examples/dist/build.sh OUT OS/ARCH...
#
# OUT gets mx_exporter-VERSION.OS-ARCH.tar.gz for each, and SHA256SUMS. The same
# commit gives the same octets: nothing depends on the time, the user, the folder
# or the order of files. "make dist" calls this with LDFLAGS, VERSION and EPOCH
# (seconds of the commit) in the environment. Needs GNU tar.
set -euo pipefail
cd "$(dirname "$0")/../.."

die() {
  echo "dist: $*" >&2
  exit 1
}

[ $# -ge 2 ] || die "want a folder and at least one system, such as: examples/dist/build.sh dist linux/amd64"
: "${LDFLAGS:?is set by make dist}" "${VERSION:?is set by make dist}" "${EPOCH:?is the time of the commit, set by make dist}"
go=${GO:-go}
tar --version 2>/dev/null | grep -q 'GNU tar' || die "needs GNU tar, which sorts names and sets times"
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CGO_ENABLED=0 TZ=UTC LC_ALL=C
umask 022

programs=$("$go" list -f '{{if eq .Name "main"}}{{.ImportPath}}{{end}}' ./cmd/...)

# compile OS ARCH FOLDER
compile() {
  GOOS=$1 GOARCH=$2 "$go" build -trimpath -buildvcs=false -ldflags "$LDFLAGS" -o "$3/" $programs
}

# heading PROGRAM DESCRIPTION: kingpin puts the whole version, five lines with the
# machine's name in them, into a line of the man page that holds one, and no
# description behind the name, by which apropos(1) and whatis(1) find a page.
heading() {
  awk -v line=".TH $1 1 \"$(date -u -d "@$EPOCH" +%F)\" \"$1 $VERSION\"" -v name="$1" -v what="$2" '
    /^\.TH / {print line; skip = 1; next} /^\.SH/ {skip = 0} skip {next}
    $0 == name {print name " \\- " what; next} {print}'
}

# purpose PROGRAM is the sentence below the usage, without its full stop.
purpose() {
  "$1" --help | awk 'NR > 1 && $0 == "" {part++; next} part == 1 {text = text (text == "" ? "" : " ") $0} END {sub(/\.$/, "", text); print text}'
}

# pages FOLDER gets what each program says about itself.
pages() {
  local program name
  mkdir -p "$1/man" "$1/completions"
  for program in "$work"/host/*; do
    name=$(basename "$program")
    "$program" --help-man | heading "$name" "$(purpose "$program")" >"$1/man/$name.1"
    "$program" --completion-script-bash >"$1/completions/$name.bash"
    "$program" --completion-script-zsh >"$1/completions/_$name"
  done
}

# linked PAGE gives the files of this repository that a page leads to, those of a
# folder among them.
linked() {
  { grep -oE '\]\([^):# ]+[)#]' "$1" || true; } | sed -E 's/^\]\(//; s/[)#]$//' | while read -r link; do
    git ls-files -- "$(realpath -ms --relative-to=. "$(dirname "$1")/$link")"
  done
}

# documentation FOLDER PAGE... gets the pages, and all that they lead to.
documentation() {
  local folder=$1 page
  local -A seen=()
  shift
  while [ $# -gt 0 ]; do
    page=$1
    shift
    [ -z "${seen[$page]:-}" ] || continue
    seen[$page]=yes
    [ -e "$folder/$page" ] || cp --parents -t "$folder" "$page"
    # shellcheck disable=SC2046 # no name has a space in it
    case $page in *.md) set -- "$@" $(linked "$page") ;; esac
  done
}

# shared FOLDER gets what is the same for all systems.
shared() {
  local d
  pages "$1"
  for d in systemd prometheus alertmanager grafana; do
    mkdir -p "$1/examples/$d"
    (cd "examples/$d" && git ls-files -z | grep -zvE '\.go$|^testdata/|^promtest/' | xargs -0r cp --parents -t "$1/examples/$d")
  done
  documentation "$1" LICENSE README.md CHANGELOG.md
}

compile "$("$go" env GOHOSTOS)" "$("$go" env GOHOSTARCH)" "$work/host"
mkdir "$work/shared"
shared "$work/shared"
for system in "$@"; do
  name=mx_exporter-$VERSION.${system/\//-}
  cp -r "$work/shared" "$work/$name"
  compile "${system%/*}" "${system#*/}" "$work/$name"
  tar --sort=name --mtime="@$EPOCH" --owner=0 --group=0 --numeric-owner --mode='u=rwX,go=rX' --format=ustar -C "$work" -cf - "$name" |
    gzip -9n >"$out/$name.tar.gz"
  rm -r "${work:?}/$name"
  echo "$out/$name.tar.gz"
done
(cd "$out" && sha256sum -- *.tar.gz >SHA256SUMS)
