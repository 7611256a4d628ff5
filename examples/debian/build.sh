#!/usr/bin/env bash
# Makes a Debian package of an archive that "make dist" made:
# examples/debian/build.sh mx_exporter-VERSION.linux-ARCH.tar.gz OUT
#
# The package holds both programs, their units, manual pages and completions, and
# configuration files that stay as the administrator leaves them. It makes no user:
# the units have DynamicUser. Needs dpkg-deb, and no root.
set -euo pipefail

die() {
  echo "deb: $*" >&2
  exit 1
}

[ $# = 2 ] || die "want an archive of make dist and a folder, such as: examples/debian/build.sh dist/mx_exporter-1.0.0.linux-amd64.tar.gz dist"
[[ $(basename "$1") =~ ^mx_exporter-(.+)\.linux-(amd64|arm64)\.tar\.gz$ ]] || die "$1 is not named as make dist names an archive for Linux"
version=${BASH_REMATCH[1]} arch=${BASH_REMATCH[2]}
# A ~ sorts before the release, so that the release replaces its own candidates.
version=${version/-/\~}
: "${EPOCH:?is the time of the commit, set by make deb}"
here=$(cd "$(dirname "$0")" && pwd)
archive=$(realpath "$1")
out=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=$EPOCH
umask 022

from=$work/from root=$work/root
mkdir "$from" "$root"
tar -xzf "$archive" --strip-components=1 -C "$from"

# put MODE FILE PATH
put() { install -D -m "$1" "$2" "$root$3"; }

for program in "$from"/mx_*; do
  name=$(basename "$program")
  put 755 "$program" "/usr/bin/$name"
  put 644 "$from/completions/$name.bash" "/usr/share/bash-completion/completions/$name"
  put 644 "$from/completions/_$name" "/usr/share/zsh/vendor-completions/_$name"
  put 644 "$from/man/$name.1" "/usr/share/man/man1/$name.1"
  gzip -9n "$root/usr/share/man/man1/$name.1"
  put 644 "$from/examples/systemd/$name.service" "/usr/lib/systemd/system/$name.service"
  put 644 "$here/$name.yml" "/etc/$name/$name.yml"
  put 644 "$here/$name.default" "/etc/default/$name"
done
doc=/usr/share/doc/mx-exporter
put 644 "$here/copyright" "$doc/copyright"
rm -r "$from"/mx_* "$from/man" "$from/completions"
put 644 "$from/CHANGELOG.md" "$doc/changelog"
gzip -9n "$root$doc/changelog"
cp -r "$from"/* "$root$doc/"

mkdir "$root/DEBIAN"
size=$(du -sk --apparent-size "$root" | cut -f 1)
sed -e "s/@VERSION@/$version/" -e "s/@ARCH@/$arch/" -e "s/@SIZE@/$size/" "$here/control" >"$root/DEBIAN/control"
(cd "$root" && find etc -type f | sort | sed 's|^|/|') >"$root/DEBIAN/conffiles"
(cd "$root" && find usr -type f | sort | xargs -r -d '\n' md5sum) >"$root/DEBIAN/md5sums"
for script in postinst prerm postrm; do install -m 755 "$here/$script" "$root/DEBIAN/$script"; done
find "$root" -exec touch -h -d "@$EPOCH" {} +
dpkg-deb --root-owner-group -Zxz -z1 --build "$root" "$out/mx-exporter_${version}_$arch.deb"
